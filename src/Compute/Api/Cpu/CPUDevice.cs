using System.Collections.Immutable;
using System.Numerics;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime.CPU;

/// <summary>Processor devices by the hardware they imitate.</summary>
public enum CPUDeviceKind
{
    /// <summary>The processor as it is: compiled kernels, the lanes of vectors as warps.</summary>
    Default,

    /// <summary>Warps of 32, run one thread at a time with checks.</summary>
    Nvidia,

    /// <summary>Warps of 32, run one thread at a time with checks.</summary>
    AMD,

    /// <summary>Warps of 64, run one thread at a time with checks.</summary>
    LegacyAMD,

    /// <summary>Warps of 16, run one thread at a time with checks.</summary>
    Intel,
}

/// <summary>The processor as a device, or as an imitation of one.</summary>
public sealed class CPUDevice : Device
{
    /// <summary>The processor as it is.</summary>
    public static readonly CPUDevice Default = CpuDevices.Simd();

    /// <summary>An imitation with warps of 32.</summary>
    public static readonly CPUDevice Nvidia = new(32, 32, 1);

    /// <summary>An imitation with warps of 32.</summary>
    public static readonly CPUDevice AMD = new(32, 8, 1);

    /// <summary>An imitation with warps of 64.</summary>
    public static readonly CPUDevice LegacyAMD = new(64, 4, 1);

    /// <summary>An imitation with warps of 16.</summary>
    public static readonly CPUDevice Intel = new(16, 8, 1);

    /// <summary>All predefined devices.</summary>
    public static readonly ImmutableArray<CPUDevice> All = [Default, Nvidia, AMD, LegacyAMD, Intel];

    /// <summary>Creates a device that runs kernels one thread at a time, with checks.</summary>
    /// <param name="numThreadsPerWarp">Lanes of a warp: a power of two.</param>
    /// <param name="numWarpsPerMultiprocessor">Warps of the largest group.</param>
    /// <param name="numMultiprocessors">Multiprocessors to report.</param>
    public CPUDevice(int numThreadsPerWarp, int numWarpsPerMultiprocessor, int numMultiprocessors)
        : this(Imitation(numThreadsPerWarp, numWarpsPerMultiprocessor, numMultiprocessors))
    {
    }

    internal CPUDevice(CpuDeviceSettings settings)
    {
        Settings = settings;
        Name = settings.Name;
        WarpSize = settings.WarpSize;
        MaxNumThreadsPerGroup = settings.MaxNumThreadsPerGroup;
        MaxNumThreadsPerMultiprocessor = settings.MaxNumThreadsPerGroup;
        NumMultiprocessors = settings.NumMultiprocessors;
        MaxGroupSize = new Index3D(settings.MaxNumThreadsPerGroup);
        MaxGridSize = new Index3D(int.MaxValue);
        MemorySize = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        MaxSharedMemoryPerGroup = 256 * 1024;   // shared memory is ordinary memory: about a second-level cache
        MaxConstantMemory = int.MaxValue;
    }

    /// <summary>Gets the number of threads that run at a time.</summary>
    public int NumThreads => MaxNumThreads;

    internal CpuDeviceSettings Settings { get; }

    internal bool IsCompiled => Settings.Kind == CpuAcceleratorKind.Simd;

    /// <summary>Gets a predefined device.</summary>
    public static CPUDevice GetDevice(CPUDeviceKind kind) => kind switch
    {
        CPUDeviceKind.Default => Default,
        CPUDeviceKind.Nvidia => Nvidia,
        CPUDeviceKind.AMD => AMD,
        CPUDeviceKind.LegacyAMD => LegacyAMD,
        CPUDeviceKind.Intel => Intel,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), $"There is no device kind {kind}."),
    };

    /// <summary>Gets the predefined devices that please.</summary>
    public static ImmutableArray<Device> GetDevices(Predicate<CPUDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return [.. All.Where(device => predicate(device))];
    }

    /// <inheritdoc/>
    public override Accelerator CreateAccelerator(Context context) => CreateCPUAccelerator(context);

    /// <summary>Creates an accelerator.</summary>
    public CPUAccelerator CreateCPUAccelerator(Context context) => CreateCPUAccelerator(context, CPUAcceleratorMode.Auto);

    /// <summary>Creates an accelerator.</summary>
    /// <param name="context">The context.</param>
    /// <param name="mode">Whether groups may run at the same time.</param>
    public CPUAccelerator CreateCPUAccelerator(Context context, CPUAcceleratorMode mode) =>
        CreateCPUAccelerator(context, mode, ThreadPriority.Normal);

    /// <summary>Creates an accelerator.</summary>
    /// <param name="context">The context.</param>
    /// <param name="mode">Whether groups may run at the same time.</param>
    /// <param name="threadPriority">The priority to report.</param>
    public CPUAccelerator CreateCPUAccelerator(Context context, CPUAcceleratorMode mode, ThreadPriority threadPriority) =>
        new(context, this, mode, threadPriority);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CPUDevice other && Settings == other.Settings;

    /// <inheritdoc/>
    public override int GetHashCode() => Settings.GetHashCode();

    private static CpuDeviceSettings Imitation(int warpSize, int warps, int multiprocessors)
    {
        if (warpSize < 1 || warpSize > 1024 || !BitOperations.IsPow2(warpSize))
            throw new ArgumentOutOfRangeException(nameof(warpSize), $"A warp of {warpSize} threads was asked for; it must be a power of two up to 1024.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(warps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(multiprocessors);
        return CpuDevices.DebugSettings(warpSize) with
        {
            MaxNumThreadsPerGroup = checked(warpSize * warps),
            NumMultiprocessors = multiprocessors,
        };
    }
}
