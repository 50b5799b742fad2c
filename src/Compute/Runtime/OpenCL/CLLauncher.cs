using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Backends;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Runtime.Gpu;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>Puts launches of one kernel into queues.</summary>
internal sealed unsafe class CLLauncher : GpuLauncher, IDisposable
{
    private readonly CLAccelerator _accelerator;
    private readonly CLLibrary _library;
    private readonly OpenCLKernel _code;
    private readonly Lock _setting = new();     // arguments are set one by one, on an object that all threads share
    private nint _handle;
    private int _maxGroupSize;

    public CLLauncher(Kernel kernel, CLAccelerator accelerator, OpenCLKernel code)
        : base(kernel)
    {
        (_accelerator, _library, _code) = (accelerator, accelerator.NativeContext.Library, code);
    }

    ~CLLauncher() => Release();

    /// <inheritdoc/>
    protected override int StaticSharedBytes => _code.StaticSharedBytes;

    /// <inheritdoc/>
    protected override int MaxGroupSize
    {
        get
        {
            Build();
            return _maxGroupSize;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void Enqueue(AcceleratorStream stream, in KernelLaunch launch)
    {
        nuint* local = stackalloc nuint[] { (nuint)launch.Group.X, (nuint)launch.Group.Y, (nuint)launch.Group.Z };
        nuint* global = stackalloc nuint[] { (nuint)launch.Grid.X * local[0], (nuint)launch.Grid.Y * local[1], (nuint)launch.Grid.Z * local[2] };
        int result;
        CheckBarriers(launch);
        Build();
        lock (_setting)
        {
            for (int i = 0; i < _code.Arguments.Count; i++)
                Set((uint)i, _code.Arguments[i], launch);
            result = _library.EnqueueNDRangeKernel(((CLStream)stream).CommandQueue, _handle, 3, null, global, local, 0, null, null);
        }
        CLLibrary.Check(result, "clEnqueueNDRangeKernel",
            $"kernel {_code.Name}, {launch.Grid} groups of {launch.Group} threads on {_accelerator.Name}");
    }

    // Threads beyond the extent end at once, and OpenCL knows no barrier that goes on without them.
    private void CheckBarriers(in KernelLaunch launch)
    {
        if (Kernel.ImplicitlyGrouped && _code.HasBarriers && launch.Extent.X % launch.Group.X != 0)
            throw new ArgumentException($"Kernel {_code.Name} has barriers and was launched with {launch.Extent.X} threads in groups of {launch.Group.X}; on OpenCL devices the extent must be a multiple of the group, or load it as explicitly grouped.");
    }

    // A driver takes a tenth of a second or several for a program, and of the kernels that a model loads it runs some.
    private void Build()
    {
        if (Volatile.Read(ref _handle) != 0)
            return;
        lock (_setting)
        {
            if (_handle != 0)
                return;
            CLContext context = _accelerator.NativeContext;
            nint handle = context.CreateKernel(_code);
            nuint size;
            int result = _library.GetKernelWorkGroupInfo(handle, context.Device, CLInfo.KernelWorkGroupSize, (nuint)sizeof(nuint), &size, null);
            if (result != 0)
                _library.ReleaseKernel(handle);
            CLLibrary.Check(result, "clGetKernelWorkGroupInfo", $"kernel {_code.Name} on {_accelerator.Name}");
            _maxGroupSize = (int)Math.Min(size, (nuint)_accelerator.MaxNumThreadsPerGroup);
            Volatile.Write(ref _handle, handle);        // last: who sees it needs no lock
        }
    }

    private void Set(uint position, OpenCLArgument argument, in KernelLaunch launch)
    {
        byte* slot = launch.Slots + 8 * argument.Index;
        int result;
        switch (argument.Kind)
        {
            case OpenCLArgumentKind.Buffer:
                nint buffer = _accelerator.Addresses.Find(*(long*)slot).Buffer;
                result = _library.SetKernelArg(_handle, position, (nuint)sizeof(nint), buffer == 0 ? null : &buffer);
                break;
            case OpenCLArgumentKind.BufferOffset:
                long offset = _accelerator.Addresses.Find(*(long*)slot).Offset;
                result = _library.SetKernelArg(_handle, position, 8, &offset);
                break;
            case OpenCLArgumentKind.Word:
                result = _library.SetKernelArg(_handle, position, 4, slot);
                break;
            case OpenCLArgumentKind.LongWord:
                result = _library.SetKernelArg(_handle, position, 8, slot);
                break;
            case OpenCLArgumentKind.Extent:
                long extent = argument.Index switch { 0 => launch.Extent.X, 1 => launch.Extent.Y, _ => launch.Extent.Z };
                result = _library.SetKernelArg(_handle, position, 8, &extent);
                break;
            case OpenCLArgumentKind.DynamicSharedLength:
                long length = launch.DynamicSharedBytes;
                result = _library.SetKernelArg(_handle, position, 8, &length);
                break;
            case OpenCLArgumentKind.DynamicShared:
                result = _library.SetKernelArg(_handle, position, (nuint)Math.Max(launch.DynamicSharedBytes, 1), null);
                break;
            default:
                int threads = launch.Group.X * launch.Group.Y * launch.Group.Z;
                result = _library.SetKernelArg(_handle, position, (nuint)(threads * _code.ScratchBytesPerThread), null);
                break;
        }
        CLLibrary.Check(result, "clSetKernelArg", $"argument {position} of kernel {_code.Name} on {_accelerator.Name}");
    }

    private void Release()
    {
        if (_handle != 0)
            _library.ReleaseKernel(_handle);
        _handle = 0;
    }
}
