using System.Globalization;

namespace GemmaIlgpu.Compute;

/// <summary>What an accelerator's allocator holds and did.</summary>
/// <param name="UsedBytes">Bytes of buffers in use.</param>
/// <param name="WaitingBytes">Bytes that were freed and wait for the next buffer.</param>
/// <param name="PeakBytes">The most bytes that were in use at a time.</param>
/// <param name="Allocations">Buffers allocated so far.</param>
/// <param name="DriverAllocations">For how many of them the driver was asked.</param>
/// <param name="Trims">How often all that waited was given back to the driver.</param>
public readonly record struct CudaMemoryStatistics(
    long UsedBytes,
    long WaitingBytes,
    long PeakBytes,
    long Allocations,
    long DriverAllocations,
    long Trims)
{
    /// <summary>Gets the bytes that the driver counts as taken.</summary>
    public long ReservedBytes => UsedBytes + WaitingBytes;

    internal static string Text(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):F2} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):F1} MiB"),
        >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):F1} KiB"),
        _ => $"{bytes} bytes",
    };
}
