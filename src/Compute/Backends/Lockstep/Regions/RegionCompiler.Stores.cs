using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Stores.</content>
internal sealed unsafe partial class RegionCompiler
{
    private void EmitStore(IrValue store, int index)
    {
        Instruction* i = program.Code + index;
        (IrValue pointer, IrValue value) = (program.OperandsOf(index)[0], program.OperandsOf(index)[1]);
        Form form = _forms[pointer];
        if (i->Space is AddressSpace.Local or AddressSpace.Constant)
        {
            Interpret(store, i);
            return;
        }
        bool isWhole = i->Size == (LanesOfPart(value.Type) == 8 ? 4 : 8);
        AddressPattern? pattern = _active is null ? PatternOf(form, i) : null;
        if (pattern == AddressPattern.Contiguous ? isWhole : pattern == AddressPattern.Uniform && IsOne(value))
        {
            EmitNotedStore(value, pointer, i, pattern!.Value);
            return;
        }
        StoreRow(pointer, value, i);
    }

    // From rows, by the interpreter.
    private void StoreRow(IrValue pointer, IrValue value, Instruction* i)
    {
        Keep(pointer);
        Keep(value);
        Look(i);
        _il.Emit(OpCodes.Ldarg_1);
        PushPointer(i);
        PushPointer(i->Inner);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(void), [typeof(LockstepWarp), typeof(Instruction*)], null);
    }

    // All lanes side by side, or all the same to one place.
    private void EmitNotedStore(IrValue value, IrValue pointer, Instruction* i, AddressPattern pattern)
    {
        Label look = _il.DefineLabel(), done = _il.DefineLabel();
        LocalBuilder start = StoreNew(typeof(long), () => PushFirstAddress(pointer, i));
        Note(i, start, pattern);
        _il.Emit(OpCodes.Brfalse, look);
        if (pattern == AddressPattern.Uniform)
        {
            _il.Emit(OpCodes.Ldloc, start);
            _il.Emit(OpCodes.Conv_I);
            PushOne(value);
            _il.Emit(i->Size switch
            {
                1 => OpCodes.Stind_I1,
                2 => OpCodes.Stind_I2,
                4 when value.Type == IrType.F32 => OpCodes.Stind_R4,
                4 => OpCodes.Stind_I4,
                _ when value.Type == IrType.F64 => OpCodes.Stind_R8,
                _ => OpCodes.Stind_I8,
            });
        }
        for (int part = 0; part < Parts(value.Type) && pattern == AddressPattern.Contiguous; part++)
        {
            PushAddress(start, null, 32L * part);
            _il.Emit(OpCodes.Conv_I);
            PushPart(value, part, Element(value.Type));
            StorePart(Element(value.Type));
        }
        _il.MarkLabel(done);
        Release(start);
        _deferred.Add(() =>
        {
            _il.MarkLabel(look);
            StoreRow(pointer, value, i);
            _il.Emit(OpCodes.Br, done);
        });
    }

    // What all lanes hold.
    private void PushOne(IrValue value)
    {
        Form form = _forms[value];
        if (form.Kind == FormKind.Constant)
            PushConstant(value.Type, form.Number);
        else
            _il.Emit(OpCodes.Ldloc, form.Locals[0]);
        if (form.Kind == FormKind.Broadcast)
            CallVector("ToScalar", Vector(Element(value.Type)));
    }
}
