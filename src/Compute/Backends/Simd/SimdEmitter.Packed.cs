using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Vector code for lanes that hold two 16-bit or four 8-bit numbers.
internal sealed partial class SimdEmitter
{
    // Widenings that were part of the load they widen.
    private readonly HashSet<IrValue> _widened = [];

    // The only user of a load of 16 bits, if it widens the two bytes.
    private readonly Dictionary<IrValue, IrValue> _widenings = [];

    private void FindWidenings()
    {
        var users = _loops.Order.SelectMany(block => block.Phis.Concat(block.Values))
            .SelectMany(user => user.Operands.Where(operand => operand is { Op: IrOp.Load, Memory: MemoryType.U16 or MemoryType.I16 }).Select(load => (load, user)));
        foreach (IGrouping<IrValue, IrValue> uses in users.GroupBy(use => use.load, use => use.user))
            if (uses.ToArray() is [{ Op: IrOp.WidenBytes or IrOp.WidenSignedBytes } only])
                _widenings[uses.Key] = only;
    }

    // Loads two bytes a lane as two 16-bit numbers each: one instruction on x86.
    private bool TryEmitWideningPairLoad(IrValue load, IrValue pointer)
    {
        if (_mask is not null || !_widenings.TryGetValue(load, out IrValue? widening))
            return false;
        Type source = widening.Op == IrOp.WidenBytes ? typeof(byte*) : typeof(sbyte*);
        MethodInfo? narrow = Sse41.IsSupported ? typeof(Sse41).GetMethod(nameof(Sse41.ConvertToVector128Int16), [source]) : null;
        MethodInfo? wide = Avx2.IsSupported ? typeof(Avx2).GetMethod(nameof(Avx2.ConvertToVector256Int16), [source]) : null;
        if ((_isa.Bits == 128 ? narrow : wide) is not { } method)
            return false;
        PushPointer(pointer, 0);
        _code.Call(method);
        if (_isa.Bits == 512)
        {
            PushPointer(pointer, _isa.Lanes);
            _code.Call(method);
            Type half = VectorIsa.Of(256).Vector(typeof(short));
            _code.Call(_isa.Method("Create", half, half));
        }
        As(typeof(short), typeof(int));
        _code.Store(VectorLocal(widening, 0));
        _widened.Add(widening);
        return true;
    }

    private void EmitWiden(IrValue value)
    {
        if (_widened.Contains(value))
            return;
        // The second byte goes to the upper half, then both are extended there.
        PushMasked(value.Operands[0], 0xFF);
        PushMasked(value.Operands[0], 0xFF00);
        ShiftBy("ShiftLeft", typeof(int), 8);
        Vector("BitwiseOr", typeof(int), 2);
        if (value.Op == IrOp.WidenSignedBytes)
        {
            As(typeof(int), typeof(short));
            ShiftBy("ShiftLeft", typeof(short), 8);
            ShiftBy("ShiftRightArithmetic", typeof(short), 8);
            As(typeof(short), typeof(int));
        }
        _code.Store(VectorLocal(value, 0));
    }

    private void PushMasked(IrValue value, int mask)
    {
        PushVector(value, 0);
        _code.Int(mask);
        _code.Call(_isa.Method("Create", typeof(int)));
        Vector("BitwiseAnd", typeof(int), 2);
    }

    private void ShiftBy(string name, Type element, int count)
    {
        _code.Int(count);
        _code.Call(_isa.Method(name, _isa.Vector(element), typeof(int)));
    }

    private void EmitPacked(IrValue value)
    {
        if (value.Op == IrOp.AddPairs)
        {
            PushAs(value.Operands[0], typeof(short));
            PushAs(value.Operands[1], typeof(short));
            Vector("Add", typeof(short), 2);
            As(typeof(short), typeof(int));
            _code.Store(VectorLocal(value, 0));
            return;
        }
        (Type first, Type second, Type result) = value.Op == IrOp.DotPairs
            ? (typeof(short), typeof(short), typeof(int))
            : (typeof(byte), typeof(sbyte), typeof(short));
        if (MultiplyAdjacent(first, second) is not { } multiply)
        {
            EmitLaneByLane(value, guardDivisor: false);
            return;
        }
        PushAs(value.Operands[0], first);
        PushAs(value.Operands[1], second);
        _code.Call(multiply);
        As(result, typeof(int));
        if (value.Op == IrOp.DotPairs && value.Operands[2] is not { Op: IrOp.Constant, Immediate: 0 })
        {
            PushVector(value.Operands[2], 0);
            Vector("Add", typeof(int), 2);
        }
        _code.Store(VectorLocal(value, 0));
    }

    private void PushAs(IrValue value, Type element)
    {
        PushVector(value, 0);
        As(typeof(int), element);
    }

    // x86's multiplication of neighbours, whose products are added.
    private MethodInfo? MultiplyAdjacent(Type first, Type second) => _isa.Bits switch
    {
        128 when Ssse3.IsSupported => (first == typeof(short) ? typeof(Sse2) : typeof(Ssse3))
            .GetMethod(nameof(Sse2.MultiplyAddAdjacent), [_isa.Vector(first), _isa.Vector(second)]),
        256 when Avx2.IsSupported => typeof(Avx2).GetMethod(nameof(Avx2.MultiplyAddAdjacent), [_isa.Vector(first), _isa.Vector(second)]),
        512 when Avx512BW.IsSupported => typeof(Avx512BW).GetMethod(nameof(Avx512BW.MultiplyAddAdjacent), [_isa.Vector(first), _isa.Vector(second)]),
        _ => null,
    };
}
