using System.Globalization;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>Divides the layers of a model over devices.</summary>
/// <remarks>
/// <para>Devices with memory of their own come first and get as many layers as they hold, several of them in proportion to
/// what they have free, so that each has as much room left for longer texts. The processor after them takes the rest.
/// Processors alone share evenly: their memory is the same.</para>
/// <para>The tables (embedding, final norm, output) are one more item. A token reads the output table once, like the
/// layers, so byte for byte they are worth as much on a fast device; as tokens are chosen beside them, they go there first,
/// to the device that leaves room for most layers, and to the processor only if they do not fit beside a layer.</para>
/// </remarks>
public static class SplitSearch
{
    /// <summary>
    /// Left free on a device with memory of its own, for compiled kernels and for what rounding up of buffers takes: an
    /// allowance, not a measurement.
    /// </summary>
    public const long Reserve = 256L << 20;

    private const long NoLimit = 1L << 50;

    /// <summary>The split, or null when layers are left over that no device holds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="devices">Those with memory of their own first. A processor behind such devices takes the rest.</param>
    /// <param name="gpuLayers">Layers that the devices before the last processor take; null chooses.</param>
    /// <exception cref="InputException">That many layers do not fit, or there is nothing to divide between.</exception>
    public static LayerSplit? Divide(ModelOutline model, PlanOptions options, IReadOnlyList<DeviceCapacity> devices, int? gpuLayers)
    {
        var costs = new ShareCosts(model, options);
        if (gpuLayers > 0 && devices is [{ Device.IsHost: true } only])
            throw new InputException($"--gpu-layers {gpuLayers} divides layers between devices, but {only.Device.Name} is the only one; name others with --device ('gemma devices' lists them).");
        if (devices is [{ Device.IsHost: true }])
            gpuLayers = null;
        bool hasRest = devices.Count > 1 && devices[^1].Device.IsHost && (gpuLayers is not null || !devices[0].Device.IsHost);
        DeviceCapacity[] front = [.. hasRest ? devices.SkipLast(1) : devices];
        DeviceCapacity? rest = hasRest ? devices[^1] : null;
        int layers = model.Config.Layers, wanted = Math.Min(gpuLayers ?? layers, layers);

        (int[] Counts, int Tables)? best = null;
        if (wanted > 0)
        {
            for (int tables = 0; tables <= front.Length; tables++)
            {
                bool behind = tables == front.Length;
                if (behind && (rest is null || gpuLayers is null && best?.Counts.Sum() > 0 || best?.Counts.Sum() == wanted))
                    break;
                if (Fill(costs, front, tables, wanted) is { } counts && (best is null || counts.Sum() > best.Value.Counts.Sum()))
                    best = (counts, tables);
            }
        }

        int placed = best?.Counts.Sum() ?? 0;
        if (gpuLayers is not null && placed < wanted)
            throw TooMany(wanted, placed, front, rest);
        if (rest is null && placed < layers)
            return null;
        int[] all = [.. best?.Counts ?? new int[front.Length], .. rest is null ? Array.Empty<int>() : [layers - placed]];
        return Split(costs, devices, all, placed == 0 ? devices.Count - 1 : best!.Value.Tables);
    }

    /// <summary>Layers for each device in front when one of them (or none: its index is beyond) holds the tables; null when the tables do not fit.</summary>
    private static int[]? Fill(ShareCosts costs, DeviceCapacity[] front, int tables, int wanted)
    {
        long[] room = [.. front.Select((device, index) => Room(costs, device, index == tables))];
        return tables < front.Length && room[tables] < 0 ? null : InProportion(costs, room, wanted);
    }

    // Memory of the machine is not a limit here: what is mapped from a file may exceed it. The engine checks the rest.
    private static long Room(ShareCosts costs, DeviceCapacity device, bool tables)
    {
        long work = costs.Work(device, tables) + (tables ? costs.TableBytes : 0);
        return (device.Device.IsHost ? NoLimit : device.FreeBytes - Reserve) - work;
    }

    private static int[] InProportion(ShareCosts costs, long[] room, int wanted)
    {
        decimal total = costs.LayerBytes(0, wanted), allRoom = room.Sum(bytes => (decimal)Math.Max(0, bytes));
        if (allRoom < total)
            return Greedily(costs, room, wanted);
        var counts = new int[room.Length];
        int layer = 0;
        decimal target = 0;
        for (int device = 0; device < room.Length; device++)
        {
            target += Math.Max(0, room[device]) / allRoom * total;
            int first = layer;
            // A layer belongs to the device in whose part its middle lies.
            while (layer < wanted && costs.LayerBytes(0, layer) + costs.LayerBytes(layer, 1) / 2m <= target && costs.LayerBytes(first, layer + 1 - first) <= room[device])
                layer++;
            counts[device] = layer - first;
        }

        return layer == wanted ? counts : Greedily(costs, room, wanted);
    }

    private static int[] Greedily(ShareCosts costs, long[] room, int wanted)
    {
        var counts = new int[room.Length];
        int layer = 0;
        for (int device = 0; device < room.Length; device++)
        {
            int first = layer;
            while (layer < wanted && costs.LayerBytes(first, layer + 1 - first) <= room[device])
                layer++;
            counts[device] = layer - first;
        }

        return counts;
    }

    private static LayerSplit Split(ShareCosts costs, IReadOnlyList<DeviceCapacity> devices, int[] counts, int tables)
    {
        var shares = new List<DeviceShare>();
        int first = 0;
        for (int device = 0; device < devices.Count; device++)
        {
            if (counts[device] == 0 && device != tables)
                continue;
            shares.Add(costs.Share(devices[device], first, counts[device], device == tables));
            first += counts[device];
        }

        return new LayerSplit(shares, first);
    }

    private static InputException TooMany(int wanted, int placed, DeviceCapacity[] front, DeviceCapacity? rest)
    {
        string free = string.Join(", ", front.Select(device => string.Create(CultureInfo.InvariantCulture, $"{device.Device.Name} has {device.FreeBytes / 1e9:0.0} GB free")));
        string way = rest is null ? "Name a processor after them for the others (--device …,simd)" : $"Left out, --gpu-layers is chosen, and {rest.Device.Name} takes the rest";
        return new InputException($"--gpu-layers {wanted} is too many: {free}, which is room for {placed}. {way}; 'gemma plan' shows more.");
    }
}
