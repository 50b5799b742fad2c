using GemmaIlgpu.PtxInterpreter.Execution;

namespace GemmaIlgpu.PtxInterpreter.Operations;

/// <summary>Functions of bits that take more operands or a mode.</summary>
internal static class BitFunctions
{
    /// <summary>bfi: <paramref name="length"/> low bits of a into b at a position.</summary>
    public static ulong InsertField(ulong a, ulong b, uint position, uint length, int width)
    {
        int start = (int)(position & 255), count = (int)(length & 255);
        ulong result = b;
        for (int i = 0; i < count && start + i < width; i++)
        {
            result &= ~(1UL << (start + i));
            result |= (a >> i & 1) << (start + i);
        }
        return result;
    }

    /// <summary>lop3: each bit of the table is the result for one combination of a (weight 4), b (2) and c (1).</summary>
    public static uint Lookup(uint a, uint b, uint c, uint table)
    {
        uint result = 0;
        for (int i = 0; i < 8; i++)
        {
            if ((table >> i & 1) == 0)
                continue;
            result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
        }
        return result;
    }

    /// <summary>prmt without a mode: each nibble of the selector picks one of eight bytes, or spreads its sign.</summary>
    public static uint Permute(uint a, uint b, uint selector)
    {
        ulong bytes = ((ulong)b << 32) | a;
        uint result = 0;
        for (int i = 0; i < 4; i++)
        {
            uint nibble = selector >> (4 * i);
            uint value = (uint)(bytes >> (int)(8 * (nibble & 7))) & 0xFF;
            if ((nibble & 8) != 0)
                value = (value & 0x80) != 0 ? 0xFFu : 0;
            result |= value << (8 * i);
        }
        return result;
    }

    /// <summary>prmt's modes as the selectors they stand for.</summary>
    public static uint ModeSelector(string mode, uint control)
    {
        uint n = control & 3;
        return mode switch
        {
            "f4e" => n switch { 0 => 0x3210, 1 => 0x4321, 2 => 0x5432, _ => 0x6543 },
            "b4e" => n switch { 0 => 0x5670, 1 => 0x6701, 2 => 0x7012, _ => 0x0123 },
            "rc8" => n * 0x1111,
            "ecl" => n switch { 0 => 0x3210, 1 => 0x3211, 2 => 0x3222, _ => 0x3333 },
            "ecr" => n switch { 0 => 0x0000, 1 => 0x1110, 2 => 0x2210, _ => 0x3210 },
            _ => n is 0 or 2 ? 0x1010u : 0x3232u,
        };
    }

    /// <summary>shf: the 64 bits b:a moved, one half of them kept.</summary>
    public static uint Funnel(uint a, uint b, uint amount, bool left, bool wrap)
    {
        int n = (int)(wrap ? amount & 31 : Math.Min(amount, 32));
        ulong both = ((ulong)b << 32) | a;
        return left ? (uint)((both << n) >> 32) : (uint)(both >> n);
    }

    /// <summary>dp4a: four products of bytes added to c.</summary>
    public static uint Dot4(uint a, uint b, uint c, bool signedA, bool signedB)
    {
        uint sum = c;
        for (int i = 0; i < 4; i++)
            sum += (uint)(Part(a, 8 * i, 8, signedA) * Part(b, 8 * i, 8, signedB));
        return sum;
    }

    /// <summary>dp2a: two 16-bit numbers of a times the low or high two bytes of b, added to c.</summary>
    public static uint Dot2(uint a, uint b, uint c, bool signedA, bool signedB, bool high)
    {
        uint sum = c;
        for (int i = 0; i < 2; i++)
            sum += (uint)(Part(a, 16 * i, 16, signedA) * Part(b, (8 * i) + (high ? 16 : 0), 8, signedB));
        return sum;
    }

    /// <summary>Some bits of a word as a number.</summary>
    public static int Part(uint word, int start, int bits, bool signed)
    {
        int value = (int)(word << (32 - start - bits));
        return signed ? value >> (32 - bits) : (int)((uint)value >> (32 - bits));
    }
}
