using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

// Interop.Write through printf.
internal sealed partial class OpenCLEmitter
{
    private void WritePrint(IrValue value) => WritePrint(value, []);

    // The language prints no strings but literals, so each truth value makes two statements.
    private void WritePrint(IrValue value, Dictionary<IrValue, bool> known)
    {
        IrValue? open = value.Operands.Find(operand => operand.Type == IrType.Bool && !known.ContainsKey(operand));
        if (open is null)
        {
            (string format, List<string> arguments) = Format(value, known);
            Line($"printf({string.Join(", ", [$"\"{format}\"", .. arguments])});");
            return;
        }
        Line($"if ({Bare(Operand(open))})");
        Line("{");
        _indent++;
        WritePrint(value, new(known) { [open] = true });
        _indent--;
        Line("}");
        Line("else");
        Line("{");
        _indent++;
        WritePrint(value, new(known) { [open] = false });
        _indent--;
        Line("}");
    }

    // A composite format ("{0}, {1:F2}") as printf's; format specifications are left out.
    private (string Format, List<string> Arguments) Format(IrValue value, Dictionary<IrValue, bool> known)
    {
        var format = new StringBuilder();
        var arguments = new List<string>();
        string text = value.Text ?? "";
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '{' or '}' && i + 1 < text.Length && text[i + 1] == c)
            {
                format.Append(c);
                i++;
            }
            else if (c == '{' && text.IndexOf('}', i) is > 0 and int end && int.TryParse(text[(i + 1)..end].Split(',', ':')[0], CultureInfo.InvariantCulture, out int index) && index < value.Operands.Count)
            {
                IrValue operand = value.Operands[index];
                string name = Bare(Operand(operand));
                format.Append(operand.Type switch
                {
                    IrType.Bool => known[operand] ? "True" : "False",
                    IrType.I64 or IrType.Ptr => "%ld",
                    IrType.F32 => "%.9g",
                    IrType.F64 => "%.17g",
                    _ => "%d",
                });
                if (operand.Type != IrType.Bool)
                    arguments.Add(operand.Type switch { IrType.I32 => $"(int)({name})", IrType.I64 or IrType.Ptr => $"(long)({name})", _ => name });
                i = end;
            }
            else
            {
                format.Append(c switch
                {
                    '%' => "%%",
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\r' => "\\r",
                    '\t' => "\\t",
                    _ => c.ToString(),
                });
            }
        }
        return (format.ToString(), arguments);
    }
}
