using System.Reflection;
using System.Reflection.Metadata;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>The instruction set.</summary>
internal sealed partial class Translator
{
    private void Step(in IlInstruction instruction)
    {
        if (StepSimple(instruction) || StepMemory(instruction) || StepControl(instruction) || StepObject(instruction))
            return;
        if (!IlReader.Name(instruction.Code).Contains(".ovf", StringComparison.Ordinal))
            throw Refuse($"it uses the IL instruction {IlReader.Name(instruction.Code)}", null);
        if (Array.Exists(_frame.Code.Instructions, other => other.Code == ILOpCode.Localloc))
            throw Refuse("it uses stackalloc", "use LocalMemory.Allocate");     // the size is computed with an overflow check
        throw Refuse("it uses checked arithmetic", "use unchecked arithmetic: devices have no overflow exceptions");
    }

    private bool StepSimple(in IlInstruction instruction)
    {
        ILOpCode code = instruction.Code;
        Frame frame = _frame;
        switch (code)
        {
            case ILOpCode.Nop or ILOpCode.Break or ILOpCode.Readonly or ILOpCode.Volatile or ILOpCode.Unaligned or ILOpCode.Tail:
                return true;
            case ILOpCode.Dup: frame.Push(frame.Stack[^1]); return true;
            case ILOpCode.Pop: frame.Pop(); return true;
            case >= ILOpCode.Ldc_i4_m1 and <= ILOpCode.Ldc_i4_8: frame.Push(new(Ir.Int((int)code - (int)ILOpCode.Ldc_i4_0))); return true;
            case ILOpCode.Ldc_i4 or ILOpCode.Ldc_i4_s: frame.Push(new(Ir.Int((int)instruction.Operand))); return true;
            case ILOpCode.Ldc_i8: frame.Push(new(Ir.Long(instruction.Operand))); return true;
            case ILOpCode.Ldc_r4: frame.Push(new(Ir.Constant(IrType.F32, instruction.Operand))); return true;
            case ILOpCode.Ldc_r8: frame.Push(new(Ir.Constant(IrType.F64, instruction.Operand))); return true;
            case ILOpCode.Ldnull: frame.Push(new(new NullSymbol())); return true;
            case ILOpCode.Add: Binary(IrOp.Add); return true;
            case ILOpCode.Sub: Binary(IrOp.Sub); return true;
            case ILOpCode.Mul: Binary(IrOp.Mul); return true;
            case ILOpCode.Div: Binary(IrOp.Div); return true;
            case ILOpCode.Div_un: Binary(IrOp.DivU); return true;
            case ILOpCode.Rem: Binary(IrOp.Rem); return true;
            case ILOpCode.Rem_un: Binary(IrOp.RemU); return true;
            case ILOpCode.And: Binary(IrOp.And); return true;
            case ILOpCode.Or: Binary(IrOp.Or); return true;
            case ILOpCode.Xor: Binary(IrOp.Xor); return true;
            case ILOpCode.Shl: Shift(IrOp.Shl); return true;
            case ILOpCode.Shr: Shift(IrOp.Shr); return true;
            case ILOpCode.Shr_un: Shift(IrOp.ShrU); return true;
            case ILOpCode.Neg: Unary(IrOp.Neg); return true;
            case ILOpCode.Not: Unary(IrOp.Not); return true;
            case ILOpCode.Ceq: PushCompare(ComparePredicate.Eq); return true;
            case ILOpCode.Cgt: PushCompare(ComparePredicate.Gt); return true;
            case ILOpCode.Cgt_un: PushCompare(ComparePredicate.GtU); return true;
            case ILOpCode.Clt: PushCompare(ComparePredicate.Lt); return true;
            case ILOpCode.Clt_un: PushCompare(ComparePredicate.LtU); return true;
            case ILOpCode.Conv_i1 or ILOpCode.Conv_i2 or ILOpCode.Conv_i4 or ILOpCode.Conv_i8 or ILOpCode.Conv_u1 or ILOpCode.Conv_u2
                or ILOpCode.Conv_u4 or ILOpCode.Conv_u8 or ILOpCode.Conv_i or ILOpCode.Conv_u or ILOpCode.Conv_r4 or ILOpCode.Conv_r8 or ILOpCode.Conv_r_un:
                Conversion(code);
                return true;
        }
        return false;
    }

    private bool StepMemory(in IlInstruction instruction)
    {
        ILOpCode code = instruction.Code;
        Frame frame = _frame;
        switch (code)
        {
            case >= ILOpCode.Ldarg_0 and <= ILOpCode.Ldarg_3: Load(frame.Arguments[code - ILOpCode.Ldarg_0]); return true;
            case ILOpCode.Ldarg or ILOpCode.Ldarg_s: Load(frame.Arguments[instruction.Operand]); return true;
            case ILOpCode.Ldarga or ILOpCode.Ldarga_s: Reference(frame.Arguments[instruction.Operand]); return true;
            case ILOpCode.Starg or ILOpCode.Starg_s: Store(frame.Arguments[instruction.Operand]); return true;
            case >= ILOpCode.Ldloc_0 and <= ILOpCode.Ldloc_3: Load(frame.Locals[code - ILOpCode.Ldloc_0]); return true;
            case ILOpCode.Ldloc or ILOpCode.Ldloc_s: Load(frame.Locals[instruction.Operand]); return true;
            case ILOpCode.Ldloca or ILOpCode.Ldloca_s: Reference(frame.Locals[instruction.Operand]); return true;
            case >= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3: Store(frame.Locals[code - ILOpCode.Stloc_0]); return true;
            case ILOpCode.Stloc or ILOpCode.Stloc_s: Store(frame.Locals[instruction.Operand]); return true;
            case ILOpCode.Ldobj: frame.Push(LoadFrom(frame.Pop(), TypeLayout.For(Type(instruction)))); return true;
            case ILOpCode.Stobj: StoreObject(TypeLayout.For(Type(instruction))); return true;
            case ILOpCode.Cpobj:
                TypeLayout copied = TypeLayout.For(Type(instruction));
                frame.Push(LoadFrom(frame.Pop(), copied));
                StoreObject(copied);
                return true;
            case ILOpCode.Initobj:
                TypeLayout layout = TypeLayout.For(Type(instruction));
                StoreTo(frame.Pop(), layout, Zero(layout));
                return true;
            case ILOpCode.Ldfld: frame.Push(LoadField(frame.Pop(), Field(instruction))); return true;
            case ILOpCode.Ldflda: frame.Push(FieldReference(frame.Pop(), Field(instruction))); return true;
            case ILOpCode.Stfld:
                StackValue stored = frame.Pop();
                StoreField(frame.Pop(), Field(instruction), stored);
                return true;
            case ILOpCode.Ldsfld: frame.Push(LoadStatic(Field(instruction))); return true;
            case ILOpCode.Ldsflda: frame.Push(StaticReference(Field(instruction))); return true;
            case ILOpCode.Stsfld when Fields.HasFlag(StaticFields.IgnoredStores):
                frame.Pop();
                return true;
            case ILOpCode.Stsfld:
                throw Refuse($"it writes the static field {MethodNames.Of(Field(instruction).DeclaringType!)}.{FieldName(Field(instruction))}", "write to a view");
            case ILOpCode.Ldlen:
                frame.Push(new(Ir.Long(CountOf(frame.Pop()))));
                return true;
            case ILOpCode.Ldelema:
                StackValue index = frame.Pop();
                frame.Push(ElementReference(frame.Pop(), out _, index));
                return true;
        }
        if (ElementType(code) is { } element)
        {
            if (code is >= ILOpCode.Ldind_i1 and <= ILOpCode.Ldind_ref)
            {
                frame.Push(LoadFrom(frame.Pop(), TypeLayout.For(element)));
                return true;
            }
            StoreObject(TypeLayout.For(element));
            return true;
        }
        if (code is ILOpCode.Ldelem or (>= ILOpCode.Ldelem_i1 and <= ILOpCode.Ldelem_ref))
        {
            StackValue index = frame.Pop();
            frame.Push(LoadElement(frame.Pop(), index));
            return true;
        }
        if (code is ILOpCode.Stelem or (>= ILOpCode.Stelem_i and <= ILOpCode.Stelem_ref))
        {
            StackValue stored = frame.Pop(), index = frame.Pop();
            StoreElement(frame.Pop(), index, stored);
            return true;
        }
        return false;
    }

    private static Type? ElementType(ILOpCode code) => code switch
    {
        ILOpCode.Ldind_i1 or ILOpCode.Stind_i1 => typeof(sbyte),
        ILOpCode.Ldind_u1 => typeof(byte),
        ILOpCode.Ldind_i2 or ILOpCode.Stind_i2 => typeof(short),
        ILOpCode.Ldind_u2 => typeof(ushort),
        ILOpCode.Ldind_i4 or ILOpCode.Ldind_u4 or ILOpCode.Stind_i4 => typeof(int),
        ILOpCode.Ldind_i8 or ILOpCode.Stind_i8 => typeof(long),
        ILOpCode.Ldind_i or ILOpCode.Stind_i => typeof(nint),
        ILOpCode.Ldind_r4 or ILOpCode.Stind_r4 => typeof(float),
        ILOpCode.Ldind_r8 or ILOpCode.Stind_r8 => typeof(double),
        ILOpCode.Ldind_ref or ILOpCode.Stind_ref => typeof(object),
        _ => null,
    };

    private void StoreObject(TypeLayout layout)
    {
        StackValue value = _frame.Pop();
        StoreTo(_frame.Pop(), layout, value);
    }

    private Type Type(in IlInstruction instruction) => _frame.Code.ResolveType(instruction.Token);

    private FieldInfo Field(in IlInstruction instruction) => _frame.Code.ResolveField(instruction.Token);

    private bool StepControl(in IlInstruction instruction)
    {
        ILOpCode code = instruction.Code;
        Frame frame = _frame;
        IlMethod method = frame.Code;
        switch (code)
        {
            case ILOpCode.Br or ILOpCode.Br_s:
                JumpTo(method.BlockAt((int)instruction.Operand));
                return true;
            case ILOpCode.Brtrue or ILOpCode.Brtrue_s:
                Branch(Condition(frame.Pop()), method.BlockAt((int)instruction.Operand), Next(instruction));
                return true;
            case ILOpCode.Brfalse or ILOpCode.Brfalse_s:
                Branch(Condition(frame.Pop()), Next(instruction), method.BlockAt((int)instruction.Operand));
                return true;
            case ILOpCode.Switch:
                Switch(instruction);
                return true;
            case ILOpCode.Ret:
                StackValue? result = null;
                if (method.Method is MethodInfo { ReturnType: var type } && type != typeof(void))
                    result = Coerce(frame.Pop(), TypeLayout.For(type));
                frame.Returns.Add((Ir.Block, result));
                return true;
            case ILOpCode.Throw or ILOpCode.Rethrow:
                throw Refuse("it throws an exception (exceptions as control flow)", "return a value that says what happened, or check on the host");
            case ILOpCode.Call or ILOpCode.Callvirt:
                Call(instruction);
                return true;
            case ILOpCode.Constrained:
                frame.Constraint = Type(instruction);
                return true;
            case ILOpCode.Calli or ILOpCode.Ldftn or ILOpCode.Ldvirtftn:
                throw RefuseDelegate();
        }
        if (code is >= ILOpCode.Beq_s and <= ILOpCode.Blt_un_s or >= ILOpCode.Beq and <= ILOpCode.Blt_un)
        {
            CompareBranch(code, method.BlockAt((int)instruction.Operand), Next(instruction));
            return true;
        }
        return false;
    }

    private IlBlock Next(in IlInstruction instruction)
    {
        IlInstruction[] all = _frame.Code.Instructions;
        int index = Array.BinarySearch(all, instruction, Comparer<IlInstruction>.Create((a, b) => a.Offset.CompareTo(b.Offset)));
        return _frame.Code.BlockAt(all[index + 1].Offset);
    }

    private IrValue Condition(StackValue value) => value.Symbol switch
    {
        NullSymbol => Ir.Bool(false),
        not null => Ir.Bool(true),
        _ => Truth(RequireScalar(value)),
    };

    // A chain of comparisons; the backends' own compilers build tables where that pays.
    private void Switch(in IlInstruction instruction)
    {
        IrValue value = Plain(RequireScalar(_frame.Pop()));
        IlBlock next = Next(instruction);
        int[] targets = instruction.Targets!;
        if (value.Op == IrOp.Constant)
        {
            JumpTo((ulong)value.Immediate < (ulong)targets.Length ? _frame.Code.BlockAt(targets[value.Immediate]) : next);
            return;
        }
        for (int i = 0; i < targets.Length; i++)
        {
            IlBlock target = _frame.Code.BlockAt(targets[i]);
            if (target == next)
                continue;
            IrValue condition = Ir.Compare(ComparePredicate.Eq, value, Ir.Constant(value.Type, i));
            IrBlock from = Ir.Block, otherwise = Kernel.NewBlock();
            from.EndWithBranch(condition, Reach(target, from), otherwise);
            from.ExitLocation = Ir.Location;
            otherwise.Predecessors.Add(from);
            _ssa.Seal(otherwise);
            Ir.MoveTo(otherwise);
        }
        JumpTo(next);
    }
}
