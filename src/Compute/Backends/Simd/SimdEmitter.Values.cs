using System.Reflection.Emit;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Where values live: which form (scalar, vector) each is needed in, its locals, and how to push it.
internal sealed partial class SimdEmitter
{
    private readonly HashSet<IrValue> _needScalar = [];
    private readonly HashSet<IrValue> _needVector = [];
    private readonly Dictionary<IrValue, LocalBuilder> _scalars = [];
    private readonly Dictionary<IrValue, LocalBuilder[]> _vectors = [];
    private readonly Stack<(IrValue Value, bool Vector)> _demand = [];

    private bool IsDemanded(IrValue value) => _needScalar.Contains(value) || _needVector.Contains(value);

    private bool IsUniform(IrValue value) => _shapes.IsUniform(value);

    // True if the vector form is computed from the operands' vector forms; false if it is made from the scalar form.
    private bool HasOwnVector(IrValue value) => _shapes[value] is { Kind: ShapeKind.Varying } or { Exact: false };

    private static bool IsLeaf(IrValue value) => value.Op is IrOp.Constant or IrOp.Parameter;

    private void FindDemand()
    {
        foreach (IrBlock block in _loops.Order)
        {
            foreach (IrValue value in block.Values.Where(value => value.HasSideEffect))
            {
                DemandOperands(value, vector: !IsUniform(value));
                if (value.Type != IrType.Void)
                    (IsUniform(value) ? _needScalar : _needVector).Add(value);
            }
            if (block.Terminator == TerminatorKind.Branch)
                DemandAny(block.Condition!);
        }
        while (_demand.TryPop(out var item))
            DemandOperands(item.Value, item.Vector);
    }

    private void DemandScalar(IrValue value)
    {
        if (_needScalar.Add(value))
            _demand.Push((value, false));
    }

    private void DemandVector(IrValue value)
    {
        if (!_needVector.Add(value))
            return;
        if (HasOwnVector(value))
            _demand.Push((value, true));
        else
            DemandScalar(value);
    }

    private void DemandAny(IrValue value)
    {
        if (IsUniform(value))
            DemandScalar(value);
        else
            DemandVector(value);
    }

    private void DemandPointer(IrValue pointer)
    {
        if (_shapes[pointer].Kind != ShapeKind.Varying)
            DemandScalar(pointer);
        else if (IndexedPointer(pointer) is { } indexed)
        {
            DemandScalar(indexed.Base);
            DemandVector(indexed.Index);
        }
        else
            DemandVector(pointer);
    }

    // A varying pointer of the form uniform base + sign-extended 32-bit index · 1, 2, 4 or 8.
    private (IrValue Base, IrValue Index)? IndexedPointer(IrValue pointer) =>
        pointer is { Op: IrOp.Address, Operands: [var start, { Op: IrOp.SignExtend } index], Immediate: 1 or 2 or 4 or 8 }
        && IsUniform(start) && _local.Scale(pointer) == 1 ? (start, index.Operands[0]) : null;

    private void DemandOperands(IrValue value, bool vector)
    {
        List<IrValue> operands = value.Operands;
        switch (value.Op)
        {
            case IrOp.Load:
                DemandPointer(operands[0]);
                return;
            case IrOp.Store:
                DemandPointer(operands[0]);
                if (IsUniform(operands[0]))
                    DemandAny(operands[1]);
                else
                    DemandVector(operands[1]);
                return;
            case IrOp.BarrierReduce or IrOp.Print or IrOp.Atomic or IrOp.AtomicCompareExchange:
                operands.ForEach(DemandVector);
                return;
            case IrOp.GroupBroadcast or IrOp.WarpBroadcast:
                DemandAny(operands[0]);
                DemandAny(operands[1]);
                return;
            case IrOp.Shuffle when vector:
                DemandVector(operands[0]);
                DemandAny(operands[1]);
                DemandAny(operands[2]);
                return;
            case IrOp.Shuffle:
                DemandScalar(operands[0]);      // the same in every lane, so any lane's will do
                return;
            case IrOp.Shl or IrOp.Shr or IrOp.ShrU when vector:
                DemandVector(operands[0]);
                DemandAny(operands[1]);
                return;
            case IrOp.Select when vector:
                DemandAny(operands[0]);
                DemandVector(operands[1]);
                DemandVector(operands[2]);
                return;
        }
        operands.ForEach(vector ? DemandVector : DemandScalar);
    }

    private static int Parts(IrType type) => type is IrType.I64 or IrType.F64 or IrType.Ptr ? 2 : 1;

    /// <summary>Element type of a vector that holds values of this type; masks are vectors of int.</summary>
    private static Type Element(IrType type) => type switch
    {
        IrType.Bool or IrType.I32 => typeof(int),
        IrType.I64 or IrType.Ptr => typeof(long),
        IrType.F32 => typeof(float),
        IrType.F64 => typeof(double),
        _ => throw new InvalidOperationException($"A value of type {type} has no lanes."),
    };

    private static Type ScalarType(IrType type) => type switch
    {
        IrType.Bool or IrType.I32 => typeof(int),
        IrType.I64 => typeof(long),
        IrType.Ptr => typeof(nint),
        IrType.F32 => typeof(float),
        IrType.F64 => typeof(double),
        _ => throw new InvalidOperationException($"A value of type {type} has no scalar."),
    };

    private LocalBuilder ScalarLocal(IrValue value) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_scalars, value, out _) ??= _code.Local(ScalarType(value.Type));

    private LocalBuilder VectorLocal(IrValue value, int part)
    {
        if (!_vectors.TryGetValue(value, out LocalBuilder[]? parts))
        {
            parts = new LocalBuilder[Parts(value.Type)];
            for (int i = 0; i < parts.Length; i++)
                parts[i] = _code.Local(_isa.Vector(Element(value.Type)));
            _vectors[value] = parts;
        }
        return parts[part];
    }

    private void PushScalar(IrValue value)
    {
        if (value.Op == IrOp.Constant)
            PushConstant(value);
        else
            _code.Load(ScalarLocal(value));
    }

    private void PushConstant(IrValue value)
    {
        switch (value.Type)
        {
            case IrType.Bool or IrType.I32:
                _code.Int((int)value.Immediate);
                break;
            case IrType.F32:
                _code.Float((float)value.FloatConstant);
                break;
            case IrType.F64:
                _code.Double(value.FloatConstant);
                break;
            case IrType.I64:
                _code.Long(value.Immediate);
                break;
            default:
                _code.Long(value.Immediate);
                _code.Op(OpCodes.Conv_I);
                break;
        }
    }

    private void PushVector(IrValue value, int part)
    {
        if (value.Op == IrOp.Constant)
            PushBroadcast(value);
        else
            _code.Load(VectorLocal(value, part));
    }

    // All lanes = the scalar form.
    private void PushBroadcast(IrValue value)
    {
        PushScalar(value);
        if (value.Type == IrType.Bool)
            _code.Op(OpCodes.Neg);          // 1 becomes all ones
        else if (value.Type == IrType.Ptr)
            _code.Op(OpCodes.Conv_I8);
        Type element = Element(value.Type);
        _code.Call(_isa.Method("Create", element));
    }

    // Makes the vector form of a value whose scalar form has just been computed.
    private void Materialize(IrValue value)
    {
        if (!_needVector.Contains(value) || HasOwnVector(value) || value.Op == IrOp.Constant)
            return;
        long stride = _shapes[value].Stride;
        for (int part = 0; part < Parts(value.Type); part++)
        {
            PushBroadcast(value);
            if (stride != 0)
            {
                PushSequence(Element(value.Type), stride, part);
                Vector("Add", Element(value.Type), 2);
            }
            _code.Store(VectorLocal(value, part));
        }
    }

    // Lane l = l · stride; part 1 of a 64-bit vector goes on counting.
    private void PushSequence(Type element, long stride, int part)
    {
        int lanes = element == typeof(long) || element == typeof(double) ? _isa.Lanes / 2 : _isa.Lanes;
        if (element == typeof(int))
        {
            _code.Int((int)(stride * part * lanes));
            _code.Int((int)stride);
            _code.Call(_isa.Method("CreateSequence", typeof(int), typeof(int)));
        }
        else
        {
            _code.Long(stride * part * lanes);
            _code.Long(stride);
            _code.Call(_isa.Method("CreateSequence", typeof(long), typeof(long)));
        }
    }
}
