using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Lane by lane: vectors pass through memory slots, where scalar code or a helper works on each lane.
internal sealed partial class SimdEmitter
{
    private const int SlotBytes = 128;

    // Computes each lane with the scalar form; for the operations that vectors lack.
    private void EmitLaneByLane(IrValue value, bool guardDivisor)
    {
        MethodInfo method = ScalarMethod(value);
        for (int i = 0; i < value.Operands.Count; i++)
        {
            IrValue operand = value.Operands[i];
            if (guardDivisor && i == 1 && _mask is not null)
                StoreDivisor(operand, i);
            else
                StoreSlot(operand, i);
        }
        int ScalarSize(IrType type) => Parts(type) == 2 ? 8 : 4;
        for (int lane = 0; lane < _isa.Lanes; lane++)
        {
            PushSlot(7, lane * ScalarSize(value.Type));
            for (int i = 0; i < value.Operands.Count; i++)
            {
                PushSlot(i, lane * ScalarSize(value.Operands[i].Type));
                LoadIndirect(value.Operands[i].Type);
            }
            _code.Call(method);
            StoreIndirect(ScalarType(value.Type));
        }
        LoadSlot(value, 7);
    }

    // Lanes that are switched off divide by one, so that only a real division by zero is one.
    private void StoreDivisor(IrValue divisor, int slot)
    {
        Type element = Element(divisor.Type);
        for (int part = 0; part < Parts(divisor.Type); part++)
        {
            PushMaskAs(_mask!, divisor.Type, part);
            PushLanes(divisor, part);
            if (element == typeof(int))
                _code.Int(1);
            else
                _code.Long(1);
            _code.Call(_isa.Method("Create", element));
            Vector("ConditionalSelect", element, 3);
            PushSlot(slot, part * _isa.Bits / 8);
            _code.Call(_isa.Method("Store", _isa.Vector(element), element.MakePointerType()));
        }
    }

    // The vector form, made on the spot for a uniform value that has none.
    private void PushLanes(IrValue value, int part)
    {
        if (IsUniform(value) && !_needVector.Contains(value))
            PushBroadcast(value);
        else
            PushVector(value, part);
    }

    private void StoreSlot(IrValue value, int slot)
    {
        Type element = Element(value.Type);
        for (int part = 0; part < Parts(value.Type); part++)
        {
            PushLanes(value, part);
            PushSlot(slot, part * _isa.Bits / 8);
            _code.Call(_isa.Method("Store", _isa.Vector(element), element.MakePointerType()));
        }
    }

    private void LoadSlot(IrValue value, int slot) => EachPart(value, part =>
    {
        PushSlot(slot, part * _isa.Bits / 8);
        _code.Call(_isa.Method("Load", Element(value.Type).MakePointerType()));
    });

    private void PushSlot(int slot, int offset)
    {
        PushState(nameof(WarpState.LaneSlots), OpCodes.Ldind_I);
        _code.Int(slot * SlotBytes + offset);
        _code.Op(OpCodes.Add);
    }
}
