using System.Numerics;
using System.Runtime.Intrinsics;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute;

/// <summary>The processor as a device, in the two ways that kernels can run on it.</summary>
public static class CpuDevices
{
    /// <summary>Gets the width in bits of the widest vectors that this processor computes fast.</summary>
    public static int PreferredVectorBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>
    /// Gets how many times this process has compiled a kernel, or a variant of one for another shape of groups. Accelerators
    /// with equal vectors share compiled kernels, so loading a model again adds nothing.
    /// </summary>
    public static int Compilations => SimdKernel.Compilations;

    /// <summary>Makes a device whose kernels are compiled: a warp is a vector of 32-bit lanes.</summary>
    /// <param name="vectorBits">128, 256 or 512; 0 for <see cref="PreferredVectorBits"/>.</param>
    /// <param name="threads">Operating-system threads that run groups; 0 for one per core.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such vectors, or the number of threads is negative.</exception>
    public static CPUDevice Simd(int vectorBits = 0, int threads = 0)
    {
        if (vectorBits is not (0 or 128 or 256 or 512))
            throw new ArgumentOutOfRangeException(nameof(vectorBits), $"Vectors of {vectorBits} bits were asked for; there are 128, 256 and 512 (0 chooses).");
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int bits = vectorBits == 0 ? PreferredVectorBits : vectorBits;
        int workers = threads == 0 ? Environment.ProcessorCount : threads;
        return new CPUDevice(new CpuDeviceSettings(CpuAcceleratorKind.Simd, bits / 32, workers)
        {
            Name = $"CPU, {bits}-bit vectors, {workers} {(workers == 1 ? "thread" : "threads")}",
        });
    }

    /// <summary>
    /// Makes a device that runs the original method, one logical thread at a time in a fixed order, and
    /// reports what goes wrong as a <see cref="KernelFaultException"/>.
    /// </summary>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 1024. Small ones are faster where kernels exchange values.</param>
    /// <exception cref="ArgumentOutOfRangeException">The warp size is not a power of two up to 1024.</exception>
    public static CPUDevice Debug(int warpSize = 4)
    {
        if (warpSize < 1 || warpSize > 1024 || !BitOperations.IsPow2(warpSize))
            throw new ArgumentOutOfRangeException(nameof(warpSize), $"A warp of {warpSize} threads was asked for; it must be a power of two up to 1024.");
        return new CPUDevice(DebugSettings(warpSize));
    }

    /// <summary>Makes a device that checks every access of a kernel and reports what goes wrong as a <see cref="KernelFaultException"/>.</summary>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 64.</param>
    /// <param name="options">What to look for; null for the usual.</param>
    /// <param name="threads">Operating-system threads that share the groups of a launch as long as nothing is found; 0 for one per core. Reports
    /// do not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The warp size is not a power of two up to 64, or the number of threads is negative.</exception>
    public static CPUDevice Checked(int warpSize = 32, CheckedOptions? options = null, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        return new(LockstepSettings(CpuAcceleratorKind.Checked, warpSize) with
        {
            Name = $"CPU, checked, warps of {warpSize}",
            Checks = options ?? new(),
            Threads = threads == 0 ? Environment.ProcessorCount : threads,
        });
    }

    /// <summary>Makes a device that runs kernels as a GPU with warps of a certain width would and counts what decides its speed.</summary>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The warp size is not a power of two up to 64.</exception>
    public static CPUDevice Counted(int warpSize = 32) =>
        new(LockstepSettings(CpuAcceleratorKind.Counted, warpSize) with { Name = $"CPU, counting, warps of {warpSize}" });

    /// <summary>Adds a device whose kernels are compiled.</summary>
    /// <param name="builder">The context to be.</param>
    /// <param name="vectorBits">128, 256 or 512; 0 for <see cref="PreferredVectorBits"/>.</param>
    /// <param name="threads">Operating-system threads that run groups; 0 for one per core.</param>
    public static Context.Builder Simd(this Context.Builder builder, int vectorBits = 0, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CPU(Simd(vectorBits, threads));
    }

    /// <summary>Adds a device that runs the original method, one logical thread at a time.</summary>
    /// <param name="builder">The context to be.</param>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 1024.</param>
    public static Context.Builder DebugCpu(this Context.Builder builder, int warpSize = 4)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CPU(Debug(warpSize));
    }

    /// <summary>Adds a device that checks every access of a kernel.</summary>
    /// <param name="builder">The context to be.</param>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 64.</param>
    /// <param name="options">What to look for; null for the usual.</param>
    /// <param name="threads">Operating-system threads that share the groups of a launch as long as nothing is found; 0 for one per core.</param>
    public static Context.Builder CheckedCpu(this Context.Builder builder, int warpSize = 32, CheckedOptions? options = null, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CPU(Checked(warpSize, options, threads));
    }

    /// <summary>Adds a device that counts what decides the speed of a GPU.</summary>
    /// <param name="builder">The context to be.</param>
    /// <param name="warpSize">Lanes of a warp: a power of two up to 64.</param>
    public static Context.Builder CountedCpu(this Context.Builder builder, int warpSize = 32)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.CPU(Counted(warpSize));
    }

    /// <summary>Gets how an accelerator runs kernels; null if it is no processor accelerator.</summary>
    public static CpuAcceleratorKind? GetCpuKind(this Accelerator accelerator) => accelerator.Device.GetCpuKind();

    /// <summary>Gets how accelerators of a device run kernels; null if it is no processor device.</summary>
    public static CpuAcceleratorKind? GetCpuKind(this Device device) => (device as CPUDevice)?.Settings.Kind;

    /// <summary>Gets the launches of a Checked accelerator in which nothing was wrong; null of any other.</summary>
    public static long? GetCheckedLaunches(this Accelerator accelerator) => ((accelerator as CPUAccelerator)?.Engine as CheckedEngine)?.Launches;

    private static CpuDeviceSettings LockstepSettings(CpuAcceleratorKind kind, int warpSize)
    {
        if (warpSize < 1 || warpSize > 64 || !BitOperations.IsPow2(warpSize))
            throw new ArgumentOutOfRangeException(nameof(warpSize), $"A warp of {warpSize} threads was asked for; it must be a power of two up to 64.");
        return new(kind, warpSize, 1);
    }

    internal static CpuDeviceSettings DebugSettings(int warpSize) =>
        new(CpuAcceleratorKind.Debug, warpSize, 1) { Name = $"CPU debugger, warps of {warpSize}" };
}
