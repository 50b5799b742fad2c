using System.Globalization;
using System.Numerics;
using System.Text;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>mov of a register into its parts, the lowest first.</summary>
internal sealed unsafe class UnpackInstruction(int source, int size, int[] parts, int partSize) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            byte* from = warp.Registers + source + (lane * size);
            // Copied first: a part may be the source itself.
            ulong value = size == 4 ? *(uint*)from : *(ulong*)from;
            for (int i = 0; i < parts.Length; i++)
            {
                ulong part = value >> (8 * partSize * i);
                byte* to = warp.Registers + parts[i] + (lane * partSize);
                switch (partSize)
                {
                    case 1:
                        *to = (byte)part;
                        break;
                    case 2:
                        *(ushort*)to = (ushort)part;
                        break;
                    default:
                        *(uint*)to = (uint)part;
                        break;
                }
            }
        }
    }
}

/// <summary>mov of parts into a register.</summary>
internal sealed unsafe class PackInstruction(int[] parts, int partSize, int destination, int size) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong value = 0;
            for (int i = 0; i < parts.Length; i++)
            {
                byte* from = warp.Registers + parts[i] + (lane * partSize);
                ulong part = partSize switch { 1 => *from, 2 => *(ushort*)from, _ => *(uint*)from };
                value |= part << (8 * partSize * i);
            }
            if (size == 4)
                ((uint*)(warp.Registers + destination))[lane] = (uint)value;
            else
                ((ulong*)(warp.Registers + destination))[lane] = value;
        }
    }
}

/// <summary>mov from %clock and its kin: counts the group's instructions.</summary>
internal sealed unsafe class ClockInstruction(int destination, bool wide, bool high) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        ulong now = (ulong)warp.Group.NextClock();
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            if (wide)
                ((ulong*)(warp.Registers + destination))[lane] = now;
            else
                ((uint*)(warp.Registers + destination))[lane] = (uint)(high ? now >> 32 : now);
        }
    }
}

/// <summary>call of vprintf: C's format with arguments side by side in memory, each at its own alignment.</summary>
internal sealed unsafe class PrintInstruction(int format, int arguments, int result) : Instruction
{
    public override bool NeedsDefined => true;

    private static readonly AddressOperandPlan Generic = new() { Space = StateSpace.Generic, Base = -1, BaseIsWide = true, Distance = 0 };

    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            byte* local = warp.Local + ((long)lane * warp.LocalBytes);
            string text = Format(warp, lane, ReadString(warp, lane, *(ulong*)(local + format)), *(ulong*)(local + arguments));
            warp.Group.Options.Output?.Invoke(text);
            *(int*)(local + result) = text.Length;
        }
    }

    private static string Format(Warp warp, int lane, string format, ulong next)
    {
        ulong Take(int size)
        {
            next = (next + (ulong)size - 1) / (ulong)size * (ulong)size;
            byte* p = Generic.Pointer(warp, lane, StateSpace.Generic, next, size, write: false);
            next += (ulong)size;
            return size == 4 ? *(uint*)p : *(ulong*)p;
        }
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }
            int start = ++i;
            while (i < format.Length && !char.IsAsciiLetter(format[i]) && format[i] != '%')
                i++;
            bool wide = false;
            for (; i < format.Length && format[i] is 'l' or 'h' or 'z' or 'j' or 't'; i++)
                wide |= format[i] is 'l' or 'z' or 'j' or 't';
            if (i >= format.Length)
                break;
            int dot = format.IndexOf('.', start, i - start);
            int precision = dot >= 0 && int.TryParse(format.AsSpan(dot + 1, i - dot - 1), out int digits) ? digits : 6;
            text.Append(format[i] switch
            {
                '%' => "%",
                'd' or 'i' => (wide ? (long)Take(8) : (int)Take(4)).ToString(CultureInfo.InvariantCulture),
                'u' => (wide ? Take(8) : Take(4)).ToString(CultureInfo.InvariantCulture),
                'x' => (wide ? Take(8) : Take(4)).ToString("x", CultureInfo.InvariantCulture),
                'X' => (wide ? Take(8) : Take(4)).ToString("X", CultureInfo.InvariantCulture),
                'c' => ((char)Take(4)).ToString(),
                'p' => "0x" + Take(8).ToString("x", CultureInfo.InvariantCulture),
                's' => ReadString(warp, lane, Take(8)),
                'f' or 'F' => BitConverter.UInt64BitsToDouble(Take(8)).ToString("F" + precision, CultureInfo.InvariantCulture),
                'e' => BitConverter.UInt64BitsToDouble(Take(8)).ToString("e" + precision, CultureInfo.InvariantCulture),
                'g' or 'G' => BitConverter.UInt64BitsToDouble(Take(8)).ToString("G" + Math.Max(precision, 1), CultureInfo.InvariantCulture),
                char other => throw warp.Fault($"vprintf: the interpreter does not know %{other}", 1u << lane),
            });
        }
        return text.ToString();
    }

    private static string ReadString(Warp warp, int lane, ulong address)
    {
        List<byte> bytes = [];
        while (true)
        {
            byte next = *Generic.Pointer(warp, lane, StateSpace.Generic, address++, 1, write: false);
            if (next == 0)
                return Encoding.UTF8.GetString([.. bytes]);
            bytes.Add(next);
        }
    }
}
