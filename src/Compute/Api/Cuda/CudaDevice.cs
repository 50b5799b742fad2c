using System.Collections.Immutable;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>An NVIDIA device.</summary>
public sealed class CudaDevice : Device
{
    private const int GridDimensionX = int.MaxValue;

    internal CudaDevice(CudaSystem system, int ordinal)
    {
        System = system;
        DeviceId = ordinal;
        CudaDriver driver = system.Driver!;
        Check(driver.DeviceGet(out int handle, ordinal), "cuDeviceGet");
        Handle = handle;
        Check(driver.DeviceGetName(out string name, handle), "cuDeviceGetName");
        Check(driver.DeviceTotalMem(out long memory, handle), "cuDeviceTotalMem_v2");
        AcceleratorType = AcceleratorType.Cuda;
        Name = name;
        MemorySize = memory;
        WarpSize = Get(CudaDeviceAttribute.WarpSize);
        MaxNumThreadsPerGroup = Get(CudaDeviceAttribute.MaxThreadsPerBlock);
        MaxNumThreadsPerMultiprocessor = Get(CudaDeviceAttribute.MaxThreadsPerMultiprocessor);
        NumMultiprocessors = Get(CudaDeviceAttribute.MultiprocessorCount);
        MaxGroupSize = new Index3D(Get(CudaDeviceAttribute.MaxBlockDimX), Get(CudaDeviceAttribute.MaxBlockDimY), Get(CudaDeviceAttribute.MaxBlockDimZ));
        MaxGridSize = new Index3D(Math.Min(Get(CudaDeviceAttribute.MaxGridDimX), GridDimensionX), Get(CudaDeviceAttribute.MaxGridDimY), Get(CudaDeviceAttribute.MaxGridDimZ));
        MaxSharedMemoryPerGroup = Math.Max(Get(CudaDeviceAttribute.MaxSharedMemoryPerBlock), Get(CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin));
        MaxConstantMemory = Get(CudaDeviceAttribute.TotalConstantMemory);
        Architecture = new CudaArchitecture(Get(CudaDeviceAttribute.ComputeCapabilityMajor), Get(CudaDeviceAttribute.ComputeCapabilityMinor));
        if (Architecture >= CudaArchitecture.SM_70)
        {
            Target = PtxTarget.ForDevice(Architecture.Value.Major, Architecture.Value.Minor, system.Version);
            InstructionSet = new CudaInstructionSet(Target.Isa / 10, Target.Isa % 10);
        }
    }

    /// <summary>Gets the number of the device, as the driver counts them.</summary>
    public int DeviceId { get; }

    /// <summary>Gets the compute capability.</summary>
    public CudaArchitecture? Architecture { get; }

    /// <summary>Gets the PTX that kernels are compiled to; null for devices that are too old.</summary>
    public CudaInstructionSet? InstructionSet { get; }

    /// <summary>Gets the CUDA version of the driver.</summary>
    public CudaDriverVersion DriverVersion => CudaDriverVersion.FromValue(System.Version);

    /// <summary>Gets the clock of the multiprocessors in kHz; 0 if the driver does not tell.</summary>
    public int ClockRate => Get(CudaDeviceAttribute.ClockRate);

    /// <summary>Gets the clock of the memory in kHz; 0 if the driver does not tell.</summary>
    public int MemoryClockRate => Get(CudaDeviceAttribute.MemoryClockRate);

    /// <summary>Gets the width of the path to memory in bits.</summary>
    public int MemoryBusWidth => Get(CudaDeviceAttribute.GlobalMemoryBusWidth);

    /// <summary>Gets the size of the second-level cache in bytes.</summary>
    public int L2CacheSize => Get(CudaDeviceAttribute.L2CacheSize);

    /// <summary>Gets the shared memory of a multiprocessor in bytes.</summary>
    public int MaxSharedMemoryPerMultiprocessor => Get(CudaDeviceAttribute.MaxSharedMemoryPerMultiprocessor);

    /// <summary>Gets the registers of a multiprocessor.</summary>
    public int TotalNumRegistersPerMultiprocessor => Get(CudaDeviceAttribute.MaxRegistersPerMultiprocessor);

    /// <summary>Gets the most registers of a group.</summary>
    public int TotalNumRegistersPerGroup => Get(CudaDeviceAttribute.MaxRegistersPerBlock);

    /// <summary>Gets the longest pitch of copies in bytes.</summary>
    public long MaxMemoryPitch => Get(CudaDeviceAttribute.MaxPitch);

    /// <summary>Gets the number of copies that go on at a time.</summary>
    public int NumConcurrentCopyEngines => Get(CudaDeviceAttribute.AsyncEngineCount);

    /// <summary>Gets whether memory corrects errors.</summary>
    public bool HasECCSupport => Get(CudaDeviceAttribute.EccEnabled) != 0;

    /// <summary>Gets whether managed memory is there.</summary>
    public bool SupportsManagedMemory => Get(CudaDeviceAttribute.ManagedMemory) != 0;

    /// <summary>Gets whether kernels can be interrupted.</summary>
    public bool SupportsComputePreemption => Get(CudaDeviceAttribute.ComputePreemptionSupported) != 0;

    /// <summary>Gets the PCI domain.</summary>
    public int PCIDomainId => Get(CudaDeviceAttribute.PciDomainId);

    /// <summary>Gets the PCI bus.</summary>
    public int PCIBusId => Get(CudaDeviceAttribute.PciBusId);

    /// <summary>Gets the PCI device.</summary>
    public int PCIDeviceId => Get(CudaDeviceAttribute.PciDeviceId);

    /// <summary>Gets the PCI address as nvidia-smi writes it.</summary>
    public string NVMLPCIBusId => $"{PCIDomainId:X8}:{PCIBusId:X2}:{PCIDeviceId:X2}.0";

    internal CudaSystem System { get; }

    internal int Handle { get; }

    internal PtxTarget? Target { get; }

    /// <summary>Gets the devices of this machine that please; none if it has no driver.</summary>
    public static ImmutableArray<Device> GetDevices(Predicate<CudaDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return [.. CudaSystem.Default.Devices().Where(device => predicate(device))];
    }

    /// <inheritdoc/>
    public override Accelerator CreateAccelerator(Context context) => CreateCudaAccelerator(context);

    /// <summary>Creates an accelerator.</summary>
    /// <exception cref="NotSupportedException">The device is too old.</exception>
    public CudaAccelerator CreateCudaAccelerator(Context context) =>
        Target is not null
            ? new(context, this)
            : throw new NotSupportedException($"{Name} has compute capability {Architecture?.Major}.{Architecture?.Minor}; kernels need 7.0 (Volta) or newer.");

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CudaDevice other && System == other.System && DeviceId == other.DeviceId;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(System, DeviceId);

    // Attributes come and go between versions of the driver: one that it does not know is 0.
    private int Get(CudaDeviceAttribute attribute) =>
        System.Driver!.DeviceGetAttribute(out int value, attribute, Handle) == CudaResult.Success ? value : 0;

    private void Check(CudaResult result, string call)
    {
        if (result != CudaResult.Success)
            throw new CudaException($"{call} failed with {CudaErrors.Describe(System.Driver!, result)} for device {DeviceId}.", result, System.Driver!.GetErrorName(result));
    }
}
