using System.Collections.Concurrent;
using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs the original method, one logical thread at a time in a fixed order.</summary>
internal sealed class DebugEngine(CPUAccelerator accelerator) : ICpuEngine
{
    private readonly ConcurrentDictionary<(MethodInfo Method, bool ImplicitlyGrouped), KernelInvoker> _invokers = new();
    private readonly CarrierPool _pool = new();
    private readonly Lock _running = new();

    /// <summary>Gets the number of threads of a group when the accelerator chooses it: one warp, since more would only be slower.</summary>
    public int AutoGroupSize => accelerator.WarpSize;

    /// <inheritdoc/>
    public void Prepare(CPUKernel kernel)
    {
        // The method runs as it is.
    }

    /// <inheritdoc/>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature) =>
        LauncherEmitter.EmitBoxing(signature, new DebugLauncher(kernel, this));

    /// <summary>Launches a kernel with boxed arguments.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="dimension">A kernel configuration or an extent.</param>
    /// <param name="arguments">The arguments, without the index.</param>
    public void Launch(CPUKernel kernel, AcceleratorStream stream, object dimension, object[] arguments)
    {
        LaunchChecks.Objects(kernel, stream, arguments);
        DebugLaunch launch = dimension is KernelConfig config
            ? Explicit(kernel, config, arguments)
            : Implicit(kernel, LaunchChecks.Extent((IIndex)dimension), arguments);
        if (launch.GridDim.LongSize == 0)
            return;
        KernelInvoker invoke = _invokers.GetOrAdd(
            (kernel.Method, kernel.ImplicitlyGrouped),
            key => LauncherEmitter.EmitInvoker(key.Method, key.ImplicitlyGrouped));
        object? target = KernelMethod.Target(kernel.Method);
        nint function = kernel.Method.MethodHandle.GetFunctionPointer();
        lock (_running)
        {
            using var group = new DebugGroup(
                _pool,
                launch,
                thread => invoke(target, launch.GlobalIndex(thread.Group.GroupIndex, thread.Index), arguments, function));
            Index3D grid = launch.GridDim;
            for (int z = 0; z < grid.Z; z++)
            {
                for (int y = 0; y < grid.Y; y++)
                {
                    for (int x = 0; x < grid.X; x++)
                        group.Run(new Index3D(x, y, z));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void ClearCache() => _invokers.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_running)
            _pool.Dispose();
    }

    private static DebugLaunch Explicit(CPUKernel kernel, KernelConfig config, object[] arguments)
    {
        LaunchChecks.Config(kernel, config);
        return new()
        {
            KernelName = kernel.DisplayName,
            GridDim = config.GridDim,
            GroupDim = config.GroupDim,
            WarpSize = kernel.Accelerator.WarpSize,
            DynamicSharedBytes = config.SharedMemoryConfig.ArraySize,
            Arguments = arguments,
            Parameters = kernel.Parameters,
        };
    }

    private static DebugLaunch Implicit(CPUKernel kernel, LongIndex3D extent, object[] arguments)
    {
        LaunchChecks.Extent(kernel, extent);
        int groupSize = (int)Math.Clamp(extent.X, 1, kernel.GroupSize);
        return new()
        {
            KernelName = kernel.DisplayName,
            GridDim = new Index3D(checked((int)((extent.X + groupSize - 1) / groupSize)), checked((int)extent.Y), checked((int)extent.Z)),
            GroupDim = new Index3D(groupSize, 1, 1),
            WarpSize = kernel.Accelerator.WarpSize,
            Extent = extent,
            Arguments = arguments,
            Parameters = kernel.Parameters[1..],
        };
    }
}

/// <summary>What a launcher delegate of the Debug accelerator is bound to.</summary>
internal sealed class DebugLauncher(CPUKernel kernel, DebugEngine engine) : KernelLauncher(kernel), IBoxingLauncher
{
    /// <inheritdoc/>
    public void Launch(AcceleratorStream? stream, object dimension, object[] arguments) =>
        engine.Launch((CPUKernel)Kernel, stream ?? Kernel.Accelerator.DefaultStream, dimension, arguments);
}
