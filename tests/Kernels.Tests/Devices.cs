using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Tests;
using ILGPU.Runtime.OpenCL;
using GemmaIlgpu.CudaSimulator;
#endif

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>Every accelerator and launch shape that kernels are tested on.</summary>
[SetUpFixture]
public sealed class Devices
{
    private static readonly List<Context> Contexts = [];
    private static readonly List<Accelerator> Accelerators = [];
    private static readonly Lazy<TestDevice[]> Opened = new(Open);
    private static readonly Lazy<TestDevice> Wide = new(OpenWide);

    /// <summary>Narrow and wide vectors, one and several warps a group.</summary>
    public static TestDevice[] All => Opened.Value;

    /// <summary>
    /// A warp as wide as a GPU's. The Debug accelerator changes threads at every exchange, so this is for small cases only.
    /// </summary>
    public static IEnumerable<TestDevice> AllAndWide => [.. All, Wide.Value];

    /// <summary>What kernels for GPUs are tested on: besides the others a CUDA device, whose PTX the interpreter runs.</summary>
    public static IEnumerable<TestDevice> AllAndGpu =>
#if UPSTREAM_PACKAGES
        AllAndWide;
#else
        [.. All, Gpu.Value];

    private static readonly Lazy<TestDevice> Gpu = new(() =>
    {
        var simulated = new GemmaIlgpu.CudaSimulator.SimulatedCuda();
        Accelerators.AddRange(simulated.Accelerators);
        Contexts.Add(simulated.Context);
        return new("CUDA", simulated.Accelerator, 4);
    });
#endif

#if !UPSTREAM_PACKAGES
    /// <summary>
    /// An OpenCL device with emulated sub-groups of 8, a warp alone in its group; null without OpenCL. Programs take seconds to
    /// build there, so this is for a few.
    /// </summary>
    public static TestDevice? OpenCLWithSubGroups => SubGroups.Value;

    private static readonly Lazy<TestDevice?> SubGroups = new(() => OpenCLTestDevice.Find() is null ? null
        : new("OpenCL with sub-groups", OpenDevice(builder => builder.SelectedDevices.Add(EmulatedSubGroups.Device(EmulatedSubGroups.Names.First()))), 1));
#endif

    /// <summary>Those fast enough for many cases.</summary>
    public static IEnumerable<TestDevice> Compiled => All.Where(device => device.IsCompiled);

    /// <summary>The one for work that needs no second opinion.</summary>
    public static TestDevice Fastest => All[^1];

    [OneTimeTearDown]
    public void Close()
    {
        foreach (string line in TensorAssert.Observed)
            TestContext.Progress.WriteLine(line);
        foreach (Accelerator accelerator in Accelerators)
            accelerator.Dispose();
        foreach (Context context in Contexts)
            context.Dispose();
    }

    private static TestDevice[] Open()
    {
#if UPSTREAM_PACKAGES
        Accelerator four = OpenDevice(builder => builder.CPU(CPUDeviceKind.Default));
        return [new("ILGPU CPU", four, 1), new("ILGPU CPU", four, 2)];
#else
        var devices = new List<TestDevice>();
        foreach (int warp in new[] { 1, 4 })
            devices.Add(new("Debug", OpenDevice(builder => builder.DebugCpu(warp)), 1));
        devices.Add(new("Debug", devices[1].Accelerator, 2));
        if (OpenCLTestDevice.Find() is { } device)
            devices.Add(new("OpenCL", OpenDevice(builder => builder.OpenCL(other => other.Equals(device))), 8));
        devices.Add(new("Checked", OpenDevice(builder => builder.CheckedCpu(32)), 2));
        // The PTX of every kernel, by the interpreter; work is done only when it is waited for, so that a missing wait shows.
        devices.Add(new("PTX", OpenDevice(builder => builder.SimulatedCuda(new SimulatorOptions { Deferred = true })), 1));
        devices.Add(new("PTX", devices[^1].Accelerator, 4));
        foreach (int bits in new[] { 128, 256, 512 })
            devices.Add(new("Simd", OpenDevice(builder => builder.Simd(bits, threads: 2)), 1));
        devices.Add(new("Simd", devices[^2].Accelerator, 3));
        return [.. devices];
#endif
    }

    private static TestDevice OpenWide() =>
#if UPSTREAM_PACKAGES
        new("ILGPU CPU", OpenDevice(builder => builder.CPU(CPUDeviceKind.Nvidia)), 1);
#else
        new("Debug", OpenDevice(builder => builder.DebugCpu(64)), 1);
#endif

    private static Accelerator OpenDevice(Action<Context.Builder> choose)
    {
        Context context = Context.Create(builder =>
        {
            choose(builder);
            builder.EnableAlgorithms();
        });
        Contexts.Add(context);
        Accelerator accelerator = context.Devices[0].CreateAccelerator(context);
        Accelerators.Add(accelerator);
        return accelerator;
    }
}
