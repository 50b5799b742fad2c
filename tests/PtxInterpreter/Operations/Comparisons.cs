using System.Numerics;
using GemmaIlgpu.PtxInterpreter.Execution;

namespace GemmaIlgpu.PtxInterpreter.Operations;

/// <summary>Ordered comparisons: false where one is NaN. C#'s operators are just that, apart from !=.</summary>
internal readonly struct Equal<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a == b;
}

internal readonly struct NotEqual<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a < b || a > b;
}

internal readonly struct Less<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a < b;
}

internal readonly struct LessOrEqual<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a <= b;
}

internal readonly struct Greater<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a > b;
}

internal readonly struct GreaterOrEqual<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => a >= b;
}

/// <summary>Unordered comparisons: true where one is NaN.</summary>
internal readonly struct Unordered<TF, T> : ICompare<T> where TF : struct, ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => T.IsNaN(a) || T.IsNaN(b) || TF.Apply(a, b);
}

internal readonly struct BothNumbers<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => !T.IsNaN(a) && !T.IsNaN(b);
}

internal readonly struct EitherNaN<T> : ICompare<T> where T : INumber<T>
{
    public static bool Apply(T a, T b) => T.IsNaN(a) || T.IsNaN(b);
}

/// <summary>.ftz on the operands of a comparison.</summary>
internal readonly struct FlushCompare<TF> : ICompare<float> where TF : struct, ICompare<float>
{
    public static bool Apply(float a, float b) => TF.Apply(Flush.Apply(a), Flush.Apply(b));
}
