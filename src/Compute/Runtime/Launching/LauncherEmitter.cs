using System.Reflection;
using System.Reflection.Emit;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>Runs a kernel method for one thread.</summary>
/// <param name="target">What to call the method on; null if static.</param>
/// <param name="index">The index of the thread in the whole grid, for implicitly grouped kernels.</param>
/// <param name="arguments">The arguments, without the index.</param>
/// <param name="function">The method's code. It is called by address so that the kernel has a frame of its own in stack traces.</param>
internal delegate void KernelInvoker(object? target, LongIndex3D index, object[] arguments, nint function);

/// <summary>Takes a launch with boxed arguments.</summary>
internal interface IBoxingLauncher
{
    /// <summary>Launches.</summary>
    /// <param name="stream">The stream; null for the default one.</param>
    /// <param name="dimension">A kernel configuration or an extent.</param>
    /// <param name="arguments">The arguments, without the index.</param>
    void Launch(AcceleratorStream? stream, object dimension, object[] arguments);
}

/// <summary>Emits the small methods between launcher delegates and engines.</summary>
internal static partial class LauncherEmitter
{
    /// <summary>Emits a delegate that boxes its arguments for <paramref name="launcher"/>.</summary>
    public static Delegate EmitBoxing<TLauncher>(LauncherSignature signature, TLauncher launcher)
        where TLauncher : KernelLauncher, IBoxingLauncher
    {
        var method = new DynamicMethod("Launch", typeof(void), [typeof(TLauncher), .. signature.Parameters], typeof(LauncherEmitter).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        if (signature.HasStream)
            il.Emit(OpCodes.Ldarg_1);
        else
            il.Emit(OpCodes.Ldnull);
        EmitBoxed(signature.Dimension);
        il.Emit(OpCodes.Ldc_I4, signature.Parameters.Length - signature.FirstArgument);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (int i = signature.FirstArgument; i < signature.Parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i - signature.FirstArgument);
            EmitBoxed(i);
            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Callvirt, typeof(IBoxingLauncher).GetMethod(nameof(IBoxingLauncher.Launch))!);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate(signature.DelegateType, launcher);

        void EmitBoxed(int parameter)
        {
            il.Emit(OpCodes.Ldarg, (short)(parameter + 1));
            il.Emit(OpCodes.Box, signature.Parameters[parameter]);
        }
    }

    /// <summary>Emits a call of a kernel method with unboxed arguments.</summary>
    public static KernelInvoker EmitInvoker(MethodInfo kernel, bool implicitlyGrouped)
    {
        var method = new DynamicMethod("Invoke", typeof(void), [typeof(object), typeof(LongIndex3D), typeof(object[]), typeof(nint)], kernel.Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        if (!kernel.IsStatic)
            il.Emit(OpCodes.Ldarg_0);
        Type[] types = [.. kernel.GetParameters().Select(parameter => parameter.ParameterType)];
        int argument = 0;
        for (int i = 0; i < types.Length; i++)
        {
            if (i == 0 && implicitlyGrouped)
            {
                EmitIndex(il, types[0]);
                continue;
            }

            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, argument++);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Unbox_Any, types[i]);
        }

        il.Emit(OpCodes.Ldarg_3);
        il.EmitCalli(OpCodes.Calli, kernel.CallingConvention, typeof(void), types, null);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<KernelInvoker>();
    }

    private static void EmitIndex(ILGenerator il, Type type)
    {
        bool isLong = type.Name.StartsWith("Long", StringComparison.Ordinal);
        PropertyInfo[] parts = [.. new[] { "X", "Y", "Z" }.Select(type.GetProperty).OfType<PropertyInfo>()];
        foreach (PropertyInfo part in parts)
        {
            il.Emit(OpCodes.Ldarga_S, (byte)1);
            il.Emit(OpCodes.Call, typeof(LongIndex3D).GetProperty(part.Name)!.GetMethod!);
            if (!isLong)
                il.Emit(OpCodes.Conv_I4);
        }

        il.Emit(OpCodes.Newobj, type.GetConstructor([.. parts.Select(part => part.PropertyType)])!);
    }
}
