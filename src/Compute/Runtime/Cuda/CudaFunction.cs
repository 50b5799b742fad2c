using System.Text;
using GemmaIlgpu.Compute.Backends.Ptx;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A kernel in a module that the driver has compiled for the device.</summary>
internal sealed class CudaFunction
{
    private const int SharedWithoutAsking = 48 << 10;

    private readonly CudaSession _session;
    private readonly Lock _lock = new();
    private readonly int _mostShared;
    private int _maxDynamicShared;

    /// <summary>Compiles and loads PTX.</summary>
    /// <param name="session">The device.</param>
    /// <param name="code">The PTX.</param>
    /// <param name="name">The kernel's name, for people.</param>
    /// <param name="mostShared">The most shared memory that a group can ask for.</param>
    public CudaFunction(CudaSession session, PtxKernel code, string name, int mostShared)
    {
        (_session, Code, Name, _mostShared) = (session, code, name, mostShared);
        CudaCapture.Forbid($"kernel {name} was used for the first time and had to be loaded", "do once what the graph shall do before capturing it");
        session.Enter();
        CudaDriver driver = session.Driver;
        CudaResult result = driver.ModuleLoadData(out nint module, Encoding.UTF8.GetBytes(code.Text + '\0'), new CudaJitOptions(), out string log);
        if (result != CudaResult.Success)
            throw CudaJitLog.Failure(session, result, log, code, name);
        Module = module;
        JitLog = log;
        try
        {
            session.Check(driver.ModuleGetFunction(out nint handle, module, code.EntryName), "cuModuleGetFunction", $"for kernel {name}");
            Handle = handle;
            MaxGroupSize = Get(CudaFunctionAttribute.MaxThreadsPerBlock);
            Registers = Get(CudaFunctionAttribute.Registers);
            LocalBytes = Get(CudaFunctionAttribute.LocalSizeBytes);
            StaticSharedBytes = Get(CudaFunctionAttribute.SharedSizeBytes);
        }
        catch
        {
            driver.ModuleUnload(module);
            throw;
        }
    }

    /// <summary>Gets the PTX.</summary>
    public PtxKernel Code { get; }

    /// <summary>Gets the kernel's name, for people.</summary>
    public string Name { get; }

    /// <summary>Gets the driver's handle of the module.</summary>
    public nint Module { get; }

    /// <summary>Gets the driver's handle of the kernel.</summary>
    public nint Handle { get; }

    /// <summary>Gets what the JIT remarked; often empty.</summary>
    public string JitLog { get; }

    /// <summary>Gets the most threads of a group, which registers may limit.</summary>
    public int MaxGroupSize { get; }

    /// <summary>Gets the registers of a thread.</summary>
    public int Registers { get; }

    /// <summary>Gets the bytes of a thread that did not fit registers.</summary>
    public int LocalBytes { get; }

    /// <summary>Gets the bytes of shared memory of a fixed size.</summary>
    public int StaticSharedBytes { get; }

    /// <summary>Gets the bytes of dynamic shared memory that a launch needs in all.</summary>
    /// <param name="asked">What the caller asked for.</param>
    public int DynamicShared(int asked)
    {
        if (Code.ExtraDynamicSharedBytes == 0)
            return asked;
        return checked((asked + PtxKernel.DynamicAlignment - 1) / PtxKernel.DynamicAlignment * PtxKernel.DynamicAlignment + Code.ExtraDynamicSharedBytes);
    }

    /// <summary>Allows launches with that much dynamic shared memory. More than 48 KiB in all must be asked for.</summary>
    /// <param name="bytes">Bytes, all of <see cref="DynamicShared"/>.</param>
    public void AllowDynamicShared(int bytes)
    {
        if (bytes + StaticSharedBytes <= SharedWithoutAsking || bytes <= Volatile.Read(ref _maxDynamicShared))
            return;
        lock (_lock)
        {
            if (bytes <= _maxDynamicShared)
                return;
            _session.Enter();
            _session.Check(
                _session.Driver.FuncSetAttribute(Handle, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, bytes),
                "cuFuncSetAttribute",
                $"for {bytes} bytes of shared memory of kernel {Name}");
            Volatile.Write(ref _maxDynamicShared, bytes);
        }
    }

    /// <summary>Gets how many groups of a size a multiprocessor holds at a time; 0 if none fits.</summary>
    public int GroupsPerMultiprocessor(int groupSize, int askedShared)
    {
        int shared = DynamicShared(askedShared);
        if (groupSize > MaxGroupSize || StaticSharedBytes + shared > _mostShared)
            return 0;
        AllowDynamicShared(shared);
        _session.Enter();
        _session.Check(
            _session.Driver.OccupancyMaxActiveBlocksPerMultiprocessor(out int groups, Handle, groupSize, shared),
            "cuOccupancyMaxActiveBlocksPerMultiprocessor",
            $"for kernel {Name}");
        return groups;
    }

    private int Get(CudaFunctionAttribute attribute)
    {
        _session.Check(_session.Driver.FuncGetAttribute(out int value, attribute, Handle), "cuFuncGetAttribute", $"for kernel {Name}");
        return value;
    }
}
