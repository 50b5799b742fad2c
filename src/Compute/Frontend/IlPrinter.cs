using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Writes a method's IL as text with the source lines it came from.</summary>
public static class IlPrinter
{
    /// <summary>One instruction a line; methods that it calls are named, not printed.</summary>
    /// <param name="method">The method.</param>
    /// <param name="lines">Gets the source line of each line of the text.</param>
    public static string Print(MethodBase method, LineMap? lines = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        var text = new StringBuilder();
        text.Append("method ").Append(MethodNames.Of(method)).Append('(')
            .AppendJoin(", ", method.GetParameters().Select(parameter => $"{MethodNames.Of(parameter.ParameterType)} {parameter.Name}")).AppendLine(")");
        if (IlMethod.For(method) is not { } code)
            return text.AppendLine("    (no body)").ToString();
        for (int i = 0; i < code.LocalTypes.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"    local {i}: {MethodNames.Of(code.LocalTypes[i])}");
        foreach (IlInstruction instruction in code.Instructions)
        {
            lines?.Mark(text.Length, code.Symbols?.At(instruction.Offset));
            if (code.Symbols?.StartingAt(instruction.Offset) is { } line)
                text.Append("    ; ").AppendLine(line.ToString());
            text.Append("    ").Append(Label(instruction.Offset)).Append(": ").AppendLine($"{IlReader.Name(instruction.Code)} {Operand(code, instruction)}".TrimEnd());
        }
        string whole = text.ToString();
        lines?.Finish(whole);
        return whole;
    }

    /// <summary>Whether the lines of a method are known.</summary>
    public static bool HasLines(MethodBase method) => IlMethod.For(method)?.Symbols is not null;

    private static string Operand(IlMethod code, IlInstruction instruction) => IlReader.OperandKind(instruction.Code) switch
    {
        OperandType.InlineNone => "",
        OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget => Label(instruction.Operand),
        OperandType.InlineSwitch => string.Join(", ", instruction.Targets!.Select(target => Label(target))),
        OperandType.InlineString => '"' + code.Method.Module.ResolveString(instruction.Token).ReplaceLineEndings("\\n") + '"',
        OperandType.InlineR => BitConverter.Int64BitsToDouble(instruction.Operand).ToString("R", CultureInfo.InvariantCulture),
        OperandType.ShortInlineR => BitConverter.Int32BitsToSingle((int)instruction.Operand).ToString("R", CultureInfo.InvariantCulture),
        OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok => Member(code.Resolve(instruction.Token)),
        _ => instruction.Operand.ToString(CultureInfo.InvariantCulture),
    };

    private static string Label(long offset) => string.Create(CultureInfo.InvariantCulture, $"IL_{offset:X4}");

    private static string Member(MemberInfo member) => member switch
    {
        Type type => MethodNames.Of(type),
        MethodBase method => MethodNames.Of(method),
        _ => $"{MethodNames.Of(member.DeclaringType!)}.{member.Name}",
    };
}
