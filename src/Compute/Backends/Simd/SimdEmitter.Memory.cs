using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Loads and stores: one scalar, one vector, a gather, or lane by lane, whatever the addresses allow.
internal sealed partial class SimdEmitter
{
    private void EmitVectorLoad(IrValue value)
    {
        IrValue pointer = value.Operands[0];
        int size = value.Memory.SizeInBytes();
        Shape shape = _shapes[pointer];
        if (shape.Kind == ShapeKind.Affine && shape.Stride == size)
            EmitContiguousLoad(value, pointer);
        else if (shape.Kind == ShapeKind.Affine)
            EmitStridedLoad(value, pointer, shape.Stride);
        else if (IndexedPointer(pointer) is { } indexed)
            EmitIndexedLoad(value, indexed.Base, indexed.Index, pointer);
        else
        {
            StoreSlot(pointer, 0);
            CallLanes(nameof(LaneMemory.LoadPointers), value.Memory);
            LoadSlot(value, 7);
        }
    }

    private void EmitContiguousLoad(IrValue value, IrValue pointer)
    {
        if (_mask is null)
        {
            EmitWholeLoad(value, pointer);
            return;
        }
        if (value.Memory.SizeInBytes() >= 4 && MaskedMethod("MaskLoad", value.Type) is { } maskLoad)
        {
            EachPart(value, part =>
            {
                PushPointer(pointer, part * _isa.Bits / 8);
                PushMaskAs(_mask, value.Type, part);
                _code.Call(maskLoad);
            });
            return;
        }
        Label partial = _code.NewLabel($"load{value.Id}_partial"), end = _code.NewLabel($"load{value.Id}_end");
        PushBits(_mask);
        _code.Int(AllLanes);
        _code.Jump(OpCodes.Bne_Un, partial);
        EmitWholeLoad(value, pointer);
        _code.Jump(OpCodes.Br, end);
        _code.Mark(partial);
        EmitStridedByLane(value, pointer, value.Memory.SizeInBytes());
        _code.Mark(end);
    }

    private void EmitWholeLoad(IrValue value, IrValue pointer)
    {
        if (value.Memory.SizeInBytes() >= 4)
        {
            EachPart(value, part =>
            {
                PushPointer(pointer, part * _isa.Bits / 8);
                _code.Call(_isa.Method("Load", Element(value.Type).MakePointerType()));
            });
        }
        else if (TryEmitWideningPairLoad(value, pointer))
        {
            return;
        }
        else if (WideningLoad(value.Memory) is { } load)
        {
            int half = _isa.Lanes / 2 * value.Memory.SizeInBytes();
            PushPointer(pointer, 0);
            _code.Call(load);
            if (_isa.Bits == 512)
            {
                PushPointer(pointer, half);
                _code.Call(load);
                Type lower = VectorIsa.Of(256).Vector(typeof(int));
                _code.Call(_isa.Method("Create", lower, lower));
            }
            _code.Store(VectorLocal(value, 0));
        }
        else
        {
            EmitStridedByLane(value, pointer, value.Memory.SizeInBytes());
        }
    }

    // The instruction that loads narrow integers and widens them to 32 bits; for 512-bit vectors it loads half of them.
    private MethodInfo? WideningLoad(MemoryType memory)
    {
        Type pointer = memory switch
        {
            MemoryType.I8 => typeof(sbyte*),
            MemoryType.U8 => typeof(byte*),
            MemoryType.I16 => typeof(short*),
            _ => typeof(ushort*),
        };
        if (_isa.Bits >= 256)
            return Avx2.IsSupported ? typeof(Avx2).GetMethod(nameof(Avx2.ConvertToVector256Int32), [pointer]) : null;
        return Sse41.IsSupported ? typeof(Sse41).GetMethod(nameof(Sse41.ConvertToVector128Int32), [pointer]) : null;
    }

    // AVX's masked moves, which do not touch the memory of lanes that are off.
    private MethodInfo? MaskedMethod(string name, IrType type)
    {
        if (!Avx2.IsSupported || _isa.Bits > 256)
            return null;
        Type element = Element(type), vector = _isa.Vector(element), pointer = element.MakePointerType();
        return (type.IsFloat() ? typeof(Avx) : typeof(Avx2)).GetMethod(name, name == "MaskLoad" ? [pointer, vector] : [pointer, vector, vector]);
    }

    private void EmitStridedLoad(IrValue value, IrValue pointer, long stride)
    {
        if (Parts(value.Type) == 1 && value.Memory.SizeInBytes() == 4 && Math.Abs(stride) < int.MaxValue / 32 && GatherMethod(value.Type) is { } gather)
        {
            PushGather(value, gather, () => PushPointer(pointer, 0), () => PushSequence(typeof(int), stride, 0), 1);
            return;
        }
        if (_mask is null && Element(value.Type) == typeof(int))
        {
            EmitNarrowStridedLoad(value, pointer, stride);
            return;
        }
        EmitStridedByLane(value, pointer, stride);
    }

    // One scalar load for each lane: faster than a gather, which cannot load less than 32 bits anyway.
    private void EmitNarrowStridedLoad(IrValue value, IrValue pointer, long stride)
    {
        Type halfword = value.Memory == MemoryType.I16 ? typeof(short) : typeof(ushort);
        if (_isa.Lanes != 8 || value.Memory.SizeInBytes() != 2 || !Avx2.IsSupported)
        {
            for (int lane = 0; lane < _isa.Lanes; lane++)
            {
                PushPointer(pointer, lane * stride);
                _code.Op(LoadOp(value.Memory));
            }
            _code.Call(_isa.Method("Create", [.. Enumerable.Repeat(typeof(int), _isa.Lanes)]));
        }
        else
        {
            // Eight halfwords inserted from memory fill a short vector, which is then widened at once.
            Type vector = VectorIsa.Of(128).Vector(halfword);
            _code.Call(VectorIsa.Of(128).Property("Zero", halfword));
            for (int lane = 0; lane < _isa.Lanes; lane++)
            {
                PushPointer(pointer, lane * stride);
                _code.Op(LoadOp(value.Memory));
                _code.Int(lane);
                _code.Call(typeof(Sse2).GetMethod(nameof(Sse2.Insert), [vector, halfword, typeof(byte)])!);
            }
            _code.Call(typeof(Avx2).GetMethod(nameof(Avx2.ConvertToVector256Int32), [vector])!);
        }
        _code.Store(VectorLocal(value, 0));
    }

    // One scalar store for each lane.
    private void EmitStridedStore(IrValue store, IrValue pointer, IrValue value, long stride)
    {
        Type element = Element(value.Type);
        for (int lane = 0; lane < _isa.Lanes; lane++)
        {
            PushPointer(pointer, lane * stride);
            PushVector(value, 0);
            _code.Int(lane);
            _code.Call(_isa.Method("GetElement", _isa.Vector(element), typeof(int)));
            _code.Op(StoreOp(store.Memory));
        }
    }

    private void EmitIndexedLoad(IrValue value, IrValue start, IrValue index, IrValue address)
    {
        if (value.Memory.SizeInBytes() == 4 && GatherMethod(value.Type) is { } gather)
        {
            PushGather(value, gather, () => PushPointer(start, address.Offset), () => PushVector(index, 0), (int)address.Immediate);
            return;
        }
        StoreSlot(index, 0);
        PushPointer(start, address.Offset);
        _code.Int((int)address.Immediate);
        CallLanes(nameof(LaneMemory.LoadIndexed), value.Memory);
        LoadSlot(value, 7);
    }

    private MethodInfo? GatherMethod(IrType type)
    {
        if (!Avx2.IsSupported || _isa.Bits > 256)
            return null;
        Type element = Element(type), vector = _isa.Vector(element), indices = _isa.Vector(typeof(int));
        string name = _mask is null ? $"GatherVector{_isa.Bits}" : $"GatherMaskVector{_isa.Bits}";
        Type[] parameters = _mask is null
            ? [element.MakePointerType(), indices, typeof(byte)]
            : [vector, element.MakePointerType(), indices, vector, typeof(byte)];
        return typeof(Avx2).GetMethod(name, parameters);
    }

    private void PushGather(IrValue value, MethodInfo gather, Action start, Action indices, int scale)
    {
        Type element = Element(value.Type);
        if (_mask is not null)
            PushZero(element);
        start();
        indices();
        if (_mask is not null)
            PushMaskAs(_mask, value.Type, 0);
        _code.Int(scale);
        _code.Call(gather);
        _code.Store(VectorLocal(value, 0));
    }

    private void EmitStridedByLane(IrValue value, IrValue pointer, long stride)
    {
        PushPointer(pointer, 0);
        _code.Long(stride);
        CallLanes(nameof(LaneMemory.LoadStrided), value.Memory);
        LoadSlot(value, 7);
    }

    private void EmitStore(IrValue store)
    {
        IrValue pointer = store.Operands[0], value = store.Operands[1];
        int size = store.Memory.SizeInBytes();
        Shape shape = _shapes[pointer];
        if (shape.Kind == ShapeKind.Uniform && IsUniform(value))
        {
            PushScalar(pointer);
            PushScalar(value);
            _code.Op(StoreOp(store.Memory));
        }
        else if (shape.Kind == ShapeKind.Affine && shape.Stride == size)
        {
            EmitContiguousStore(store, pointer, value);
        }
        else if (shape is { Kind: ShapeKind.Affine } && _mask is null && Parts(value.Type) == 1)
        {
            EmitStridedStore(store, pointer, value, shape.Stride);
        }
        else if (shape.Kind != ShapeKind.Varying)
        {
            StoreSlot(value, 1);
            PushPointer(pointer, 0);
            _code.Long(shape.Stride);
            CallLanes(nameof(LaneMemory.StoreStrided), store.Memory);
        }
        else if (IndexedPointer(pointer) is { } indexed)
        {
            StoreSlot(indexed.Index, 0);
            StoreSlot(value, 1);
            PushPointer(indexed.Base, pointer.Offset);
            _code.Int((int)pointer.Immediate);
            CallLanes(nameof(LaneMemory.StoreIndexed), store.Memory);
        }
        else
        {
            StoreSlot(pointer, 0);
            StoreSlot(value, 1);
            CallLanes(nameof(LaneMemory.StorePointers), store.Memory);
        }
    }

    private void EmitContiguousStore(IrValue store, IrValue pointer, IrValue value)
    {
        Type element = Element(value.Type);
        MethodInfo? maskStore = store.Memory.SizeInBytes() >= 4 ? MaskedMethod("MaskStore", value.Type) : null;
        if (store.Memory.SizeInBytes() >= 4 && (_mask is null || maskStore is not null))
        {
            for (int part = 0; part < Parts(value.Type); part++)
            {
                if (_mask is null)
                {
                    PushVector(value, part);
                    PushPointer(pointer, part * _isa.Bits / 8);
                    _code.Call(_isa.Method("Store", _isa.Vector(element), element.MakePointerType()));
                }
                else
                {
                    PushPointer(pointer, part * _isa.Bits / 8);
                    PushMaskAs(_mask, value.Type, part);
                    PushVector(value, part);
                    _code.Call(maskStore!);
                }
            }
            return;
        }
        if (_mask is null && store.Memory.SizeInBytes() == 2 && _isa.Bits <= 256)
        {
            EmitHalfwordStore(pointer, value);
            return;
        }
        StoreSlot(value, 1);
        PushPointer(pointer, 0);
        _code.Long(store.Memory.SizeInBytes());
        CallLanes(nameof(LaneMemory.StoreStrided), store.Memory);
    }

    // The low halves of all lanes, side by side.
    private void EmitHalfwordStore(IrValue pointer, IrValue value)
    {
        PushVector(value, 0);
        PushVector(value, 0);
        Vector("Narrow", typeof(int), 2);
        if (_isa.Bits == 256)
        {
            _code.Call(_isa.Method("GetLower", _isa.Vector(typeof(short))));
            PushPointer(pointer, 0);
            _code.Call(VectorIsa.Of(128).Method("Store", VectorIsa.Of(128).Vector(typeof(short)), typeof(short*)));
            return;
        }
        As(typeof(short), typeof(long));
        _code.Int(0);
        _code.Call(_isa.Method("GetElement", _isa.Vector(typeof(long)), typeof(int)));
        LocalBuilder bits = _code.Local(typeof(long));
        _code.Store(bits);
        PushPointer(pointer, 0);
        _code.Load(bits);
        _code.Op(OpCodes.Stind_I8);
    }

    private void PushPointer(IrValue pointer, long offset)
    {
        PushScalar(pointer);
        if (offset != 0)
        {
            _code.Int((int)offset);
            _code.Op(OpCodes.Add);
        }
    }

    // Calls a helper with what is on the stack, then: slots, lane bits, memory type.
    private void CallLanes(string name, MemoryType memory)
    {
        PushSlot(0, 0);
        PushActiveBits();
        _code.Int((int)memory);
        _code.Call(typeof(LaneMemory).GetMethod(name)!);
    }

    private void EmitAtomic(IrValue value)
    {
        for (int i = 0; i < value.Operands.Count; i++)
            StoreSlot(value.Operands[i], i);
        if (value.Op == IrOp.Atomic)
            _code.Int((int)value.Immediate);
        CallLanes(value.Op == IrOp.Atomic ? nameof(LaneMemory.Atomic) : nameof(LaneMemory.AtomicCompareExchange), value.Memory);
        LoadSlot(value, 7);
    }
}
