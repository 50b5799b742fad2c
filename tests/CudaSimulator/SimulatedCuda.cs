using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.CudaSimulator;

/// <summary>CUDA devices without a GPU: the runtime's own accelerators on the simulated driver.</summary>
public sealed class SimulatedCuda : IDisposable
{
    private readonly SimulatedDriver _driver;

    public SimulatedCuda(SimulatorOptions? options = null, Action<Context.Builder>? build = null)
    {
        _driver = new SimulatedDriver(options ?? new SimulatorOptions());
        var system = new CudaSystem(_driver);
        Context = Context.Create(builder =>
        {
            builder.Cuda(system);
            build?.Invoke(builder);
        });
        Accelerators = [.. Context.GetCudaDevices().Select(device => device.CreateCudaAccelerator(Context))];
    }

    public Context Context { get; }

    public IReadOnlyList<CudaAccelerator> Accelerators { get; }

    public CudaAccelerator Accelerator => Accelerators[0];

    /// <summary>Launches so far.</summary>
    public long Launches => _driver.Launches;

    /// <summary>Instructions times lanes of all launches, by the opcode's first word.</summary>
    public IReadOnlyDictionary<string, long> LanesByOpcode => _driver.LanesByOpcode;

    public void Dispose()
    {
        Context.Dispose();
        _driver.Dispose();
    }
}
