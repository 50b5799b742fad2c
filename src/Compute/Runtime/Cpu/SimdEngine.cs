using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Compiles kernels to vector code and runs them on a pool of threads. A launch is done when the call returns.</summary>
internal sealed class SimdEngine(CPUAccelerator accelerator) : ICpuEngine
{
    private const int WarpsPerAutoGroup = 16;   // enough to make a group's own cost disappear, few enough to share out

    private readonly ConcurrentDictionary<(MethodInfo Method, bool ImplicitlyGrouped, string Values), Lazy<SimdTarget>> _targets = new();
    private readonly SimdOptions _options = new(accelerator.Settings.VectorBits);
    private readonly WorkerPool _pool = new(accelerator.Settings.Threads);

    /// <inheritdoc/>
    public int AutoGroupSize => WarpsPerAutoGroup * _options.Lanes;

    /// <inheritdoc/>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature)
    {
        if (Array.Exists(kernel.Parameters, IsSpecialized))
            return LauncherEmitter.EmitBoxing(signature, new SpecializingLauncher(kernel, this));
        SimdTarget target = Target(kernel, []);
        return SlotEmitter.EmitLauncher(signature, new SimdLauncher(kernel, this, target.Kernel), target.Ir, kernel.ImplicitlyGrouped);
    }

    /// <inheritdoc/>
    public unsafe void Launch(CPUKernel kernel, AcceleratorStream stream, object dimension, object[] arguments)
    {
        LaunchChecks.Objects(kernel, stream, arguments);
        SimdTarget target = Target(kernel, arguments);
        long* slots = stackalloc long[target.Ir.Parameters.Count];
        target.Pack(arguments, (byte*)slots);
        if (dimension is KernelConfig config)
            Launch(kernel, target.Kernel, config, (byte*)slots);
        else
            Launch(kernel, target.Kernel, LaunchChecks.Extent((IIndex)dimension), (byte*)slots);
    }

    /// <summary>Launches an explicitly grouped kernel.</summary>
    public unsafe void Launch(CPUKernel kernel, SimdKernel compiled, in KernelConfig config, byte* slots)
    {
        LaunchChecks.Config(kernel, config);
        Index3D grid = config.GridDim, group = config.GroupDim;
        compiled.Launch(_pool, new SimdLaunch
        {
            GridDimension = (grid.X, grid.Y, grid.Z),
            GroupDimension = (group.X, group.Y, group.Z),
            DynamicSharedBytes = config.SharedMemoryConfig.ArraySize,
            Slots = slots,
        });
    }

    /// <summary>Launches an implicitly grouped kernel: rows along X, cut into groups.</summary>
    public unsafe void Launch(CPUKernel kernel, SimdKernel compiled, in LongIndex3D extent, byte* slots)
    {
        LaunchChecks.Extent(kernel, extent);
        if (extent.X == 0 || extent.Y == 0 || extent.Z == 0)
            return;
        int groupSize = (int)Math.Min(kernel.GroupSize, (extent.X + _options.Lanes - 1) / _options.Lanes * _options.Lanes);
        compiled.Launch(_pool, new SimdLaunch
        {
            GridDimension = (checked((int)((extent.X + groupSize - 1) / groupSize)), checked((int)extent.Y), checked((int)extent.Z)),
            GroupDimension = (groupSize, 1, 1),
            Extent = (extent.X, extent.Y, extent.Z),
            Slots = slots,
        });
    }

    /// <inheritdoc/>
    public void ClearCache() => _targets.Clear();

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    private static bool IsSpecialized(ParameterInfo parameter) =>
        parameter.ParameterType.IsGenericType && parameter.ParameterType.GetGenericTypeDefinition() == typeof(SpecializedValue<>);

    private SimdTarget Target(CPUKernel kernel, object[] arguments)
    {
        int first = kernel.ImplicitlyGrouped ? 1 : 0;
        Dictionary<int, object> values = [];
        for (int i = first; i < kernel.Parameters.Length; i++)
            if (IsSpecialized(kernel.Parameters[i]))
                values[i] = arguments[i - first];
        string key = string.Join('|', values.OrderBy(pair => pair.Key).Select(pair => SpecializationKey(pair.Value)));
        return _targets.GetOrAdd((kernel.Method, kernel.ImplicitlyGrouped, key), _ => new(() =>
        {
            IrKernel ir = KernelFrontend.Translate(kernel.Method, kernel.ImplicitlyGrouped ? KernelKind.Implicit : KernelKind.Explicit, values);
            return new SimdTarget(ir, SimdKernel.Compile(ir, _options), SlotEmitter.EmitPacker(kernel.Parameters, ir, kernel.ImplicitlyGrouped));
        })).Value;
    }

    // The bytes of the value tell values apart where their text might not.
    private static string SpecializationKey(object value)
    {
        object inner = value.GetType().GetProperty("Value")!.GetValue(value)!;
        return inner switch
        {
            float number => BitConverter.SingleToInt32Bits(number).ToString("x8", null),
            double number => BitConverter.DoubleToInt64Bits(number).ToString("x16", null),
            IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => $"{inner}",
        };
    }
}

/// <summary>A compiled kernel with what launches need of it.</summary>
internal sealed record SimdTarget(IrKernel Ir, SimdKernel Kernel, SlotPacker Pack);

/// <summary>What a launcher delegate of the Simd accelerator is bound to.</summary>
internal sealed unsafe class SimdLauncher(CPUKernel kernel, SimdEngine engine, SimdKernel compiled) : KernelLauncher(kernel)
{
    private readonly CPUKernel _kernel = kernel;

    /// <summary>Launches an explicitly grouped kernel.</summary>
    public void Launch(AcceleratorStream? stream, KernelConfig config, byte* slots)
    {
        LaunchChecks.Stream(_kernel, stream ?? _kernel.Accelerator.DefaultStream);
        engine.Launch(_kernel, compiled, config, slots);
    }

    /// <summary>Launches an implicitly grouped kernel.</summary>
    public void Launch(AcceleratorStream? stream, LongIndex3D extent, byte* slots)
    {
        LaunchChecks.Stream(_kernel, stream ?? _kernel.Accelerator.DefaultStream);
        engine.Launch(_kernel, compiled, extent, slots);
    }
}

/// <summary>Launches kernels that have a compiled form for each of some argument's values.</summary>
internal sealed class SpecializingLauncher(CPUKernel kernel, SimdEngine engine) : KernelLauncher(kernel), IBoxingLauncher
{
    /// <inheritdoc/>
    public void Launch(AcceleratorStream? stream, object dimension, object[] arguments) =>
        engine.Launch((CPUKernel)Kernel, stream ?? Kernel.Accelerator.DefaultStream, dimension, arguments);
}
