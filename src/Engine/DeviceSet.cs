using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Planning;

namespace GemmaIlgpu.Engine;

/// <summary>The open devices of a model, and how its layers are divided over them.</summary>
internal sealed class DeviceSet : IDisposable
{
    private readonly Func<string, OpenDevice> _open;
    private readonly List<OpenDevice> _devices = [];

    private DeviceSet(Func<string, OpenDevice> open, IReadOnlyList<DeviceInfo> passedOver)
    {
        _open = open;
        PassedOver = passedOver;
    }

    /// <summary>The devices that have a share, in its order.</summary>
    public IReadOnlyList<OpenDevice> Devices { get; private set; } = [];

    /// <summary>What runs where.</summary>
    public LayerSplit Split { get; private set; } = null!;

    /// <summary>Better devices that are here but cannot be used, when the choice was not the user's.</summary>
    public IReadOnlyList<DeviceInfo> PassedOver { get; }

    /// <summary>Opens what a request names, as much of it as the model needs, and a processor for layers that are left over.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="open">Opens a device by its name.</param>
    /// <param name="model">What is to be divided.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="gpuLayers">See <see cref="EngineOptions.GpuLayers"/>.</param>
    /// <exception cref="InputException">A device cannot be opened, or the layers asked for do not fit.</exception>
    public static DeviceSet Open(DeviceRequest request, Func<string, OpenDevice> open, ModelOutline model, PlanOptions options, int? gpuLayers)
    {
        var set = new DeviceSet(open, request.PassedOver);
        try
        {
            set.Fill(request, model, options, gpuLayers);
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    private void Fill(DeviceRequest request, ModelOutline model, PlanOptions options, int? gpuLayers)
    {
        DeviceCapacity[] capacities = [];
        LayerSplit? split = null;
        for (int i = 0; i < request.Names.Count && split is null; i++)
        {
            capacities = Add(request.Names[i]);
            bool isLast = i == request.Names.Count - 1;
            // A number of layers divides only when all devices are there, and the processor for the others.
            if (gpuLayers is null && (isLast || request.AsNeeded))
                split = SplitSearch.Divide(model, options, capacities, gpuLayers: null);
        }

        if (split is null && !capacities[^1].Device.IsHost)
            capacities = Add(GemmaIlgpu.Engine.Devices.ProcessorNames[0]);
        split ??= SplitSearch.Divide(model, options, capacities, gpuLayers);
        Split = split ?? throw new InvalidOperationException("A processor takes every layer, and yet some are left over.");
        Devices = [.. Split.Shares.Select(share => _devices[Array.FindIndex(capacities, capacity => ReferenceEquals(capacity, share.Capacity))])];
        foreach (OpenDevice unused in _devices.Except(Devices))
            unused.Dispose();
    }

    // Two names may stand for the same device: they share its memory.
    private DeviceCapacity[] Add(string name)
    {
        _devices.Add(_open(name));
        return [.. _devices.Select(device => new DeviceCapacity(
            device.Info, device.FreeBytes / _devices.Count(other => other.Info.Name == device.Info.Name), device.Accelerator.WarpSize))];
    }

    public void Dispose()
    {
        foreach (OpenDevice device in _devices)
            device.Dispose();
    }
}
