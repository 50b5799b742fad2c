using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Loads.</content>
internal sealed unsafe partial class RegionCompiler
{
    private void EmitLoad(IrValue value, int index)
    {
        Instruction* i = program.Code + index;
        IrValue pointer = program.OperandsOf(index)[0];
        Form form = _forms[pointer];
        bool isChecked = i->Space != AddressSpace.Constant;
        if (i->Space == AddressSpace.Local || !(isChecked || form.IsAffine))
        {
            Interpret(value, i);
            return;
        }
        if (_loaded.TryGetValue(KeyOf(index), out IrValue? loaded))
        {
            _forms[value] = _forms[loaded];
            return;
        }
        Label look = _il.DefineLabel(), read = _il.DefineLabel();
        if (_active is not null && !form.HasStart)
        {
            Interpret(value, i);
            return;
        }
        bool isPattern = form.Kind == FormKind.Pattern && Array.TrueForAll(form.Distances, distance => distance % i->Size == 0);
        LocalBuilder? start = form.IsAffine || isPattern ? StoreNew(typeof(long), () => PushFirstAddress(pointer, i)) : null;
        bool isNumber = ProgramBuilder.IsTagged(value.Type);
        Type element = Element(value.Type);
        bool isKnown = isChecked && start is not null && (_active is null || form.IsUniform) && DistancesOf(pointer) is { } distances && TryKnownLoad(value, index, start, distances);
        if (form.IsUniform)
        {
            Inside(start!, nameof(AccessWindow.One));
            _il.MarkLabel(read);
            LocalBuilder result = StoreNew(isNumber ? Scalar(value.Type) : Vector(element), () =>
            {
                PushAddress(start!, null, 0);
                ReadOne(value);
            });
            _forms[value] = new Form(isNumber ? FormKind.Uniform : FormKind.Broadcast, result);
        }
        else
        {
            if (isPattern)
            {
                foreach (long end in (long[])[form.Distances.Min(), form.Distances.Max()])
                {
                    LocalBuilder at = StoreNew(typeof(long), () => PushAddress(start!, null, end));
                    Inside(at, nameof(AccessWindow.One));
                    Release(at);
                }
            }
            else if (form.Kind != FormKind.Affine)
            {
                Keep(pointer);
                CallInside(pointer, i, look);
            }
            else if (form.Step is null && form.Number == i->Size)
            {
                Inside(start!, nameof(AccessWindow.Row));
            }
            else
            {
                LocalBuilder step = StoreNew(typeof(long), () => PushStep(pointer));
                LocalBuilder last = StoreNew(typeof(long), () => PushAddress(start!, step, _lanes - 1));
                Inside(start!, nameof(AccessWindow.One));
                Inside(last, nameof(AccessWindow.One));
                Release(step);
                Release(last);
            }
            _il.MarkLabel(read);
            if (isPattern)
                _forms[value] = ReadPattern(value, i, start!, form.Distances);
            else
                AllParts(value, element, part => ReadPart(value, i, pointer, start, part));
        }
        if (isKnown)
        {
            _loaded[KeyOf(index)] = value;
            Release(start!);
            return;
        }
        LookLater(value, i, pointer, start, look, read);
        if (start is not null)
            Release(start);

        // Goes on if an access may begin there.
        void Inside(LocalBuilder at, string room)
        {
            if (!isChecked || isKnown)
                return;
            _il.Emit(OpCodes.Ldloc, at);
            PushWindow(index, nameof(AccessWindow.Start));
            _il.Emit(OpCodes.Sub);
            PushWindow(index, room);
            _il.Emit(OpCodes.Bge_Un, look);
            if (i->Size == 1)
                return;
            _il.Emit(OpCodes.Ldloc, at);
            _il.Emit(OpCodes.Ldc_I8, i->Size - 1L);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brtrue, look);
        }
    }

    // Where it is not known that lanes may read: the observer notes it or looks, then they do.
    private void LookLater(IrValue value, Instruction* i, IrValue pointer, LocalBuilder? start, Label look, Label read)
    {
        Form form = _forms[pointer];
        (Form made, bool readsAll, Label done) = (_forms[value], _active is null || form.IsUniform, _il.DefineLabel());
        AddressPattern? noted = PatternOf(form, i);
        _il.MarkLabel(done);
        _deferred.Add(() =>
        {
            _il.MarkLabel(look);
            if (noted is { } pattern)
            {
                Note(i, start!, pattern);
                _il.Emit(OpCodes.Brtrue, read);
            }
            Keep(pointer);
            if (readsAll)
            {
                Look(i);
                _il.Emit(OpCodes.Br, read);
                return;
            }
            // Only the lanes that run may read.
            _il.Emit(OpCodes.Ldarg_1);
            PushPointer(i);
            Call(typeof(MemoryOps).GetMethod(nameof(MemoryOps.Access))!);
            if (ProgramBuilder.IsTagged(value.Type))
                PushFill(value);
            for (int part = 0; part < made.Locals.Length; part++)
            {
                PushRowPart(value, part);
                _il.Emit(OpCodes.Stloc, made.Locals[part]);
            }
            _il.Emit(OpCodes.Br, done);
        });
    }

    // How the addresses lie, if they are one or all side by side.
    private AddressPattern? PatternOf(Form form, Instruction* i) => form switch
    {
        { IsUniform: true } => AddressPattern.Uniform,
        { Kind: FormKind.Affine, Step: null } when form.Number == i->Size && _active is null => AddressPattern.Contiguous,
        _ => null,
    };

    // The observer notes an access and needs no look.
    private void Note(Instruction* i, LocalBuilder start, AddressPattern pattern)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, i->Index);
        _il.Emit(OpCodes.Ldloc, start);
        _il.Emit(OpCodes.Ldc_I4, (int)pattern);
        Call(typeof(RegionOps).GetMethod(nameof(RegionOps.Note))!);
    }

    // The observer looks; values of the access stand in their rows.
    private void Look(Instruction* i)
    {
        _il.Emit(OpCodes.Ldarg_1);
        PushPointer(i);
        Call(typeof(MemoryOps).GetMethod(nameof(MemoryOps.Look))!);
    }

    private void PushFirstAddress(IrValue pointer, Instruction* i)
    {
        PushStart(pointer);
        _il.Emit(OpCodes.Ldc_I8, i->Offset);
        _il.Emit(OpCodes.Add);
    }

    private void PushWindow(int index, string field)
    {
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Ldc_I4, (index * sizeof(AccessWindow)) + (int)System.Runtime.InteropServices.Marshal.OffsetOf<AccessWindow>(field));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I8);
    }

    private void CallInside(IrValue pointer, Instruction* i, Label slow)
    {
        PushRow(pointer);
        _il.Emit(OpCodes.Ldc_I8, i->Offset);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Ldc_I4, i->Index * sizeof(AccessWindow));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldc_I4, i->Size);
        _il.Emit(OpCodes.Ldc_I4, _lanes);
        Call(typeof(RegionOps).GetMethod(nameof(RegionOps.Inside))!);
        _il.Emit(OpCodes.Brfalse, slow);
    }

    // start + step · lane; a step of one byte is left out.
    private void PushAddress(LocalBuilder start, LocalBuilder? step, long lane)
    {
        _il.Emit(OpCodes.Ldloc, start);
        if (lane != 0)
        {
            _il.Emit(OpCodes.Ldc_I8, lane);
            if (step is not null)
            {
                _il.Emit(OpCodes.Ldloc, step);
                _il.Emit(OpCodes.Mul);
            }
            _il.Emit(OpCodes.Add);
        }
    }
}
