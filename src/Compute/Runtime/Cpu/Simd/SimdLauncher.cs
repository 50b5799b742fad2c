using GemmaIlgpu.Compute.Backends;
using GemmaIlgpu.Compute.Backends.Simd;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Launches a kernel of the Simd accelerator.</summary>
internal sealed unsafe class SimdLauncher(CPUKernel kernel, SimdKernel code, SimdEngine engine) : SlotLauncher(kernel)
{
    private const int MinAutoWarps = 4;             // a group should be worth handing out
    private const int MaxAutoGroupSize = 1024;
    private const int AutoGroupsPerThread = 8;      // enough to even out threads of unequal speed

    private readonly CPUKernel _kernel = kernel;
    private readonly int _warpSize = kernel.Accelerator.WarpSize;

    /// <inheritdoc/>
    public override void Launch(AcceleratorStream? stream, KernelConfig config, byte* slots)
    {
        if (stream is not null)
            LaunchChecks.Stream(_kernel, stream);
        else
            _kernel.Accelerator.ThrowIfDisposed();
        LaunchChecks.Config(_kernel, config);
        Index3D grid = config.GridDim, group = config.GroupDim;
        var launch = new KernelLaunch
        {
            Grid = (grid.X, grid.Y, grid.Z),
            Group = (group.X, group.Y, group.Z),
            DynamicSharedBytes = config.SharedMemoryConfig.ArraySize,
            Slots = slots,
        };
        LaunchChecks.SharedMemory(_kernel, code.StaticSharedBytes, launch.DynamicSharedBytes);
        code.Launch(engine.Pool, launch);
    }

    /// <inheritdoc/>
    public override void Launch(AcceleratorStream? stream, long x, long y, long z, byte* slots)
    {
        if (stream is not null)
            LaunchChecks.Stream(_kernel, stream);
        else
            _kernel.Accelerator.ThrowIfDisposed();
        LaunchChecks.Extent(_kernel, new LongIndex3D(x, y, z));
        if (x == 0 || y == 0 || z == 0)
            return;
        int group = _kernel.CustomGroupSize > 0 ? _kernel.CustomGroupSize : AutoGroupSize(x, y, z);
        var launch = new KernelLaunch
        {
            Grid = (checked((int)((x + group - 1) / group)), checked((int)y), checked((int)z)),
            Group = (group, 1, 1),
            Extent = (x, y, z),
            Slots = slots,
        };
        LaunchChecks.SharedMemory(_kernel, code.StaticSharedBytes, 0);
        code.Launch(engine.Pool, launch);
    }

    private int AutoGroupSize(long x, long y, long z)
    {
        long fair = x * y * z / (engine.Pool.ThreadCount * AutoGroupsPerThread);
        long size = Math.Clamp(fair, MinAutoWarps * _warpSize, MaxAutoGroupSize);
        return (int)(Math.Min(size, x) + _warpSize - 1) / _warpSize * _warpSize;
    }
}
