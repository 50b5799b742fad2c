using System.Numerics;
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.PtxInterpreter.Execution;

internal interface IUnary<TA, TR>
{
    static abstract TR Apply(TA a);
}

internal interface IBinary<TA, TB, TR>
{
    static abstract TR Apply(TA a, TB b);
}

internal interface ITernary<TA, TB, TC, TR>
{
    static abstract TR Apply(TA a, TB b, TC c);
}

/// <summary>A function of each lane's values; one class for each number of operands.</summary>
internal abstract class LaneInstruction : Instruction
{
    public int D { get; set; }

    public int A { get; set; }

    public int B { get; set; }

    public int C { get; set; }

    /// <summary>Where setp's result goes.</summary>
    public PredicateResult Result { get; set; }

    /// <summary>The instruction that applies a function, itself a struct that implements one of the interfaces above.</summary>
    public static LaneInstruction Of(Type function)
    {
        Type shape = function.GetInterfaces().Single(type => type.IsGenericType && type.Name is "IUnary`2" or "IBinary`3" or "ITernary`4");
        Type[] types = [function, .. shape.GetGenericArguments()];
        Type instruction = types.Length switch
        {
            3 => typeof(Unary<,,>),
            4 => typeof(Binary<,,,>),
            _ => typeof(Ternary<,,,,>),
        };
        return (LaneInstruction)Activator.CreateInstance(instruction.MakeGenericType(types))!;
    }
}

internal sealed unsafe class Unary<TF, TA, TR> : LaneInstruction
    where TF : struct, IUnary<TA, TR>
    where TA : unmanaged
    where TR : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        TA* a = (TA*)(warp.Registers + A);
        TR* d = (TR*)(warp.Registers + D);
        if (mask == uint.MaxValue)
        {
            for (int i = 0; i < 32; i++)
                d[i] = TF.Apply(a[i]);
            return;
        }
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TF.Apply(a[i]);
        }
    }
}

internal sealed unsafe class Binary<TF, TA, TB, TR> : LaneInstruction
    where TF : struct, IBinary<TA, TB, TR>
    where TA : unmanaged
    where TB : unmanaged
    where TR : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        TA* a = (TA*)(warp.Registers + A);
        TB* b = (TB*)(warp.Registers + B);
        TR* d = (TR*)(warp.Registers + D);
        if (mask == uint.MaxValue)
        {
            for (int i = 0; i < 32; i++)
                d[i] = TF.Apply(a[i], b[i]);
            return;
        }
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TF.Apply(a[i], b[i]);
        }
    }
}

internal sealed unsafe class Ternary<TF, TA, TB, TC, TR> : LaneInstruction
    where TF : struct, ITernary<TA, TB, TC, TR>
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TR : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        TA* a = (TA*)(warp.Registers + A);
        TB* b = (TB*)(warp.Registers + B);
        TC* c = (TC*)(warp.Registers + C);
        TR* d = (TR*)(warp.Registers + D);
        if (mask == uint.MaxValue)
        {
            for (int i = 0; i < 32; i++)
                d[i] = TF.Apply(a[i], b[i], c[i]);
            return;
        }
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = TF.Apply(a[i], b[i], c[i]);
        }
    }
}

/// <summary>A function given as a delegate, for what is rare or takes a setting.</summary>
internal sealed unsafe class Function<TA, TB, TC, TR>(Func<TA, TB, TC, TR> function) : LaneInstruction
    where TA : unmanaged
    where TB : unmanaged
    where TC : unmanaged
    where TR : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        TA* a = (TA*)(warp.Registers + A);
        TB* b = (TB*)(warp.Registers + B);
        TC* c = (TC*)(warp.Registers + C);
        TR* d = (TR*)(warp.Registers + D);
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = function(a[i], b[i], c[i]);
        }
    }
}

/// <summary>A comparison of two values.</summary>
internal interface ICompare<T>
{
    static abstract bool Apply(T a, T b);
}

internal enum Combine { None, And, Or, Xor }

/// <summary>setp: compares, combines with a predicate, writes the result and its complement.</summary>
internal sealed unsafe class SetPredicate<TF, T> : LaneInstruction
    where TF : struct, ICompare<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        T* a = (T*)(warp.Registers + A);
        T* b = (T*)(warp.Registers + B);
        uint result = 0;
        for (int i = 0; i < 32; i++)
            result |= (TF.Apply(a[i], b[i]) ? 1u : 0u) << i;
        Result.Write(warp, mask, result);
    }
}

/// <summary>Where a comparison goes: offsets of p and q (or -1), and the predicate it is combined with.</summary>
internal readonly record struct PredicateResult(int P, int Q, Combine Combine, int With, bool WithNegated)
{
    public unsafe void Write(Warp warp, uint mask, uint result)
    {
        uint with = Combine == Combine.None ? 0 : *(uint*)(warp.Registers + With);
        if (WithNegated)
            with = ~with;
        Store(warp, P, mask, Apply(result, with));
        Store(warp, Q, mask, Apply(~result, with));
    }

    private static unsafe void Store(Warp warp, int offset, uint mask, uint value)
    {
        if (offset < 0)
            return;
        uint* register = (uint*)(warp.Registers + offset);
        *register = (*register & ~mask) | (value & mask);
    }

    private uint Apply(uint result, uint with) => Combine switch
    {
        Combine.And => result & with,
        Combine.Or => result | with,
        Combine.Xor => result ^ with,
        _ => result,
    };
}

/// <summary>set: compares into a number, all ones or 1.0.</summary>
internal sealed unsafe class SetNumber<TF, T>(uint yes, Combine combine, int with, bool withNegated) : LaneInstruction
    where TF : struct, ICompare<T>
    where T : unmanaged
{
    public override void Execute(Warp warp, uint mask)
    {
        T* a = (T*)(warp.Registers + A);
        T* b = (T*)(warp.Registers + B);
        uint* d = (uint*)(warp.Registers + D);
        uint other = combine == Combine.None ? 0 : *(uint*)(warp.Registers + with);
        if (withNegated)
            other = ~other;
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            bool result = TF.Apply(a[i], b[i]);
            bool given = (other >> i & 1) != 0;
            result = combine switch
            {
                Combine.And => result && given,
                Combine.Or => result || given,
                Combine.Xor => result ^ given,
                _ => result,
            };
            d[i] = result ? yes : 0;
        }
    }
}

/// <summary>selp: by a predicate.</summary>
internal sealed unsafe class Select<T>(Register a, Register b, int predicate, int predicateNumber, bool negated) : LaneInstruction
    where T : unmanaged
{
    // Only the value that is picked matters.
    public override uint Undefined(Warp warp)
    {
        uint p = *(uint*)(warp.Registers + predicate);
        if (negated)
            p = ~p;
        uint undefined = (warp.Undefined(a.Number) & p) | (warp.Undefined(b.Number) & ~p);
        return predicateNumber < 0 ? undefined : undefined | warp.Undefined(predicateNumber);
    }

    public override void Execute(Warp warp, uint mask)
    {
        T* x = (T*)(warp.Registers + a.Offset);
        T* y = (T*)(warp.Registers + b.Offset);
        T* d = (T*)(warp.Registers + D);
        uint p = *(uint*)(warp.Registers + predicate);
        if (negated)
            p = ~p;
        for (; mask != 0; mask &= mask - 1)
        {
            int i = BitOperations.TrailingZeroCount(mask);
            d[i] = (p >> i & 1) != 0 ? x[i] : y[i];
        }
    }
}

/// <summary>Logic on predicates: and, or, xor, not, mov with predicate operands.</summary>
internal sealed unsafe class PredicateLogic(Func<uint, uint, uint> function) : LaneInstruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint* d = (uint*)(warp.Registers + D);
        uint result = function(*(uint*)(warp.Registers + A), *(uint*)(warp.Registers + B));
        *d = (*d & ~mask) | (result & mask);
    }
}

/// <summary>testp: whether a float is of some kind.</summary>
internal sealed unsafe class TestPropertyInstruction(string property, bool wide) : LaneInstruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint result = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            // Widened, subnormal floats would turn normal.
            bool subnormal = wide ? double.IsSubnormal(((double*)(warp.Registers + A))[lane]) : float.IsSubnormal(((float*)(warp.Registers + A))[lane]);
            double value = wide ? ((double*)(warp.Registers + A))[lane] : ((float*)(warp.Registers + A))[lane];
            bool yes = property switch
            {
                "finite" => double.IsFinite(value),
                "infinite" => double.IsInfinity(value),
                "number" => !double.IsNaN(value),
                "notanumber" => double.IsNaN(value),
                "normal" => double.IsFinite(value) && value != 0 && !subnormal,
                _ => subnormal,
            };
            result |= (yes ? 1u : 0) << lane;
        }
        uint* d = (uint*)(warp.Registers + D);
        *d = (*d & ~mask) | (result & mask);
    }
}
