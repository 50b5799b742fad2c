using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Gpu;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Puts launches of a loaded kernel into streams.</summary>
internal sealed unsafe class CudaLauncher : GpuLauncher
{
    private const int MoreParameters = 4;   // three extents and the length of dynamic shared memory

    private readonly CudaAccelerator _accelerator;
    private readonly CudaFunction _function;
    private readonly IrParameter[] _pointers;
    private readonly int _parameters;

    public CudaLauncher(CudaKernel kernel, CudaAccelerator accelerator, CudaFunction function)
        : base(kernel)
    {
        (_accelerator, _function) = (accelerator, function);
        _parameters = function.Code.Parameters.Count;
        _pointers = [.. function.Code.Parameters.Where(parameter => parameter.Kind == ParameterKind.ViewPointer)];
    }

    /// <inheritdoc/>
    protected override int StaticSharedBytes => _function.StaticSharedBytes + _function.Code.ExtraDynamicSharedBytes;

    /// <inheritdoc/>
    protected override int MaxGroupSize => _function.MaxGroupSize;

    /// <inheritdoc/>
    protected override void Enqueue(AcceleratorStream stream, in GpuLaunch launch)
    {
        var queue = (CudaStream)stream;
        queue.Enter();
        int shared = _function.DynamicShared(launch.DynamicSharedBytes);
        _function.AllowDynamicShared(shared);

        void** parameters = stackalloc void*[_parameters + MoreParameters];
        long* more = stackalloc long[MoreParameters];
        int count = 0;
        for (; count < _parameters; count++)
            parameters[count] = launch.Slots + 8 * count;
        if (_function.Code.IsImplicit)
        {
            (more[0], more[1], more[2]) = launch.Extent;
            for (int i = 0; i < 3; i++)
                parameters[count++] = more + i;
        }

        if (_function.Code.UsesDynamicShared)
        {
            more[3] = launch.DynamicSharedBytes;
            parameters[count] = more + 3;
        }

        (uint X, uint Y, uint Z) grid = ((uint)launch.Grid.X, (uint)launch.Grid.Y, (uint)launch.Grid.Z);
        (uint X, uint Y, uint Z) group = ((uint)launch.Group.X, (uint)launch.Group.Y, (uint)launch.Group.Z);
        CudaResult result = _accelerator.Session.Driver.LaunchKernel(_function.Handle, grid, group, (uint)shared, queue.StreamPtr, parameters);
        if (result != CudaResult.Success)
            Fail(result, launch, shared);
        if (queue.Queue.Capture is { } capture)
            Note(capture, launch.Slots);
        else
            queue.Queue.Log.Add(_function.Name);
        queue.Leave();
    }

    // What the graph will use must be there when it is launched.
    private void Note(CudaCapture capture, byte* slots)
    {
        capture.AddKernel(_function.Name);
        foreach (IrParameter parameter in _pointers)
        {
            if (_accelerator.Pool.Find(*(nint*)(slots + 8 * parameter.Index)) is { } block)
                capture.AddBlock(block);
        }
    }

    private void Fail(CudaResult result, in GpuLaunch launch, int shared)
    {
        string kernel = $"for kernel {_function.Name} with grid {launch.Grid}, group {launch.Group} and {shared} bytes of dynamic shared memory";
        if (result == CudaResult.LaunchOutOfResources)
            kernel += $", which takes {_function.Registers} registers per thread and {_function.StaticSharedBytes} bytes of static shared memory";
        _accelerator.Session.Check(result, "cuLaunchKernel", kernel);
    }
}
