using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;

namespace GemmaIlgpu.Host.Inspection;

/// <summary>Prints the IL of a method, one instruction a line (ECMA-335, partition III): what the front end reads.</summary>
internal static class IlPrinter
{
    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static string Print(MethodInfo method)
    {
        MethodBody body = method.GetMethodBody() ?? throw new InvalidOperationException($"{method.Name} has no body.");
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $".method {TypeNames.Short(method.DeclaringType!)}.{method.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $".maxstack {body.MaxStackSize}\n");
        foreach (LocalVariableInfo local in body.LocalVariables)
            text.Append(CultureInfo.InvariantCulture, $".local {local.LocalIndex} {TypeNames.Short(local.LocalType)}\n");

        byte[] il = body.GetILAsByteArray()!;
        int position = 0;
        while (position < il.Length)
        {
            int offset = position;
            short value = il[position++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | il[position++]));
            OpCode code = s_codes[value];
            string operand = Operand(il, ref position, code.OperandType, method);
            text.Append($"  {Label(offset)}  {code.Name,-12} {operand}".TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    private static string Label(int offset) => $"IL_{offset:X4}";

    private static string Operand(byte[] il, ref int position, OperandType type, MethodInfo method)
    {
        ReadOnlySpan<byte> rest = il.AsSpan(position);
        switch (type)
        {
            case OperandType.InlineNone:
                return "";
            case OperandType.ShortInlineI:
                position += 1;
                return ((sbyte)rest[0]).ToString(CultureInfo.InvariantCulture);
            case OperandType.ShortInlineVar:
                position += 1;
                return rest[0].ToString(CultureInfo.InvariantCulture);
            case OperandType.ShortInlineBrTarget:
                position += 1;
                return Label(position + (sbyte)rest[0]);
            case OperandType.InlineVar:
                position += 2;
                return BinaryPrimitives.ReadUInt16LittleEndian(rest).ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineI8:
                position += 8;
                return BinaryPrimitives.ReadInt64LittleEndian(rest).ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineR:
                position += 8;
                return BinaryPrimitives.ReadDoubleLittleEndian(rest).ToString("R", CultureInfo.InvariantCulture);
            case OperandType.ShortInlineR:
                position += 4;
                return BinaryPrimitives.ReadSingleLittleEndian(rest).ToString("R", CultureInfo.InvariantCulture);
            case OperandType.InlineBrTarget:
                position += 4;
                return Label(position + BinaryPrimitives.ReadInt32LittleEndian(rest));
            case OperandType.InlineSwitch:
                int count = BinaryPrimitives.ReadInt32LittleEndian(rest);
                int after = position += 4 + 4 * count;
                byte[] targets = rest[4..(4 + 4 * count)].ToArray();
                return string.Join(", ", Enumerable.Range(0, count).Select(i => Label(after + BinaryPrimitives.ReadInt32LittleEndian(targets.AsSpan(4 * i)))));
            case OperandType.InlineI:
                position += 4;
                return BinaryPrimitives.ReadInt32LittleEndian(rest).ToString(CultureInfo.InvariantCulture);
            case OperandType.InlineString:
                position += 4;
                return $"\"{method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(rest))}\"";
            default: // a metadata token: method, field or type
                position += 4;
                return Member(BinaryPrimitives.ReadInt32LittleEndian(rest), method);
        }
    }

    private static string Member(int token, MethodInfo method)
    {
        MemberInfo? member = method.Module.ResolveMember(token, method.DeclaringType?.GetGenericArguments(), method.GetGenericArguments());
        return member switch
        {
            Type type => TypeNames.Short(type),
            FieldInfo field => $"{TypeNames.Short(field.FieldType)} {TypeNames.Short(field.DeclaringType!)}::{field.Name}",
            MethodInfo called => $"{TypeNames.Short(called.ReturnType)} {Qualified(called)}({Parameters(called)})",
            ConstructorInfo constructor => $"{Qualified(constructor)}({Parameters(constructor)})",
            _ => $"token {token:X8}",
        };
    }

    private static string Qualified(MethodBase method)
    {
        string arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(TypeNames.Short))}>" : "";
        return $"{(method.DeclaringType is null ? "" : TypeNames.Short(method.DeclaringType))}::{method.Name}{arguments}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => TypeNames.Short(p.ParameterType)));
}
