namespace ILGPU.Runtime.Cuda;

public sealed partial class CudaAccelerator
{
    /// <summary>Gets the number of the device, as the driver counts them.</summary>
    public int DeviceId => _device.DeviceId;

    /// <summary>Gets the compute capability.</summary>
    public CudaArchitecture Architecture => _device.Architecture!.Value;

    /// <summary>Gets the PTX that kernels are compiled to.</summary>
    public CudaInstructionSet InstructionSet => _device.InstructionSet!.Value;

    /// <summary>Gets the CUDA version of the driver.</summary>
    public CudaDriverVersion DriverVersion => _device.DriverVersion;

    /// <summary>Gets the clock of the multiprocessors in kHz; 0 if the driver does not tell.</summary>
    public int ClockRate => _device.ClockRate;

    /// <summary>Gets the clock of the memory in kHz; 0 if the driver does not tell.</summary>
    public int MemoryClockRate => _device.MemoryClockRate;

    /// <summary>Gets the width of the path to memory in bits.</summary>
    public int MemoryBusWidth => _device.MemoryBusWidth;

    /// <summary>Gets the size of the second-level cache in bytes.</summary>
    public int L2CacheSize => _device.L2CacheSize;

    /// <summary>Gets the shared memory of a multiprocessor in bytes.</summary>
    public int MaxSharedMemoryPerMultiprocessor => _device.MaxSharedMemoryPerMultiprocessor;

    /// <summary>Gets the registers of a multiprocessor.</summary>
    public int TotalNumRegistersPerMultiprocessor => _device.TotalNumRegistersPerMultiprocessor;

    /// <summary>Gets the most registers of a group.</summary>
    public int TotalNumRegistersPerGroup => _device.TotalNumRegistersPerGroup;

    /// <summary>Gets the longest pitch of copies in bytes.</summary>
    public long MaxMemoryPitch => _device.MaxMemoryPitch;

    /// <summary>Gets the number of copies that go on at a time.</summary>
    public int NumConcurrentCopyEngines => _device.NumConcurrentCopyEngines;

    /// <summary>Gets whether memory corrects errors.</summary>
    public bool HasECCSupport => _device.HasECCSupport;

    /// <summary>Gets whether managed memory is there.</summary>
    public bool SupportsManagedMemory => _device.SupportsManagedMemory;

    /// <summary>Gets whether kernels can be interrupted.</summary>
    public bool SupportsComputePreemption => _device.SupportsComputePreemption;

    /// <summary>Gets the PCI domain.</summary>
    public int PCIDomainId => _device.PCIDomainId;

    /// <summary>Gets the PCI bus.</summary>
    public int PCIBusId => _device.PCIBusId;

    /// <summary>Gets the PCI device.</summary>
    public int PCIDeviceId => _device.PCIDeviceId;

    /// <summary>Gets the PCI address as nvidia-smi writes it.</summary>
    public string NVMLPCIBusId => _device.NVMLPCIBusId;
}
