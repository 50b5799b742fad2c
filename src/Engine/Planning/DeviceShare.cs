using System.Globalization;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>A device as planning sees it.</summary>
/// <param name="Device">What it is.</param>
/// <param name="FreeBytes">Bytes that can be had on it.</param>
/// <param name="WarpSize">Threads of a warp, on which the size of kernels' own memory depends.</param>
public sealed record DeviceCapacity(DeviceInfo Device, long FreeBytes, int WarpSize);

/// <summary>What of a model one device holds and computes.</summary>
public sealed record DeviceShare
{
    /// <summary>Where.</summary>
    public required DeviceCapacity Capacity { get; init; }

    /// <summary>The first of its layers.</summary>
    public required int FirstLayer { get; init; }

    /// <summary>Layers one after the other; 0 when it only holds the tables.</summary>
    public required int Layers { get; init; }

    /// <summary>Whether it holds the embedding and makes the logits.</summary>
    public required bool HasTables { get; init; }

    /// <summary>Bytes of its weights.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Keys and values of its layers.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Working memory of one chunk of tokens, what kernels keep for themselves, and the logits.</summary>
    public required long WorkBytes { get; init; }

    /// <summary>Everything together.</summary>
    public long TotalBytes => WeightBytes + CacheBytes + WorkBytes;

    /// <summary>What the device is called.</summary>
    public string Name => Capacity.Device.Name;
}

/// <summary>How a model is divided over devices: whole layers, one after the other, and the tables on one of them.</summary>
/// <param name="Shares">Devices that do something, in the order of their layers.</param>
/// <param name="LayerCount">Layers of the model.</param>
public sealed record LayerSplit(IReadOnlyList<DeviceShare> Shares, int LayerCount)
{
    /// <summary>The share with the embedding and the logits.</summary>
    public DeviceShare Tables => Shares.Single(share => share.HasTables);

    /// <summary>"layers 0-17 on cuda:0 (NVIDIA H200, 9.1 GB), 18-25 on simd (CPU, 8 threads, 3.0 GB), logits on cuda:0".</summary>
    public override string ToString()
    {
        if (Shares is [var only])
            return string.Create(CultureInfo.InvariantCulture, $"all {LayerCount} layers and logits on {Describe(only)}");
        IEnumerable<string> layers = Shares.Where(share => share.Layers > 0)
            .Select((share, index) => $"{(index > 0 ? "" : "layers ")}{Range(share)} on {Describe(share)}");
        string tables = Tables.Layers > 0 ? Tables.Name : Describe(Tables);
        return $"{string.Join(", ", layers)}, logits on {tables}";
    }

    private static string Range(DeviceShare share) =>
        share.Layers == 1 ? $"{share.FirstLayer}" : $"{share.FirstLayer}-{share.FirstLayer + share.Layers - 1}";

    private static string Describe(DeviceShare share) => string.Create(
        CultureInfo.InvariantCulture, $"{share.Name} ({share.Capacity.Device.Description}, {Size(share.TotalBytes)})");

    // Two digits are what a plan is good for.
    private static string Size(long bytes) => bytes < 100_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
