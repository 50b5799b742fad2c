using GemmaIlgpu.Compute;

namespace ILGPU.Runtime.CPU;

/// <summary>Processor devices in contexts.</summary>
public static class CPUContextExtensions
{
    /// <summary>Adds the processor as it is.</summary>
    public static Context.Builder CPU(this Context.Builder builder) => builder.CPU(CPUDevice.Default);

    /// <summary>Adds the processor as it is.</summary>
    public static Context.Builder DefaultCPU(this Context.Builder builder) => builder.CPU(CPUDevice.Default);

    /// <summary>Adds a predefined device.</summary>
    public static Context.Builder CPU(this Context.Builder builder, CPUDeviceKind kind) => builder.CPU(CPUDevice.GetDevice(kind));

    /// <summary>Adds the predefined devices that please.</summary>
    public static Context.Builder CPU(this Context.Builder builder, Predicate<CPUDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.SelectedDevices.AddRange(CPUDevice.GetDevices(predicate));
        return builder;
    }

    /// <summary>Adds a device.</summary>
    public static Context.Builder CPU(this Context.Builder builder, CPUDevice device)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(device);
        builder.SelectedDevices.Add(device);
        return builder;
    }

    /// <summary>Gets one of the processor devices.</summary>
    public static CPUDevice GetCPUDevice(this Context context, int cpuDeviceIndex) => context.GetDevice<CPUDevice>(cpuDeviceIndex);

    /// <summary>Gets the processor devices.</summary>
    public static Context.DeviceCollection<CPUDevice> GetCPUDevices(this Context context) => context.GetDevices<CPUDevice>();

    /// <summary>Creates an accelerator of one of the processor devices.</summary>
    public static CPUAccelerator CreateCPUAccelerator(this Context context, int cpuDeviceIndex) =>
        context.GetCPUDevice(cpuDeviceIndex).CreateCPUAccelerator(context);

    /// <summary>Creates an accelerator of one of the processor devices.</summary>
    public static CPUAccelerator CreateCPUAccelerator(this Context context, int cpuDeviceIndex, CPUAcceleratorMode mode) =>
        context.GetCPUDevice(cpuDeviceIndex).CreateCPUAccelerator(context, mode);

    /// <summary>Creates an accelerator of one of the processor devices.</summary>
    public static CPUAccelerator CreateCPUAccelerator(
        this Context context,
        int cpuDeviceIndex,
        CPUAcceleratorMode mode,
        ThreadPriority threadPriority) =>
        context.GetCPUDevice(cpuDeviceIndex).CreateCPUAccelerator(context, mode, threadPriority);
}
