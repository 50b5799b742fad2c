namespace GemmaIlgpu.Engine.Planning;

/// <summary>Plans for the devices of this machine, which are opened and closed for it.</summary>
public static class DevicePlans
{
    /// <summary>How a model would be divided if it were loaded with these options.</summary>
    /// <param name="devices">As <see cref="Configuration.EngineOptions.Device"/>.</param>
    /// <param name="gpuLayers">As <see cref="Configuration.EngineOptions.GpuLayers"/>.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How it is used.</param>
    /// <exception cref="InputException">A device cannot be used, or the layers asked for do not fit.</exception>
    public static LayerSplit Divide(string devices, int? gpuLayers, ModelOutline model, PlanOptions options)
    {
        using DeviceSet set = DeviceSet.Open(DeviceRequest.Of(devices), name => Devices.Open(name, threads: 0), model, options, gpuLayers);
        return set.Split;
    }

    /// <summary>What a device has free now.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    public static DeviceCapacity CapacityOf(string name)
    {
        using OpenDevice device = Devices.Open(name, threads: 0);
        return new DeviceCapacity(device.Info, device.FreeBytes, device.Accelerator.WarpSize);
    }

    /// <summary>Bytes that a device lacks to hold a whole model; 0 when it holds it.</summary>
    public static long Lacking(DeviceCapacity device, ModelOutline model, PlanOptions options)
    {
        DeviceShare whole = new ShareCosts(model, options).Share(device, 0, model.Config.Layers, tables: true);
        return Math.Max(0, whole.TotalBytes + SplitSearch.Reserve - device.FreeBytes);
    }
}
