using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>Accelerators on a driver without a device; in the end nothing may be left and nothing forbidden have happened.</summary>
internal sealed class FakeCuda : IDisposable
{
    public FakeCuda(int devices = 1, long memoryPerDevice = 64L << 20, bool profiling = false, Action<FakeCudaDriver>? prepare = null)
    {
        Driver = new FakeCudaDriver(devices, memoryPerDevice);
        prepare?.Invoke(Driver);
        var system = new CudaSystem(Driver);
        Context = Context.Create(builder =>
        {
            builder.Cuda(system);
            if (profiling)
                builder.Profiling();
        });
        Accelerators = [.. Context.GetCudaDevices().Select(device => device.CreateCudaAccelerator(Context))];
    }

    public FakeCudaDriver Driver { get; }

    public Context Context { get; }

    public CudaAccelerator[] Accelerators { get; }

    public CudaAccelerator Accelerator => Accelerators[0];

    public void Dispose()
    {
        Context.Dispose();
        Dictionary<string, int> left = Driver.Live;
        Driver.Dispose();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.Empty, "what was made and not destroyed");
            Assert.That(Driver.Violations, Is.Empty, "what a real driver would punish");
        }
    }
}
