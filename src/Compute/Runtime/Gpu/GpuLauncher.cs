using GemmaIlgpu.Compute.Backends;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime.Gpu;

/// <summary>Checks a launch and puts it into a stream of a device. What a device does with it is the only difference between them.</summary>
/// <param name="kernel">The kernel.</param>
internal abstract unsafe class GpuLauncher(Kernel kernel) : SlotLauncher(kernel)
{
    private const int UsualGroupSize = 256;     // enough warps to hide latency, few enough for several groups to fit

    /// <summary>Gets the bytes of statically allocated shared memory.</summary>
    protected abstract int StaticSharedBytes { get; }

    /// <summary>Gets the most threads of a group that this kernel can have, which its registers may limit.</summary>
    protected abstract int MaxGroupSize { get; }

    /// <inheritdoc/>
    public sealed override void Launch(AcceleratorStream? stream, KernelConfig config, byte* slots)
    {
        AcceleratorStream queue = Check(stream);
        LaunchChecks.Config(Kernel, config);
        Index3D grid = config.GridDim, group = config.GroupDim;
        CheckGroup(group.Size);
        LaunchChecks.Grid(Kernel, grid, group);
        var launch = new KernelLaunch
        {
            Grid = (grid.X, grid.Y, grid.Z),
            Group = (group.X, group.Y, group.Z),
            DynamicSharedBytes = config.SharedMemoryConfig.ArraySize,
            Slots = slots,
        };
        LaunchChecks.SharedMemory(Kernel, StaticSharedBytes, launch.DynamicSharedBytes);
        Enqueue(queue, launch);
    }

    /// <inheritdoc/>
    public sealed override void Launch(AcceleratorStream? stream, long x, long y, long z, byte* slots)
    {
        AcceleratorStream queue = Check(stream);
        LaunchChecks.Extent(Kernel, new LongIndex3D(x, y, z));
        if (x == 0 || y == 0 || z == 0)
            return;
        int group = Kernel.CustomGroupSize;
        if (group > 0)
            CheckGroup(group);
        else
            group = (int)Math.Min(Math.Min(UsualGroupSize, MaxGroupSize), RoundUp(x, Kernel.Accelerator.WarpSize));
        var launch = new KernelLaunch
        {
            Grid = (checked((int)((x + group - 1) / group)), checked((int)y), checked((int)z)),
            Group = (group, 1, 1),
            Extent = (x, y, z),
            Slots = slots,
        };
        LaunchChecks.Grid(Kernel, new Index3D(launch.Grid.X, launch.Grid.Y, launch.Grid.Z), new Index3D(group, 1, 1));
        LaunchChecks.SharedMemory(Kernel, StaticSharedBytes, 0);
        Enqueue(queue, launch);
    }

    /// <summary>Puts a launch that has been checked into a stream.</summary>
    protected abstract void Enqueue(AcceleratorStream stream, in KernelLaunch launch);

    private AcceleratorStream Check(AcceleratorStream? stream)
    {
        Kernel.Accelerator.ThrowIfDisposed();
        if (stream is not null)
            LaunchChecks.Stream(Kernel, stream);
        return stream ?? Kernel.Accelerator.DefaultStream;
    }

    private void CheckGroup(int size)
    {
        if (size > MaxGroupSize)
            throw new ArgumentOutOfRangeException(nameof(size), $"Kernel {Kernel.DisplayName} was launched with {size} threads per group; compiled for {Kernel.Accelerator.Name} it can have {MaxGroupSize}.");
    }

    private static long RoundUp(long value, int step) => (value + step - 1) / step * step;
}
