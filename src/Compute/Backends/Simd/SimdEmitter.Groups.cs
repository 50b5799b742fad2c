using System.Numerics;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Operations in which other lanes or warps take part, and those with effects.
internal sealed partial class SimdEmitter
{
    private void EmitGroupOrMemory(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Store:
                EmitStore(value);
                break;
            case IrOp.Atomic or IrOp.AtomicCompareExchange:
                EmitAtomic(value);
                break;
            case IrOp.MemoryFence:
                _code.Call(typeof(Thread).GetMethod(nameof(Thread.MemoryBarrier))!);
                break;
            case IrOp.Barrier:
                EmitGroupBarrier(value, withResult: false);
                break;
            case IrOp.BarrierReduce:
                EmitBarrierReduce(value);
                break;
            case IrOp.GroupBroadcast:
                EmitGroupBroadcast(value);
                break;
            case IrOp.WarpBroadcast:
                EmitWarpBroadcast(value);
                break;
            case IrOp.Shuffle:
                EmitShuffle(value);
                break;
            case IrOp.Print:
                EmitPrint(value);
                break;
        }
    }

    private void EmitBarrierReduce(IrValue value)
    {
        var reduction = (BarrierReduction)value.Immediate;
        PushLanes(value.Operands[0], 0);
        if (_mask is not null)
        {
            _code.Load(_mask);
            Vector("BitwiseAnd", typeof(int), 2);
        }
        Bits();
        LocalBuilder result = ScalarLocal(value);
        switch (reduction)
        {
            case BarrierReduction.PopCount:
                _code.Call(typeof(BitOperations).GetMethod(nameof(BitOperations.PopCount), [typeof(uint)])!);
                break;
            case BarrierReduction.And:
                PushActiveBits();
                _code.Op(OpCodes.Ceq);
                break;
            default:
                _code.Int(0);
                _code.Op(OpCodes.Cgt_Un);
                break;
        }
        _code.Store(result);
        if (_variant.SeveralWarps)
        {
            PushState(nameof(WarpState.GroupSlots), OpCodes.Ldind_I);
            PushWarpIndex();
            _code.Int(8);
            _code.Op(OpCodes.Mul);
            _code.Op(OpCodes.Add);
            _code.Load(result);
            _code.Op(OpCodes.Conv_I8);
            _code.Op(OpCodes.Stind_I8);
            EmitGroupBarrier(value, withResult: false);
            PushState(nameof(WarpState.GroupSlots), OpCodes.Ldind_I);
            PushState(nameof(WarpState.Warps), OpCodes.Ldind_I4);
            _code.Int((int)reduction);
            _code.Call(typeof(GroupOps).GetMethod(nameof(GroupOps.Combine))!);
            _code.Store(result);
            EmitGroupBarrier(value, withResult: true);
        }
        Materialize(value);
    }

    private void PushWarpIndex()
    {
        PushState(nameof(WarpState.FirstThread), OpCodes.Ldind_I4);
        _code.Int(_isa.Lanes);
        _code.Op(OpCodes.Div);
    }

    // Pushes the value of the lane whose number (an int) push leaves.
    private void PushLane(IrValue value, Action push)
    {
        if (IsUniform(value))
        {
            PushScalar(value);
            return;
        }
        StoreSlot(value, 0);
        PushSlot(0, 0);
        push();
        _code.Int(Parts(value.Type) == 2 ? 8 : 4);
        _code.Op(OpCodes.Mul);
        _code.Op(OpCodes.Add);
        LoadIndirect(value.Type);
        if (value.Type == IrType.Bool)
            _code.Op(OpCodes.Neg);
    }

    // A lane number that ought to be uniform; if the compiler cannot see that, lane 0's counts.
    private void PushUniformIndex(IrValue index)
    {
        if (IsUniform(index))
        {
            PushScalar(index);
            return;
        }
        StoreSlot(index, 6);
        PushSlot(6, 0);
        _code.Op(OpCodes.Ldind_I4);
    }

    private void EmitWarpBroadcast(IrValue value)
    {
        PushLane(value.Operands[0], () =>
        {
            PushUniformIndex(value.Operands[1]);
            _code.Int(_isa.Lanes - 1);
            _code.Op(OpCodes.And);
        });
        _code.Store(ScalarLocal(value));
        Materialize(value);
    }

    private void EmitGroupBroadcast(IrValue value)
    {
        LocalBuilder lane = _code.Local(typeof(int));
        PushUniformIndex(value.Operands[1]);
        PushState(nameof(WarpState.FirstThread), OpCodes.Ldind_I4);
        _code.Op(OpCodes.Sub);
        _code.Store(lane);
        if (!_variant.SeveralWarps)
        {
            PushLane(value.Operands[0], () => _code.Load(lane));
            _code.Store(ScalarLocal(value));
            Materialize(value);
            return;
        }
        // The warp that holds the thread puts its value where all warps can read it.
        Label others = _code.NewLabel($"broadcast{value.Id}_others");
        _code.Load(lane);
        _code.Int(_isa.Lanes);
        _code.Jump(OpCodes.Bge_Un, others);
        PushState(nameof(WarpState.GroupSlots), OpCodes.Ldind_I);
        PushLane(value.Operands[0], () => _code.Load(lane));
        StoreIndirect(ScalarType(value.Type));
        _code.Mark(others);
        EmitGroupBarrier(value, withResult: false);
        PushState(nameof(WarpState.GroupSlots), OpCodes.Ldind_I);
        LoadIndirect(value.Type);
        _code.Store(ScalarLocal(value));
        EmitGroupBarrier(value, withResult: true);
        Materialize(value);
    }

    private void EmitShuffle(IrValue value)
    {
        IrValue source = value.Operands[0], argument = value.Operands[1], width = value.Operands[2];
        if (IsUniform(value))
        {
            if (_needScalar.Contains(value))
            {
                PushScalar(source);
                _code.Store(ScalarLocal(value));
                Materialize(value);
            }
            return;
        }
        LocalBuilder lanes = _code.Local(_isa.Vector(typeof(int)));
        if (width.Op == IrOp.Constant && width.Immediate == _isa.Lanes && IsUniform(argument))
        {
            PushShuffleLanes((ShuffleKind)value.Immediate, argument);
            _code.Store(lanes);
        }
        else
        {
            StoreSlot(argument, 1);
            StoreSlot(width, 2);
            PushSlot(0, 0);
            _code.Int(_isa.Lanes);
            _code.Int((int)value.Immediate);
            _code.Call(typeof(GroupOps).GetMethod(nameof(GroupOps.ShuffleLanes))!);
            PushSlot(7, 0);
            _code.Call(_isa.Method("Load", typeof(int*)));
            _code.Store(lanes);
        }
        if (Parts(value.Type) == 1)
        {
            PushLanes(source, 0);
            _code.Load(lanes);
            _code.Call(_isa.Method("Shuffle", _isa.Vector(Element(value.Type)), _isa.Vector(typeof(int))));
            _code.Store(VectorLocal(value, 0));
            return;
        }
        StoreSlot(source, 0);
        _code.Load(lanes);
        PushSlot(1, 0);
        _code.Call(_isa.Method("Store", _isa.Vector(typeof(int)), typeof(int*)));
        PushSlot(0, 0);
        _code.Int(_isa.Lanes);
        _code.Call(typeof(GroupOps).GetMethod(nameof(GroupOps.Permute64))!);
        LoadSlot(value, 7);
    }

    // The lane that each lane reads, for a whole-warp shuffle with a uniform argument.
    private void PushShuffleLanes(ShuffleKind kind, IrValue argument)
    {
        if (kind == ShuffleKind.Index)
        {
            PushScalar(argument);
            _code.Int(_isa.Lanes - 1);
            _code.Op(OpCodes.And);
            _code.Call(_isa.Method("Create", typeof(int)));
            return;
        }
        PushSequence(typeof(int), 1, 0);
        PushScalar(argument);
        _code.Call(_isa.Method("Create", typeof(int)));
        Vector(kind switch { ShuffleKind.Xor => "Xor", ShuffleKind.Up => "Subtract", _ => "Add" }, typeof(int), 2);
        LocalBuilder wanted = _code.Local(_isa.Vector(typeof(int)));
        _code.Store(wanted);
        // Outside the warp: the lane's own number.
        _code.Load(wanted);
        As(typeof(int), typeof(uint));
        _code.Int(_isa.Lanes);
        _code.Call(_isa.Method("Create", typeof(uint)));
        Vector("LessThan", typeof(uint), 2);
        As(typeof(uint), typeof(int));
        _code.Load(wanted);
        PushSequence(typeof(int), 1, 0);
        Vector("ConditionalSelect", typeof(int), 3);
    }

    private void EmitPrint(IrValue value)
    {
        int count = Math.Min(value.Operands.Count, 6);
        for (int i = 0; i < count; i++)
            StoreSlot(value.Operands[i], i);
        _code.Text(value.Text ?? "");
        _code.Text(string.Concat(value.Operands.Take(count).Select(operand => operand.Type switch
        {
            IrType.F32 => 'f', IrType.F64 => 'd', IrType.I64 or IrType.Ptr => 'l', IrType.Bool => 'b', _ => 'i',
        })));
        PushSlot(0, 0);
        PushActiveBits();
        _code.Call(typeof(GroupOps).GetMethod(nameof(GroupOps.Print))!);
    }
}
