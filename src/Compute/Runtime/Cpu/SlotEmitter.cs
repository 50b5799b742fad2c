using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Writes boxed arguments (without the index) into launch slots.</summary>
internal unsafe delegate void SlotPacker(object[] arguments, byte* slots);

/// <summary>Emits the code that takes the arguments of a launch apart into 8-byte slots, one per IR parameter.</summary>
internal static class SlotEmitter
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    /// <summary>Emits a delegate that fills the slots and launches: no boxing, no allocation.</summary>
    public static Delegate EmitLauncher(LauncherSignature signature, SimdLauncher launcher, IrKernel ir, bool implicitlyGrouped)
    {
        var method = new DynamicMethod("Launch", typeof(void), [typeof(SimdLauncher), .. signature.Parameters], typeof(SlotEmitter).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        LocalBuilder slots = il.DeclareLocal(typeof(byte*));
        il.Emit(OpCodes.Ldc_I4, Math.Max(1, ir.Parameters.Count) * 8);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Stloc, slots);
        int shift = signature.FirstArgument - (implicitlyGrouped ? 1 : 0);
        EmitSlots(
            il,
            ir,
            source => il.Emit(OpCodes.Ldarga, (short)(1 + shift + source)),
            source => signature.Parameters[shift + source],
            () => il.Emit(OpCodes.Ldloc, slots),
            EmitBufferCheck);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(signature.HasStream ? OpCodes.Ldarg_1 : OpCodes.Ldnull);
        il.Emit(OpCodes.Ldarg, (short)(1 + signature.Dimension));
        Type dimension = signature.Parameters[signature.Dimension];
        if (implicitlyGrouped)
            il.Emit(OpCodes.Call, typeof(Extents).GetMethod(nameof(Extents.Widen), [dimension])!);
        il.Emit(OpCodes.Ldloc, slots);
        il.Emit(OpCodes.Call, typeof(SimdLauncher).GetMethod(
            nameof(SimdLauncher.Launch),
            [typeof(AcceleratorStream), implicitlyGrouped ? typeof(LongIndex3D) : typeof(KernelConfig), typeof(byte*)])!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(signature.DelegateType, launcher);

        void EmitBufferCheck(Action pushView, Type view)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, typeof(KernelLauncher).GetProperty(nameof(KernelLauncher.Kernel))!.GetMethod!);
            pushView();
            il.Emit(OpCodes.Ldfld, view.GetField("_source", Fields)!);
            il.Emit(OpCodes.Call, typeof(LaunchChecks).GetMethod(nameof(LaunchChecks.Buffer), [typeof(CPUKernel), typeof(MemoryBuffer)])!);
        }
    }

    /// <summary>Emits the same for boxed arguments.</summary>
    public static SlotPacker EmitPacker(ParameterInfo[] parameters, IrKernel ir, bool implicitlyGrouped)
    {
        var method = new DynamicMethod("Pack", typeof(void), [typeof(object[]), typeof(byte*)], typeof(SlotEmitter).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        int first = implicitlyGrouped ? 1 : 0;
        EmitSlots(
            il,
            ir,
            source =>
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldc_I4, source - first);
                il.Emit(OpCodes.Ldelem_Ref);
                il.Emit(OpCodes.Unbox, parameters[source].ParameterType);
            },
            source => parameters[source].ParameterType,
            () => il.Emit(OpCodes.Ldarg_1),
            checkBuffer: null);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<SlotPacker>();
    }

    private static void EmitSlots(
        ILGenerator il, IrKernel ir, Action<int> pushAddress, Func<int, Type> typeOf, Action pushSlots, Action<Action, Type>? checkBuffer)
    {
        foreach (IrParameter parameter in ir.Parameters)
        {
            Type type = parameter.Path.Count > 0 ? parameter.Path[^1].FieldType : typeOf(parameter.SourceParameter);
            void PushValue()
            {
                pushAddress(parameter.SourceParameter);
                foreach (FieldInfo field in parameter.Path)
                    il.Emit(OpCodes.Ldflda, field);
            }
            if (parameter.Kind == ParameterKind.ViewPointer)
                checkBuffer?.Invoke(PushValue, type);
            pushSlots();
            il.Emit(OpCodes.Ldc_I4, parameter.Index * 8);
            il.Emit(OpCodes.Add);
            PushValue();
            switch (parameter.Kind)
            {
                case ParameterKind.ViewPointer:
                    il.Emit(OpCodes.Ldfld, type.GetField("_pointer", Fields)!);
                    il.Emit(OpCodes.Stind_I);
                    break;
                case ParameterKind.ViewLength:
                    il.Emit(OpCodes.Ldfld, type.GetField("_length", Fields)!);
                    il.Emit(OpCodes.Stind_I8);
                    break;
                default:
                    il.Emit(OpCodes.Ldobj, type);
                    il.Emit(parameter.Type switch
                    {
                        IrType.F32 => OpCodes.Stind_R4,
                        IrType.F64 => OpCodes.Stind_R8,
                        IrType.I64 or IrType.Ptr => OpCodes.Stind_I8,
                        _ => OpCodes.Stind_I4,
                    });
                    break;
            }
        }
    }
}

/// <summary>Extents of launches, widened to three dimensions.</summary>
internal static class Extents
{
    public static LongIndex3D Widen(Index1D extent) => new(extent.X, 1, 1);

    public static LongIndex3D Widen(Index2D extent) => new(extent.X, extent.Y, 1);

    public static LongIndex3D Widen(Index3D extent) => extent.ToLongIndex();

    public static LongIndex3D Widen(LongIndex1D extent) => new(extent.X, 1, 1);

    public static LongIndex3D Widen(LongIndex2D extent) => new(extent.X, extent.Y, 1);

    public static LongIndex3D Widen(LongIndex3D extent) => extent;
}
