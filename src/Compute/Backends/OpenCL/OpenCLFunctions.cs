using System.Text;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>Functions that kernels call because the language has nothing with the same meaning. A program holds those it uses.</summary>
internal sealed class OpenCLFunctions
{
    private static readonly (string Name, string Text)[] s_functions =
    [
        // The language leaves both cases open; here a division by 0 gives 0 and the lowest number wraps.
        ("div_int", "static int div_int(int a, int b) { return b == 0 ? 0 : b == -1 ? (int)-(uint)a : a / b; }"),
        ("div_long", "static long div_long(long a, long b) { return b == 0 ? 0 : b == -1 ? (long)-(ulong)a : a / b; }"),
        ("div_uint", "static uint div_uint(uint a, uint b) { return b == 0 ? 0 : a / b; }"),
        ("div_ulong", "static ulong div_ulong(ulong a, ulong b) { return b == 0 ? 0 : a / b; }"),
        ("rem_int", "static int rem_int(int a, int b) { return b == 0 || b == -1 ? 0 : a % b; }"),
        ("rem_long", "static long rem_long(long a, long b) { return b == 0 || b == -1 ? 0 : a % b; }"),
        ("rem_uint", "static uint rem_uint(uint a, uint b) { return b == 0 ? 0 : a % b; }"),
        ("rem_ulong", "static ulong rem_ulong(ulong a, ulong b) { return b == 0 ? 0 : a % b; }"),

        // A NaN on either side is the result, and -0 is less than +0.
        ("min_float", "static float min_float(float a, float b) { return a != a ? a : b != b ? b : a == b ? as_float(as_uint(a) | as_uint(b)) : a < b ? a : b; }"),
        ("max_float", "static float max_float(float a, float b) { return a != a ? a : b != b ? b : a == b ? as_float(as_uint(a) & as_uint(b)) : a > b ? a : b; }"),
        ("min_double", "static double min_double(double a, double b) { return a != a ? a : b != b ? b : a == b ? as_double(as_ulong(a) | as_ulong(b)) : a < b ? a : b; }"),
        ("max_double", "static double max_double(double a, double b) { return a != a ? a : b != b ? b : a == b ? as_double(as_ulong(a) & as_ulong(b)) : a > b ? a : b; }"),

        // Conversions saturate, and NaN gives 0.
        ("float_to_int", "static uint float_to_int(float a) { return a != a ? 0u : a >= 2147483648.0f ? 0x7fffffffu : a < -2147483648.0f ? 0x80000000u : (uint)(int)a; }"),
        ("float_to_long", "static ulong float_to_long(float a) { return a != a ? 0ul : a >= 9223372036854775808.0f ? 0x7ffffffffffffffful : a < -9223372036854775808.0f ? 0x8000000000000000ul : (ulong)(long)a; }"),
        ("float_to_uint", "static uint float_to_uint(float a) { return !(a > 0.0f) ? 0u : a >= 4294967296.0f ? 0xffffffffu : (uint)a; }"),
        ("float_to_ulong", "static ulong float_to_ulong(float a) { return !(a > 0.0f) ? 0ul : a >= 18446744073709551616.0f ? 0xfffffffffffffffful : (ulong)a; }"),
        ("double_to_int", "static uint double_to_int(double a) { return a != a ? 0u : a >= 2147483647.0 ? 0x7fffffffu : a <= -2147483648.0 ? 0x80000000u : (uint)(int)a; }"),
        ("double_to_long", "static ulong double_to_long(double a) { return a != a ? 0ul : a >= 9223372036854775808.0 ? 0x7ffffffffffffffful : a < -9223372036854775808.0 ? 0x8000000000000000ul : (ulong)(long)a; }"),
        ("double_to_uint", "static uint double_to_uint(double a) { return !(a > 0.0) ? 0u : a >= 4294967295.0 ? 0xffffffffu : (uint)a; }"),
        ("double_to_ulong", "static ulong double_to_ulong(double a) { return !(a > 0.0) ? 0ul : a >= 18446744073709551616.0 ? 0xfffffffffffffffful : (ulong)a; }"),
        ("half_to_float", "static float half_to_float(uint a) { ushort bits = (ushort)a; return vload_half(0, (const __private half*)&bits); }"),
        ("float_to_half", "static uint float_to_half(float a) { ushort bits; vstore_half_rte(a, 0, (__private half*)&bits); return bits; }"),

        ("trailing_zeros_uint", "static uint trailing_zeros_uint(uint a) { return a == 0 ? 32u : 31u - clz(a & -a); }"),
        ("trailing_zeros_ulong", "static uint trailing_zeros_ulong(ulong a) { return a == 0 ? 64u : 63u - (uint)clz(a & -a); }"),

        // Two 16-bit or four 8-bit numbers in one.
        ("pair", "static uint pair(int first, int second) { return ((uint)first & 0xffffu) | ((uint)second << 16); }"),
        ("widen_bytes", "static uint widen_bytes(uint a) { return (a & 0xffu) | ((a & 0xff00u) << 8); }"),
        ("widen_signed_bytes", "static uint widen_signed_bytes(uint a) { return pair((char)a, (char)(a >> 8)); }"),
        ("dot_pairs", "static uint dot_pairs(uint a, uint b, uint sum) { return (uint)((short)a * (short)b) + (uint)((short)(a >> 16) * (short)(b >> 16)) + sum; }"),
        ("add_pairs", "static uint add_pairs(uint a, uint b) { return pair((short)a + (short)b, (short)(a >> 16) + (short)(b >> 16)); }"),
        ("multiply_quads", """
            static uint multiply_quads(uint a, uint b)
            {
                int first = (int)(a & 0xffu) * (char)b + (int)(a >> 8 & 0xffu) * (char)(b >> 8);
                int second = (int)(a >> 16 & 0xffu) * (char)(b >> 16) + (int)(a >> 24) * (char)(b >> 24);
                return pair(clamp(first, -32768, 32767), clamp(second, -32768, 32767));
            }
            """),

        // The lane that a lane reads; its own where the wanted one is outside its part of the warp.
        ("shuffle_source", """
            static uint shuffle_source(int wanted, int width, uint lane)
            {
                return (uint)wanted < (uint)width ? lane / (uint)width * (uint)width + (uint)wanted : lane;
            }
            """),
    ];

    private readonly HashSet<string> _used = [];

    /// <summary>Notes that a function is needed and gives its name.</summary>
    public string Use(string name)
    {
        if (name is "widen_signed_bytes" or "add_pairs" or "multiply_quads")
            _used.Add("pair");
        _used.Add(name);
        return name;
    }

    /// <summary>Appends the functions used.</summary>
    public void AppendTo(StringBuilder text)
    {
        foreach ((string name, string function) in s_functions)
            if (_used.Contains(name))
                text.AppendLine(function);
        if (_used.Count > 0)
            text.AppendLine();
    }
}
