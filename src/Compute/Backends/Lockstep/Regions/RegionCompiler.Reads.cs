using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>What is loaded, once it may be.</content>
internal sealed unsafe partial class RegionCompiler
{
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
}
