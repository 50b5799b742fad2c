using GemmaIlgpu.Compute.Runtime.Cuda;
using GemmaIlgpu.CudaSimulator;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>The devices of the conformance suite, opened once for all fixtures.</summary>
public static class TestDevices
{
    private static readonly Dictionary<string, Func<Device>> Known = new()
    {
        ["Simd128"] = () => CpuDevices.Simd(128, threads: 2),
        ["Simd256"] = () => CpuDevices.Simd(256, threads: 2),
        ["Simd512"] = () => CpuDevices.Simd(512, threads: 2),
        ["Debug1"] = () => CpuDevices.Debug(1),
        ["Debug4"] = () => CpuDevices.Debug(4),
        ["Checked1"] = () => CpuDevices.Checked(1),
        ["Checked32"] = () => CpuDevices.Checked(32),
        ["Counted4"] = () => CpuDevices.Counted(4),
        ["Counted64"] = () => CpuDevices.Counted(64),
        ["Debug32"] = () => CpuDevices.Debug(32),
        ["Ptx70"] = () => SimulatedGpu(SimulatedDevice.Volta),
        // Work is done only when it is waited for, so that a missing wait shows.
        ["Ptx90"] = () => SimulatedGpu(SimulatedDevice.Hopper, deferred: true),
        ["OpenCL"] = () => OpenCLTestDevice.Get(),
    };

    // Not for the whole suite: what only warps differ in.
    private static readonly Dictionary<string, Func<Device>> Special = EmulatedSubGroups.Names.ToDictionary(name => name, name => new Func<Device>(() => EmulatedSubGroups.Device(name)));

    private static readonly Dictionary<string, (Context Context, Accelerator Accelerator)> Opened = [];

    public static IEnumerable<string> Names => Known.Keys;

    public static Accelerator Get(string name)
    {
        lock (Opened)
        {
            if (!Opened.TryGetValue(name, out (Context Context, Accelerator Accelerator) open))
                Opened[name] = open = Open((Known.GetValueOrDefault(name) ?? Special[name])());
            return open.Accelerator;
        }
    }

    /// <summary>Opens a device of one's own.</summary>
    public static (Context Context, Accelerator Accelerator) Open(Device device)
    {
        Context context = Context.Create(builder => builder.EnableAlgorithms().Profiling());
        return (context, device.CreateAccelerator(context));
    }

    // The CUDA runtime with the PTX interpreter in the place of NVIDIA's driver.
    private static Device SimulatedGpu(SimulatedDevice device, bool deferred = false) =>
        new CudaSystem(new SimulatedDriver(new SimulatorOptions { Devices = [device], Deferred = deferred, Output = Console.Write })).Devices()[0];

    public static void CloseAll()
    {
        lock (Opened)
        {
            foreach ((Context context, Accelerator accelerator) in Opened.Values)
            {
                accelerator.Dispose();
                context.Dispose();
            }
            Opened.Clear();
        }
    }
}

/// <summary>Closes the devices after the last fixture.</summary>
[SetUpFixture]
public sealed class TestDevicesCleanup
{
    [OneTimeTearDown]
    public void Close() => TestDevices.CloseAll();
}
