using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Loads, and checks of indices.</content>
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
            if (isNumber)
                PushFill(value);
            for (int part = 0; part < made.Locals.Length; part++)
            {
                PushRowPart(value, part);
                _il.Emit(OpCodes.Stloc, made.Locals[part]);
            }
            _il.Emit(OpCodes.Br, done);
        });
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

    // A number, or a vector of it.
    private void ReadOne(IrValue value)
    {
        ReadScalar(value.Memory);
        if (value.Type.IsFloat())
            CallVector("Create", Element(value.Type));
    }

    // Lanes side by side.
    private void ReadRow(IrValue value)
    {
        _il.Emit(OpCodes.Conv_I);
        if (Widening(value.Memory) is { } widen)
            Call(widen);
        else
            CallVector("Load", Element(value.Type).MakePointerType());
    }

    private void ReadScalar(MemoryType memory)
    {
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(memory switch
        {
            MemoryType.I8 => OpCodes.Ldind_I1,
            MemoryType.U8 => OpCodes.Ldind_U1,
            MemoryType.I16 => OpCodes.Ldind_I2,
            MemoryType.U16 => OpCodes.Ldind_U2,
            MemoryType.I64 => OpCodes.Ldind_I8,
            MemoryType.F64 => OpCodes.Ldind_R8,
            MemoryType.F32 => OpCodes.Ldind_R4,
            _ => OpCodes.Ldind_I4,
        });
    }

    private void ReadPart(IrValue value, Instruction* i, IrValue pointer, LocalBuilder? start, int part)
    {
        Form form = _forms[pointer];
        int lanes = LanesOfPart(value.Type), lane = part * lanes;
        bool wide = lanes == 4;
        Type element = Element(value.Type), loaded = wide ? typeof(long) : typeof(int);
        if (form is { Kind: FormKind.Affine, Step: null } && form.Number == i->Size)
        {
            PushAddress(start!, null, (long)lane * i->Size);
            ReadRow(value);
            return;
        }
        string name;
        if (form.Kind == FormKind.Affine)
        {
            _il.Emit(OpCodes.Ldloc, start!);
            PushStep(pointer);
            _il.Emit(OpCodes.Ldc_I8, (long)lane);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Conv_I);
            PushStep(pointer);
            name = wide ? nameof(RegionOps.Stride64) : nameof(RegionOps.Stride32);
        }
        else
        {
            PushRow(program.RowOf(pointer) + (8 * lane));
            _il.Emit(OpCodes.Ldc_I8, i->Offset);
            name = wide ? nameof(RegionOps.Gather64) : nameof(RegionOps.Gather32);
        }
        MethodInfo method = typeof(RegionOps).GetMethod(name)!;
        Call(wide ? method : method.MakeGenericMethod(FormOf(value.Memory)));
        As(loaded, element);
    }

    private static MethodInfo? Widening(MemoryType memory) => memory switch
    {
        MemoryType.I8 => typeof(RegionOps).GetMethod(nameof(RegionOps.WidenSignedBytes)),
        MemoryType.U8 => typeof(RegionOps).GetMethod(nameof(RegionOps.WidenUnsignedBytes)),
        MemoryType.I16 => typeof(RegionOps).GetMethod(nameof(RegionOps.WidenSignedShorts)),
        MemoryType.U16 => typeof(RegionOps).GetMethod(nameof(RegionOps.WidenUnsignedShorts)),
        _ => null,
    };

    private static Type FormOf(MemoryType memory) => memory switch
    {
        MemoryType.I8 => typeof(SignedByte),
        MemoryType.U8 => typeof(UnsignedByte),
        MemoryType.I16 => typeof(SignedShort),
        MemoryType.U16 => typeof(UnsignedShort),
        _ => typeof(Whole<int>),
    };

    // One bit for each lane of a vector, beside those of the vectors before.
    private void PushPartBits(int part, Type vector)
    {
        CallVector("ExtractMostSignificantBits", vector);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Ldc_I4, part * 4);
        _il.Emit(OpCodes.Shl);
        if (part > 0)
            _il.Emit(OpCodes.Or);
    }

    // Where an index is out of range the interpreter looks again, and says so.
    private void EmitCheck(IrValue check, int index)
    {
        IReadOnlyList<IrValue> operands = program.OperandsOf(index);
        if (TryKnownCheck(check, index))
            return;
        if ((CheckKind)check.Immediate == CheckKind.Written)
        {
            PushBits(operands[1]);
            PushActive();
            _il.Emit(OpCodes.And);
            PushActive();
            _il.Emit(OpCodes.Bne_Un, Otherwise(index));
            return;
        }
        if ((CheckKind)check.Immediate == CheckKind.Range && operands.Skip(1).All(operand => _forms[operand].IsUniform))
        {
            CheckRange(operands, Otherwise(index));
            return;
        }
        bool isIndex = (CheckKind)check.Immediate == CheckKind.Index;
        if (!isIndex || operands.Skip(1).Where((_, at) => at % 2 == 1).Any(length => !_forms[length].IsUniform))
        {
            Interpret(check, program.Code + index);
            return;
        }
        Label bad = Otherwise(index);
        for (int at = 1; at < operands.Count; at += 2)
            CheckIndex(operands[at], operands[at + 1], bad);
    }

    // For each dimension first and count are not negative, and first is not beyond length - count.
    private void CheckRange(IReadOnlyList<IrValue> operands, Label bad)
    {
        for (int at = 1; at < operands.Count; at += 3)
        {
            PushStart(operands[at]);
            PushStart(operands[at + 1]);
            _il.Emit(OpCodes.Or);
            PushStart(operands[at + 2]);
            PushStart(operands[at + 1]);
            _il.Emit(OpCodes.Sub);
            PushStart(operands[at]);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Or);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Blt, bad);
        }
    }

    private void CheckIndex(IrValue index, IrValue length, Label bad)
    {
        Form form = _forms[index];
        if (form.IsAffine)
        {
            PushStart(index);
            if (!form.IsUniform && _active is not null)
            {
                PushStep(index);
                _il.Emit(OpCodes.Ldloc, _active.First);
                _il.Emit(OpCodes.Mul);
                _il.Emit(OpCodes.Add);
            }
            PushStart(length);
            _il.Emit(OpCodes.Bge_Un, bad);
            if (form.IsUniform)
                return;
            PushStart(index);
            PushStep(index);
            PushLastLane();
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
            PushStart(length);
            _il.Emit(OpCodes.Bge_Un, bad);
            return;
        }
        if (form.Kind == FormKind.Pattern && _active is null)
        {
            foreach (long end in (long[])[form.Distances.Min(), form.Distances.Max()])
            {
                PushStart(index);
                _il.Emit(OpCodes.Ldc_I8, end);
                _il.Emit(OpCodes.Add);
                PushStart(length);
                _il.Emit(OpCodes.Bge_Un, bad);
            }
            return;
        }
        // Neither the index nor length - 1 - index is negative.
        Type vector = Vector(typeof(long));
        for (int part = 0; part < Parts(IrType.I64); part++)
        {
            PushPart(index, part, typeof(long));
            PushStart(length);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Conv_I8);
            _il.Emit(OpCodes.Sub);
            CallVector("Create", typeof(long));
            PushPart(index, part, typeof(long));
            CallVector("Subtract", vector, vector);
            CallVector("BitwiseOr", vector, vector);
            if (_active is not null)
                PushPartBits(part, vector);
            if (part > 0 && _active is null)
                CallVector("BitwiseOr", vector, vector);
        }
        if (_active is null)
        {
            CallVector("ExtractMostSignificantBits", vector);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _active.Bits);
            _il.Emit(OpCodes.And);
        }
        _il.Emit(OpCodes.Brtrue, bad);
    }
}
