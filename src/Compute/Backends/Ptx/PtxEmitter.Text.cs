using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Inline PTX and printing.
internal sealed partial class PtxEmitter
{
    private void EmitInline(IrValue value)
    {
        _module.Require(70);        // ldmatrix, mma and cp.async came by then; later ones come with their target
        IReadOnlyList<InlineArgument> arguments = value.InlineArguments!;
        IrValue?[] results = new IrValue?[arguments.Count(argument => argument.IsWritten)];
        foreach (IrValue user in value.Block.Values)
            if (user.Op == IrOp.InlinePtxResult && user.Operands[0] == value)
                results[user.Immediate] = user;
        var registers = new string[arguments.Count];        // as the text names them
        var after = new List<Action>();
        int read = 0, written = 0;
        for (int i = 0; i < registers.Length; i++)
        {
            InlineArgument argument = arguments[i];
            IrValue? input = argument.IsRead ? value.Operands[read++] : null;
            IrValue? output = argument.IsWritten ? results[written++] : null;
            registers[i] = Argument(argument, input, output, after);
        }
        string text = value.Text!;
        var line = new StringBuilder("    ");
        int last = 0, operandsDepth = 0;
        foreach ((int at, int length, int number) in InlineTemplate.Places(text))
        {
            line.Append(text, last, at - last);
            operandsDepth = Depth(text.AsSpan(last, at - last), operandsDepth);
            last = at + length;
            if (number == InlineTemplate.Percent)
                line.Append('%');
            else if (operandsDepth == 0 && IsLiteral(value, arguments, number) is { } literal)
                line.Append(literal);
            else
                line.Append(registers[number]);
        }
        line.Append(text, last, text.Length - last);
        _body.Append(line.ToString().TrimEnd().ReplaceLineEndings("\n    ")).Append('\n');
        after.ForEach(action => action());
    }

    // Braces of a vector operand that is still open; those of a scope end with a statement.
    private static int Depth(ReadOnlySpan<char> text, int depth)
    {
        foreach (char letter in text)
            depth = letter switch { '{' => depth + 1, '}' => Math.Max(0, depth - 1), ';' => 0, _ => depth };
        return depth;
    }

    private static string? IsLiteral(IrValue value, IReadOnlyList<InlineArgument> arguments, int number)
    {
        if (!arguments[number].IsRead || arguments[number].IsWritten || arguments[number].Type == IrType.Bool)
            return null;
        IrValue operand = value.Operands[arguments.Take(number).Count(argument => argument.IsRead)];
        return operand.Op == IrOp.Constant ? Literal(operand.Type, operand.Immediate) : null;
    }

    private string Argument(InlineArgument argument, IrValue? input, IrValue? output, List<Action> after)
    {
        bool isNarrow = argument.Type == IrType.I32 && argument.Memory is MemoryType.I8 or MemoryType.U8 or MemoryType.I16 or MemoryType.U16;
        if (isNarrow)
        {
            string narrow = New(RegisterClass.Short);
            if (input is not null)
                Line("cvt.u16.u32", narrow, Register(input));
            if (output is not null)
            {
                string type = argument.Memory switch { MemoryType.I8 => "cvt.s32.s8", MemoryType.U8 => "cvt.u32.u8", MemoryType.I16 => "cvt.s32.s16", _ => "cvt.u32.u16" };
                after.Add(() => Line(type, Result(output), narrow));
            }
            return narrow;
        }
        if (!argument.IsWritten)
            return Register(input!);
        string register = output is not null ? Result(output) : New(ClassOf(argument.Type));
        if (input is not null)
            Line(argument.Type switch { IrType.Bool => "mov.pred", IrType.F32 => "mov.f32", IrType.F64 => "mov.f64", IrType.I64 => "mov.b64", _ => "mov.b32" }, register, Operand(input));
        return register;
    }

    private static RegisterClass ClassOf(IrType type) => type switch
    {
        IrType.Bool => RegisterClass.Predicate,
        IrType.I64 => RegisterClass.Long,
        IrType.F32 => RegisterClass.Float,
        IrType.F64 => RegisterClass.Double,
        _ => RegisterClass.Int,
    };

    // ---- Printing -----------------------------------------------------------------------------------------------------

    // vprintf reads its arguments from the thread's memory, floats as doubles, each at a multiple of its size.
    private void EmitPrint(IrValue value)
    {
        var format = new StringBuilder();
        int end = 0;
        string text = value.Text!;
        for (int i = 0; i < text.Length; i++)
        {
            int close = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (text[i] is '{' or '}' && i + 1 < text.Length && text[i + 1] == text[i])
                format.Append(text[i++]);
            else if (close > 0 && int.TryParse(text.AsSpan(i + 1, close - i - 1).ToString().Split(',', ':')[0], CultureInfo.InvariantCulture, out int index) && index < value.Operands.Count)
            {
                format.Append(Conversion(value.Operands[index], text[(i + 1)..close]));
                StoreArgument(value.Operands[index], ref end);
                i = close;
            }
            else
            {
                format.Append(text[i] == '%' ? "%%" : text[i].ToString());
            }
        }
        _module.PrintBytes = Math.Max(_module.PrintBytes, Math.Max(8, end));
        string name = New(RegisterClass.Long), place = New(RegisterClass.Long);
        Line("cvta.global.u64", name, _module.FormatName(_module.Format(format.ToString())));
        Line("cvta.local.u64", place, "__print");
        _body.Append("    {\n    .param .b64 format;\n    .param .b64 arguments;\n    .param .b32 printed;\n");
        Line("st.param.b64", "[format]", name);
        Line("st.param.b64", "[arguments]", place);
        _body.Append("    call.uni (printed), vprintf, (format, arguments);\n    }\n");
    }

    private static string Conversion(IrValue value, string place)
    {
        string style = place[(place.IndexOf(':', StringComparison.Ordinal) + 1)..];
        bool hasStyle = style.Length < place.Length, hasDigits = style.Length > 1 && style.Skip(1).All(char.IsAsciiDigit);
        return value.Type switch
        {
            IrType.F32 or IrType.F64 when hasStyle && hasDigits && style[0] is 'F' or 'f' or 'N' or 'E' or 'e' => $"%.{style[1..]}{(style[0] is 'E' or 'e' ? "e" : "f")}",
            IrType.F32 => "%.9g",
            IrType.F64 => "%.17g",
            IrType.I64 => hasStyle && style[0] is 'X' or 'x' ? "%ll" + style[0] : "%lld",
            _ => hasStyle && style[0] is 'X' or 'x' ? "%" + style[0] : "%d",
        };
    }

    private void StoreArgument(IrValue value, ref int end)
    {
        int size = value.Type is IrType.I32 or IrType.Bool ? 4 : 8;
        int at = (end + size - 1) / size * size;
        end = at + size;
        string place = string.Create(CultureInfo.InvariantCulture, $"[__print+{at}]");
        switch (value.Type)
        {
            case IrType.F32:
                string wide = New(RegisterClass.Double);
                Line("cvt.f64.f32", wide, Register(value));
                Line("st.local.f64", place, wide);
                break;
            case IrType.F64:
                Line("st.local.f64", place, Register(value));
                break;
            case IrType.Bool:
                string number = New(RegisterClass.Int);
                Line("selp.b32", number, "1", "0", Register(value));
                Line("st.local.u32", place, number);
                break;
            default:
                Line(size == 4 ? "st.local.u32" : "st.local.u64", place, Register(value));
                break;
        }
    }
}
