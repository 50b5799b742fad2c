using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using OperandType = System.Reflection.Emit.OperandType;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Decodes the bytes of a method body (ECMA-335, partition III).</summary>
internal static class IlReader
{
    private static readonly OpCode[] s_oneByte = new OpCode[256];
    private static readonly OpCode[] s_twoBytes = new OpCode[256];

    static IlReader()
    {
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is not OpCode code)
                continue;
            if (code.Size == 1)
                s_oneByte[code.Value & 0xFF] = code;
            else
                s_twoBytes[code.Value & 0xFF] = code;
        }
    }

    /// <summary>The name of an operation as ILASM spells it.</summary>
    public static string Name(ILOpCode code) => Lookup(code).Name ?? code.ToString();

    /// <summary>What kind of operand follows an operation.</summary>
    public static OperandType OperandKind(ILOpCode code) => Lookup(code).OperandType;

    /// <summary>How an operation passes control on.</summary>
    public static FlowControl Flow(ILOpCode code) => Lookup(code).FlowControl;

    /// <summary>Decodes all instructions in order.</summary>
    public static IlInstruction[] Decode(ReadOnlySpan<byte> il)
    {
        var instructions = new List<IlInstruction>(il.Length / 2);
        int position = 0;
        while (position < il.Length)
        {
            int offset = position;
            int first = il[position++];
            OpCode opCode = first == 0xFE ? s_twoBytes[il[position++]] : s_oneByte[first];
            long operand = 0;
            int[]? targets = null;
            switch (opCode.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget:
                    operand = (sbyte)il[position++];
                    operand += position;
                    break;
                case OperandType.InlineBrTarget:
                    operand = BinaryPrimitives.ReadInt32LittleEndian(il[position..]);
                    position += 4;
                    operand += position;
                    break;
                case OperandType.ShortInlineI:
                    operand = opCode.Value == OpCodes.Unaligned.Value ? il[position] : (sbyte)il[position];
                    position++;
                    break;
                case OperandType.ShortInlineVar:
                    operand = il[position++];
                    break;
                case OperandType.InlineVar:
                    operand = BinaryPrimitives.ReadUInt16LittleEndian(il[position..]);
                    position += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    operand = BinaryPrimitives.ReadInt64LittleEndian(il[position..]);
                    position += 8;
                    break;
                case OperandType.InlineSwitch:
                    int count = BinaryPrimitives.ReadInt32LittleEndian(il[position..]);
                    position += 4;
                    targets = new int[count];
                    for (int i = 0; i < count; i++)
                        targets[i] = BinaryPrimitives.ReadInt32LittleEndian(il[(position + 4 * i)..]) + position + 4 * count;
                    position += 4 * count;
                    break;
                default:    // tokens, I4 and the bits of R4
                    operand = BinaryPrimitives.ReadInt32LittleEndian(il[position..]);
                    position += 4;
                    break;
            }
            instructions.Add(new(offset, (ILOpCode)(ushort)opCode.Value, operand, targets));
        }
        return [.. instructions];
    }

    private static OpCode Lookup(ILOpCode code) => (ushort)code > 0xFF ? s_twoBytes[(ushort)code & 0xFF] : s_oneByte[(ushort)code];
}
