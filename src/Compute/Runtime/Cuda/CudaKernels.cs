using System.Collections.Concurrent;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Compiles kernels to PTX, loads them on a device and keeps them.</summary>
/// <remarks>
/// PTX is kept by method, specialised values and target for the whole process, modules by PTX with the accelerator. What the
/// driver makes of PTX it keeps on disk itself, so that the second start of a program loads faster.
/// </remarks>
internal sealed class CudaKernels
{
    private const int UsualGroupSize = 256;

    private readonly CudaAccelerator _accelerator;
    private readonly KernelCompiler<(PtxTarget Target, MathMode Mode), PtxKernel> _compiler;
    private readonly ConcurrentDictionary<PtxKernel, Lazy<CudaFunction>> _functions = new(ReferenceEqualityComparer.Instance);

    public CudaKernels(CudaAccelerator accelerator)
    {
        _accelerator = accelerator;
        _compiler = new(accelerator, (accelerator.Device.Target!, accelerator.Context.Properties.MathMode), Compile, forPtx: true);
    }

    /// <summary>Compiles a kernel without specialised values.</summary>
    public PtxKernel Compile(CudaKernel kernel) => _compiler.Get(kernel, [], null).Code;

    /// <summary>Has the driver compile PTX for the device, once.</summary>
    public CudaFunction Load(CudaKernel kernel, PtxKernel code)
    {
        try
        {
            return _functions.GetOrAdd(code, key => new(() => new CudaFunction(_accelerator.Session, key, kernel.DisplayName, _accelerator.MaxSharedMemoryPerGroup))).Value;
        }
        catch
        {
            _functions.TryRemove(code, out _);  // a second try gets a fresh answer
            throw;
        }
    }

    /// <summary>Makes a launcher.</summary>
    public Delegate CreateLauncher(CudaKernel kernel, LauncherSignature signature) =>
        _compiler.CreateLauncher(kernel, signature, compiled => new CudaLauncher(kernel, _accelerator, compiled.Code));

    /// <summary>Finds the group size that keeps most threads of a multiprocessor busy; of equal ones that closest to 256.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="dynamicSharedBytes">Dynamic shared memory of a group.</param>
    /// <param name="maxGroupSize">The largest group to consider.</param>
    /// <param name="minGridSize">The groups that fill the device.</param>
    public int EstimateGroupSize(CudaKernel kernel, int dynamicSharedBytes, int maxGroupSize, out int minGridSize)
    {
        (int best, int bestThreads) = (Math.Min(UsualGroupSize, maxGroupSize), 0);
        minGridSize = _accelerator.NumMultiprocessors;
        if (kernel.Function is not { } function)
            return best;
        int[] sizes = [256, 512, 128, 1024, 64, 32];
        foreach (int size in sizes.Where(size => size <= maxGroupSize))
        {
            int groups = function.GroupsPerMultiprocessor(size, dynamicSharedBytes);
            if (groups * size > bestThreads)
                (best, bestThreads, minGridSize) = (size, groups * size, groups * _accelerator.NumMultiprocessors);
        }

        return best;
    }

    /// <summary>Forgets PTX; kernels that are loaded go on working.</summary>
    public void Clear() => _compiler.Clear();

    /// <summary>Unloads everything.</summary>
    public void Dispose()
    {
        if (!_accelerator.Session.TryEnter())
            return;
        foreach (Lazy<CudaFunction> function in _functions.Values.Where(function => function.IsValueCreated))
            _accelerator.Session.Driver.ModuleUnload(function.Value.Module);
        _functions.Clear();
    }

    private static PtxKernel Compile(IrKernel kernel, (PtxTarget Target, MathMode Mode) to, KernelSpecialization limits) =>
        PtxCompiler.Compile(kernel, to.Target, new()
        {
            MathMode = to.Mode,
            MaxThreadsPerGroup = limits.MaxNumThreadsPerGroup,
            MinGroupsPerMultiprocessor = limits.MinNumGroupsPerMultiprocessor,
        });
}
