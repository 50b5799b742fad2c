using GemmaIlgpu.Compute.Backends.Simd;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels as vector code on a set of worker threads.</summary>
internal sealed class SimdEngine(CPUAccelerator accelerator) : ICpuEngine
{
    private readonly KernelCompiler<SimdOptions, SimdKernel> _compiler =
        new(accelerator, new SimdOptions(accelerator.Settings.VectorBits), (kernel, options, _) => SimdKernel.Compile(kernel, options));

    private readonly Lazy<WorkerPool> _pool = new(() => new WorkerPool(accelerator.Settings.Threads));

    /// <summary>Gets the number of threads of a group when the accelerator chooses it; launches of many threads get larger groups.</summary>
    public int AutoGroupSize => accelerator.WarpSize;

    /// <summary>Gets the worker threads.</summary>
    public WorkerPool Pool => _pool.Value;

    /// <inheritdoc/>
    public void Prepare(CPUKernel kernel)
    {
        if (!kernel.Parameters.Any(SpecializingLauncher.IsSpecialized))
            _compiler.Get(kernel, [], null);
    }

    /// <inheritdoc/>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature) =>
        _compiler.CreateLauncher(kernel, signature, compiled => new SimdLauncher(kernel, compiled.Code, this));

    /// <inheritdoc/>
    public void ClearCache() => _compiler.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pool.IsValueCreated)
            _pool.Value.Dispose();
    }
}
