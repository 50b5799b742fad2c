using GemmaIlgpu.Compute.Backends;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Gpu;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Puts launches of a loaded kernel into streams.</summary>
internal sealed unsafe class CudaLauncher : GpuLauncher
{
    private const int MoreParameters = 4;   // three extents and the length of dynamic shared memory

    private readonly CudaKernel _kernel;
    private readonly CudaAccelerator _accelerator;
    private readonly PtxKernel _code;
    private readonly IrParameter[] _pointers;
    private readonly int _parameters;
    private CudaFunction? _function;

    public CudaLauncher(CudaKernel kernel, CudaAccelerator accelerator, PtxKernel code)
        : base(kernel)
    {
        (_kernel, _accelerator, _code) = (kernel, accelerator, code);
        _parameters = code.Parameters.Count;
        _pointers = [.. code.Parameters.Where(parameter => parameter.Kind == ParameterKind.ViewPointer)];
    }

    /// <inheritdoc/>
    protected override int StaticSharedBytes => Function.StaticSharedBytes + _code.ExtraDynamicSharedBytes;

    /// <inheritdoc/>
    protected override int MaxGroupSize => Function.MaxGroupSize;

    private CudaFunction Function => _function ??= _accelerator.Kernels.Load(_kernel, _code);

    /// <inheritdoc/>
    protected override void Enqueue(AcceleratorStream stream, in KernelLaunch launch)
    {
        var queue = (CudaStream)stream;
        CudaFunction function = Function;
        queue.Enter();
        int shared = function.DynamicShared(launch.DynamicSharedBytes);
        function.AllowDynamicShared(shared);

        void** parameters = stackalloc void*[_parameters + MoreParameters];
        long* more = stackalloc long[MoreParameters];
        int count = 0;
        for (; count < _parameters; count++)
            parameters[count] = launch.Slots + 8 * count;
        if (_code.IsImplicit)
        {
            (more[0], more[1], more[2]) = launch.Extent;
            for (int i = 0; i < 3; i++)
                parameters[count++] = more + i;
        }

        if (_code.UsesDynamicShared)
        {
            more[3] = launch.DynamicSharedBytes;
            parameters[count] = more + 3;
        }

        (uint X, uint Y, uint Z) grid = ((uint)launch.Grid.X, (uint)launch.Grid.Y, (uint)launch.Grid.Z);
        (uint X, uint Y, uint Z) group = ((uint)launch.Group.X, (uint)launch.Group.Y, (uint)launch.Group.Z);
        CudaResult result = _accelerator.Session.Driver.LaunchKernel(function.Handle, grid, group, (uint)shared, queue.StreamPtr, parameters);
        if (result != CudaResult.Success)
            Fail(function, result, launch, shared);
        if (queue.Queue.Capture is { } capture)
            Note(capture, launch.Slots);
        else
            queue.Queue.Log.Add(function.Name);
        queue.Leave();
    }

    // What the graph will use must be there when it is launched.
    private void Note(CudaCapture capture, byte* slots)
    {
        capture.AddKernel(Kernel.DisplayName);
        foreach (IrParameter parameter in _pointers)
        {
            if (_accelerator.Pool.Find(*(nint*)(slots + 8 * parameter.Index)) is { } block)
                capture.AddBlock(block);
        }
    }

    private void Fail(CudaFunction function, CudaResult result, in KernelLaunch launch, int shared)
    {
        string kernel = $"for kernel {function.Name} with grid {launch.Grid}, group {launch.Group} and {shared} bytes of dynamic shared memory";
        if (result == CudaResult.LaunchOutOfResources)
            kernel += $", which takes {function.Registers} registers per thread and {function.StaticSharedBytes} bytes of static shared memory";
        _accelerator.Session.Check(result, "cuLaunchKernel", kernel);
    }
}
