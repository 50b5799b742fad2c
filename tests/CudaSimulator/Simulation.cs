using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;

namespace GemmaIlgpu.CudaSimulator;

/// <summary>Contexts whose CUDA devices are simulated, for tests that know no more of the runtime than its public names.</summary>
public static class Simulation
{
    /// <summary>Makes a context with the simulated devices in their order.</summary>
    public static Context CreateContext(SimulatorOptions options) => Context.Create(builder => builder.SimulatedCuda(options));

    /// <summary>Chooses simulated devices where other tests choose real ones.</summary>
    public static Context.Builder SimulatedCuda(this Context.Builder builder, SimulatorOptions options) =>
        builder.Cuda(new CudaSystem(new SimulatedDriver(options)));
}
