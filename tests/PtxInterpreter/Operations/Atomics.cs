using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Operations;

/// <summary>What atom and red do to the old value.</summary>
internal static class Atomics
{
    public static Instruction? Create(string operation, PtxType type, bool flush, AddressOperandPlan address, int a, int b, int destination)
    {
        Instruction Make<T>(Func<T, T, T, T> function) where T : unmanaged => new Atomic<T>(address, function, a, b, destination);
        return (operation, type) switch
        {
            ("and", PtxType.B32) => Make<uint>((old, x, _) => old & x),
            ("and", _) => Make<ulong>((old, x, _) => old & x),
            ("or", PtxType.B32) => Make<uint>((old, x, _) => old | x),
            ("or", _) => Make<ulong>((old, x, _) => old | x),
            ("xor", PtxType.B32) => Make<uint>((old, x, _) => old ^ x),
            ("xor", _) => Make<ulong>((old, x, _) => old ^ x),
            ("exch", PtxType.B32) => Make<uint>((_, x, _) => x),
            ("exch", _) => Make<ulong>((_, x, _) => x),
            ("cas", PtxType.B16) => Make<ushort>((old, x, y) => old == x ? y : old),
            ("cas", PtxType.B32) => Make<uint>((old, x, y) => old == x ? y : old),
            ("cas", _) => Make<ulong>((old, x, y) => old == x ? y : old),
            ("inc", _) => Make<uint>((old, x, _) => old >= x ? 0 : old + 1),
            ("dec", _) => Make<uint>((old, x, _) => old == 0 || old > x ? x : old - 1),
            ("min", PtxType.U32) => Make<uint>((old, x, _) => Math.Min(old, x)),
            ("min", PtxType.S32) => Make<int>((old, x, _) => Math.Min(old, x)),
            ("min", PtxType.U64) => Make<ulong>((old, x, _) => Math.Min(old, x)),
            ("min", PtxType.S64) => Make<long>((old, x, _) => Math.Min(old, x)),
            ("max", PtxType.U32) => Make<uint>((old, x, _) => Math.Max(old, x)),
            ("max", PtxType.S32) => Make<int>((old, x, _) => Math.Max(old, x)),
            ("max", PtxType.U64) => Make<ulong>((old, x, _) => Math.Max(old, x)),
            ("max", PtxType.S64) => Make<long>((old, x, _) => Math.Max(old, x)),
            ("add", PtxType.U32 or PtxType.S32) => Make<uint>((old, x, _) => unchecked(old + x)),
            ("add", PtxType.U64) => Make<ulong>((old, x, _) => unchecked(old + x)),
            ("add", PtxType.F32) when flush => Make<float>((old, x, _) => FlushBinary<Add<float>>.Apply(old, x)),
            ("add", PtxType.F32) => Make<float>((old, x, _) => old + x),
            ("add", PtxType.F64) => Make<double>((old, x, _) => old + x),
            ("add", PtxType.F16) => Make<ushort>((old, x, _) => HalfFunctions.Add(old, x, brain: false)),
            ("add", PtxType.BF16) => Make<ushort>((old, x, _) => HalfFunctions.Add(old, x, brain: true)),
            ("add", PtxType.F16x2) => Make<uint>((old, x, _) => HalfFunctions.Add2(old, x, brain: false)),
            ("add", PtxType.BF16x2) => Make<uint>((old, x, _) => HalfFunctions.Add2(old, x, brain: true)),
            _ => null,
        };
    }
}
