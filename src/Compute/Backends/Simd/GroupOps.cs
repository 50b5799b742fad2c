using System.Globalization;
using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>The parts of group and warp operations that are not vector instructions.</summary>
internal static unsafe class GroupOps
{
    private const int SlotBytes = 128;

    /// <summary>Combines one number per warp: a sum of counts, or a logical and/or.</summary>
    public static int Combine(long* slots, int warps, int reduction)
    {
        long result = (BarrierReduction)reduction == BarrierReduction.And ? 1 : 0;
        for (int i = 0; i < warps; i++)
        {
            result = (BarrierReduction)reduction switch
            {
                BarrierReduction.And => result & slots[i],
                BarrierReduction.Or => result | slots[i],
                _ => result + slots[i],
            };
        }
        return (int)result;
    }

    /// <summary>Slot 1: lane, delta or mask of each lane; slot 2: sub-warp width; slot 7: the lane that each lane reads.</summary>
    public static void ShuffleLanes(byte* slots, int lanes, int kind)
    {
        int* argument = (int*)(slots + SlotBytes), widths = (int*)(slots + 2 * SlotBytes), result = (int*)(slots + 7 * SlotBytes);
        for (int lane = 0; lane < lanes; lane++)
        {
            int width = Math.Clamp(widths[lane], 1, lanes), first = lane / width * width, within = lane - first;
            int wanted = (ShuffleKind)kind switch
            {
                ShuffleKind.Index => (argument[lane] % width + width) % width,
                ShuffleKind.Up => within - argument[lane],
                ShuffleKind.Down => within + argument[lane],
                _ => within ^ argument[lane],
            };
            result[lane] = (uint)wanted < (uint)width ? first + wanted : lane;
        }
    }

    /// <summary>Slot 7 = 64-bit values of slot 0 taken from the lanes that slot 1 names.</summary>
    public static void Permute64(byte* slots, int lanes)
    {
        long* source = (long*)slots, result = (long*)(slots + 7 * SlotBytes);
        int* from = (int*)(slots + SlotBytes);
        for (int lane = 0; lane < lanes; lane++)
            result[lane] = source[from[lane]];
    }

    /// <summary>Writes one line for each active lane. Types: one letter per operand (i, l, f, d, b).</summary>
    public static void Print(string format, string types, byte* slots, int active)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            var arguments = new object[types.Length];
            for (int i = 0; i < arguments.Length; i++)
            {
                byte* slot = slots + i * SlotBytes;
                arguments[i] = types[i] switch
                {
                    'f' => ((float*)slot)[lane],
                    'd' => ((double*)slot)[lane],
                    'l' => ((long*)slot)[lane],
                    'b' => ((int*)slot)[lane] != 0,
                    _ => ((int*)slot)[lane],
                };
            }
            Console.Write(string.Format(CultureInfo.InvariantCulture, format, arguments));
        }
    }
}
