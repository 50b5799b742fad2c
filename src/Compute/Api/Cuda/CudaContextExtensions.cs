namespace ILGPU.Runtime.Cuda;

/// <summary>NVIDIA devices in contexts.</summary>
public static class CudaContextExtensions
{
    /// <summary>Adds the NVIDIA devices of this machine; none if it has no driver.</summary>
    public static Context.Builder Cuda(this Context.Builder builder) => builder.Cuda(_ => true);

    /// <summary>Adds the NVIDIA devices of this machine that please; none if it has no driver.</summary>
    public static Context.Builder Cuda(this Context.Builder builder, Predicate<CudaDevice> predicate)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.SelectedDevices.AddRange(CudaDevice.GetDevices(predicate));
        return builder;
    }

    /// <summary>Gets one of the NVIDIA devices.</summary>
    public static CudaDevice GetCudaDevice(this Context context, int cudaDeviceIndex) => context.GetDevice<CudaDevice>(cudaDeviceIndex);

    /// <summary>Gets the NVIDIA devices.</summary>
    public static Context.DeviceCollection<CudaDevice> GetCudaDevices(this Context context) => context.GetDevices<CudaDevice>();

    /// <summary>Creates an accelerator of one of the NVIDIA devices.</summary>
    public static CudaAccelerator CreateCudaAccelerator(this Context context, int cudaDeviceIndex) =>
        context.GetCudaDevice(cudaDeviceIndex).CreateCudaAccelerator(context);
}
