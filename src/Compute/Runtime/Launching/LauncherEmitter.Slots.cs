using System.Reflection;
using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

internal static partial class LauncherEmitter
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Emits a delegate that flattens its arguments into 8-byte slots: no boxing, no allocation.</summary>
    public static Delegate EmitFlattening(LauncherSignature signature, SlotLauncher launcher, IrParameter[] slots)
    {
        bool implicitlyGrouped = launcher.Kernel.ImplicitlyGrouped;
        var method = new DynamicMethod("Launch", typeof(void), [typeof(SlotLauncher), .. signature.Parameters], typeof(LauncherEmitter).Module, skipVisibility: true)
        {
            InitLocals = true,  // unused halves of slots are 0
        };
        ILGenerator il = method.GetILGenerator();
        LocalBuilder memory = il.DeclareLocal(typeof(byte*));
        il.Emit(OpCodes.Ldc_I4, Math.Max(1, slots.Length) * 8);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Stloc, memory);
        foreach (IrParameter slot in slots)
            EmitSlot(il, memory, slot, ArgumentOf(slot));

        il.Emit(OpCodes.Ldarg_0);
        if (signature.HasStream)
            il.Emit(OpCodes.Ldarg_1);
        else
            il.Emit(OpCodes.Ldnull);
        if (implicitlyGrouped)
            EmitExtent(il, signature.Parameters[signature.Dimension], signature.Dimension + 1);
        else
            il.Emit(OpCodes.Ldarg, (short)(signature.Dimension + 1));
        il.Emit(OpCodes.Ldloc, memory);
        Type[] launchTypes = implicitlyGrouped
            ? [typeof(AcceleratorStream), typeof(long), typeof(long), typeof(long), typeof(byte*)]
            : [typeof(AcceleratorStream), typeof(KernelConfig), typeof(byte*)];
        il.Emit(OpCodes.Callvirt, typeof(SlotLauncher).GetMethod(nameof(SlotLauncher.Launch), launchTypes)!);

        // The slots hold bare addresses: keep the buffers alive until here.
        foreach (IrParameter slot in slots.Where(slot => slot.Kind == ParameterKind.ViewPointer))
        {
            Type view = EmitPath(il, slot, ArgumentOf(slot));
            il.Emit(OpCodes.Call, view.GetProperty("Source", AnyInstance)!.GetMethod!);
            il.Emit(OpCodes.Call, typeof(GC).GetMethod(nameof(GC.KeepAlive))!);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(signature.DelegateType, launcher);

        (int Position, Type Type) ArgumentOf(IrParameter slot)
        {
            int parameter = signature.FirstArgument + slot.SourceParameter - (implicitlyGrouped ? 1 : 0);
            return (parameter + 1, signature.Parameters[parameter]);
        }
    }

    /// <summary>Emits a delegate that finds the launcher for its specialised values and calls it.</summary>
    public static Delegate EmitSpecializing(LauncherSignature signature, SpecializingLauncher launcher)
    {
        var method = new DynamicMethod("Launch", typeof(void), [typeof(SpecializingLauncher), .. signature.Parameters], typeof(LauncherEmitter).Module, skipVisibility: true)
        {
            InitLocals = true,  // padding between values is part of the key
        };
        ILGenerator il = method.GetILGenerator();
        LocalBuilder key = il.DeclareLocal(typeof(byte*));
        il.Emit(OpCodes.Ldc_I4, Math.Max(1, launcher.KeyBytes));
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Localloc);
        il.Emit(OpCodes.Stloc, key);
        foreach (SpecializedParameter value in launcher.Values)
        {
            il.Emit(OpCodes.Ldloc, key);
            il.Emit(OpCodes.Ldc_I4, value.Offset);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldarga, (short)(signature.FirstArgument + value.Position - (launcher.Kernel.ImplicitlyGrouped ? 1 : 0) + 1));
            il.Emit(OpCodes.Call, value.WrapperType.GetProperty("Value")!.GetMethod!);
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Stobj, value.Type);
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, key);
        il.Emit(OpCodes.Call, typeof(SpecializingLauncher).GetMethod(nameof(SpecializingLauncher.Select))!);
        il.Emit(OpCodes.Castclass, signature.DelegateType);
        for (int i = 0; i < signature.Parameters.Length; i++)
            il.Emit(OpCodes.Ldarg, (short)(i + 1));
        il.Emit(OpCodes.Callvirt, signature.DelegateType.GetMethod("Invoke")!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(signature.DelegateType, launcher);
    }

    private static void EmitSlot(ILGenerator il, LocalBuilder memory, IrParameter slot, (int Position, Type Type) argument)
    {
        if (slot.Kind == ParameterKind.ViewPointer)
        {
            // Memory that is gone must not be reached.
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, typeof(KernelLauncher).GetProperty(nameof(KernelLauncher.Kernel))!.GetMethod!);
            Type view = EmitPath(il, slot, argument);
            il.Emit(OpCodes.Call, view.GetProperty("Source", AnyInstance)!.GetMethod!);
            il.Emit(OpCodes.Call, typeof(LaunchChecks).GetMethod(nameof(LaunchChecks.Buffer))!);
        }

        il.Emit(OpCodes.Ldloc, memory);
        il.Emit(OpCodes.Ldc_I4, slot.Index * 8);
        il.Emit(OpCodes.Add);
        Type type = EmitPath(il, slot, argument);
        switch (slot.Kind)
        {
            case ParameterKind.ViewPointer:
                il.Emit(OpCodes.Call, type.GetProperty("Address", AnyInstance)!.GetMethod!);
                il.Emit(OpCodes.Stind_I8);
                break;
            case ParameterKind.ViewLength:
                il.Emit(OpCodes.Call, type.GetProperty("Length")!.GetMethod!);
                il.Emit(OpCodes.Stind_I8);
                break;
            default:
                // Loading widens narrow integers to 32 bits by their sign.
                il.Emit(OpCodes.Ldobj, type);
                il.Emit(slot.Type switch
                {
                    IrType.F32 => OpCodes.Stind_R4,
                    IrType.F64 => OpCodes.Stind_R8,
                    IrType.I64 or IrType.Ptr => OpCodes.Stind_I8,
                    _ => OpCodes.Stind_I4,
                });
                break;
        }
    }

    /// <summary>Emits the address of the value at the end of a slot's path.</summary>
    private static Type EmitPath(ILGenerator il, IrParameter slot, (int Position, Type Type) argument)
    {
        il.Emit(OpCodes.Ldarga, (short)argument.Position);
        Type type = argument.Type;
        foreach (FieldInfo field in slot.Path)
        {
            il.Emit(OpCodes.Ldflda, field);
            type = field.FieldType;
        }

        if (slot.ElementOffset > 0)
        {
            il.Emit(OpCodes.Ldc_I4, slot.ElementOffset);
            il.Emit(OpCodes.Add);
        }

        return type;
    }

    private static void EmitExtent(ILGenerator il, Type type, int position)
    {
        foreach (string part in new[] { "X", "Y", "Z" })
        {
            if (type.GetProperty(part) is not { } property)
            {
                il.Emit(OpCodes.Ldc_I8, 1L);
                continue;
            }

            il.Emit(OpCodes.Ldarga, (short)position);
            il.Emit(OpCodes.Call, property.GetMethod!);
            il.Emit(OpCodes.Conv_I8);
        }
    }
}
