using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Read-modify-write operations.
internal sealed partial class PtxEmitter
{
    private void EmitAtomic(IrValue value)
    {
        var operation = (AtomicOperation)value.Immediate;
        IrType type = value.Operands[1].Type;
        string space = SpaceOf(value.Operands[0]), place = Access(value.Operands[0]), change = Register(value.Operands[1]);
        if (value.Operands[0].Space == AddressSpace.Local)
        {
            // A thread's own memory, which instructions for sharing do not reach.
            string old = Result(value), changed = _registers.New(value);
            Line($"ld.local.{StoredName(value.Memory)}", old, place);
            Combine(operation, type, changed, old, change);
            Line($"st.local.{StoredName(value.Memory)}", place, changed);
            return;
        }
        if (type.IsFloat() && operation is AtomicOperation.Min or AtomicOperation.Max)
        {
            EmitAtomicLoop(value, operation, space, place, change);
            return;
        }
        string name = operation switch
        {
            AtomicOperation.Add when type.IsFloat() => "add" + SignedType(type),
            AtomicOperation.Add => "add" + UnsignedType(type),
            AtomicOperation.And => "and" + BitType(type),
            AtomicOperation.Or => "or" + BitType(type),
            AtomicOperation.Xor => "xor" + BitType(type),
            AtomicOperation.Min => "min" + SignedType(type),
            AtomicOperation.Max => "max" + SignedType(type),
            AtomicOperation.MinU => "min" + UnsignedType(type),
            AtomicOperation.MaxU => "max" + UnsignedType(type),
            _ => "exch" + BitType(type),
        };
        if (_needed.Contains(value) || operation == AtomicOperation.Exchange)
            Line($"atom{space}.{name}", Result(value), place, change);
        else
            Line($"red{space}.{name}", place, change);
    }

    // Compare and exchange until no other thread came between.
    private void EmitAtomicLoop(IrValue value, AtomicOperation operation, string space, string place, string change)
    {
        IrType type = value.Operands[1].Type;
        string bits = BitType(type), again = NewLabel(), old = Result(value);
        string seen = _registers.New(value), changed = _registers.New(value), isDisturbed = New(RegisterClass.Predicate);
        RegisterClass whole = type == IrType.F32 ? RegisterClass.Int : RegisterClass.Long;
        string seenBits = New(whole), changedBits = New(whole), oldBits = New(whole);
        Line($"ld.volatile{space}.{(type == IrType.F32 ? "f32" : "f64")}", old, place);
        _body.Append(again).Append(":\n");
        Line("mov" + SignedType(type), seen, old);
        Combine(operation, type, changed, seen, change);
        Line("mov" + bits, seenBits, seen);
        Line("mov" + bits, changedBits, changed);
        Line($"atom{space}.cas{bits}", oldBits, place, seenBits, changedBits);
        Line("mov" + bits, old, oldBits);
        Line(type == IrType.F32 ? "setp.ne.s32" : "setp.ne.s64", isDisturbed, oldBits, seenBits);
        Line($"@{isDisturbed} bra", again);
    }

    private void Combine(AtomicOperation operation, IrType type, string result, string old, string change)
    {
        if (type.IsFloat() && operation is AtomicOperation.Min or AtomicOperation.Max)
        {
            EmitFloatExtreme(operation == AtomicOperation.Min ? "min" : "max", type, result, old, change);
            return;
        }
        switch (operation)
        {
            case AtomicOperation.Exchange:
                Line(type.IsFloat() ? "mov" + SignedType(type) : "mov" + BitType(type), result, change);
                break;
            case AtomicOperation.Add:
                Line($"add{Rounding(type)}{SignedType(type)}", result, old, change);
                break;
            case AtomicOperation.And or AtomicOperation.Or or AtomicOperation.Xor:
                Line(operation.ToString().ToLowerInvariant() + BitType(type), result, old, change);
                break;
            default:
                bool isUnsigned = operation is AtomicOperation.MinU or AtomicOperation.MaxU;
                Line($"{(operation is AtomicOperation.Min or AtomicOperation.MinU ? "min" : "max")}{(isUnsigned ? UnsignedType(type) : SignedType(type))}", result, old, change);
                break;
        }
    }

    private void EmitCompareExchange(IrValue value)
    {
        IrType type = value.Operands[2].Type;
        string space = SpaceOf(value.Operands[0]), place = Access(value.Operands[0]), bits = BitType(type);
        string expected = Register(value.Operands[1]), change = Register(value.Operands[2]);
        if (value.Operands[0].Space == AddressSpace.Local)
        {
            string old = Result(value), stored = _registers.New(value), isEqual = New(RegisterClass.Predicate);
            Line($"ld.local.{StoredName(value.Memory)}", old, place);
            Line("setp.eq" + SignedType(type), isEqual, old, expected);
            Line("selp" + (type.IsFloat() ? SignedType(type) : bits), stored, change, old, isEqual);
            Line($"st.local.{StoredName(value.Memory)}", place, stored);
            return;
        }
        if (!type.IsFloat())
        {
            Line($"atom{space}.cas{bits}", Result(value), place, expected, change);
            return;
        }
        RegisterClass whole = type == IrType.F32 ? RegisterClass.Int : RegisterClass.Long;
        string expectedBits = New(whole), changeBits = New(whole), oldBits = New(whole);
        Line("mov" + bits, expectedBits, expected);
        Line("mov" + bits, changeBits, change);
        Line($"atom{space}.cas{bits}", oldBits, place, expectedBits, changeBits);
        Line("mov" + bits, Result(value), oldBits);
    }
}
