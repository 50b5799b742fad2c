using GemmaIlgpu.Compute;

namespace ILGPU.Runtime.OpenCL;

/// <summary>OpenCL devices in contexts.</summary>
public static class CLContextExtensions
{
    /// <summary>Adds all OpenCL devices that can be used; none where there is no OpenCL.</summary>
    public static Context.Builder OpenCL(this Context.Builder builder) => builder.OpenCL(_ => true);

    /// <summary>Adds the OpenCL devices that can be used and please.</summary>
    public static Context.Builder OpenCL(this Context.Builder builder, Predicate<CLDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.SelectedDevices.AddRange(CLDevice.GetDevices(predicate));
        return builder;
    }

    /// <summary>Gets one of the OpenCL devices.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such device.</exception>
    public static CLDevice GetCLDevice(this Context context, int clDeviceIndex)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context.DeviceCollection<CLDevice> devices = context.GetCLDevices();
        return clDeviceIndex >= 0 && clDeviceIndex < devices.Count
            ? devices[clDeviceIndex]
            : throw new ArgumentOutOfRangeException(nameof(clDeviceIndex), $"OpenCL device {clDeviceIndex} of {devices.Count} was asked for; {OpenCLDevices.Explain()}.");
    }

    /// <summary>Gets the OpenCL devices.</summary>
    public static Context.DeviceCollection<CLDevice> GetCLDevices(this Context context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.GetDevices<CLDevice>();
    }

    /// <summary>Creates an accelerator of one of the OpenCL devices.</summary>
    public static CLAccelerator CreateCLAccelerator(this Context context, int clDeviceIndex) =>
        context.GetCLDevice(clDeviceIndex).CreateCLAccelerator(context);
}
