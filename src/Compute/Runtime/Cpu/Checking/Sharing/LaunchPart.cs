namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What somebody who runs some of the groups of launches has for himself, from launch to launch.</summary>
/// <param name="number">From 1 on; 0 is whoever runs all groups.</param>
internal sealed class LaunchPart(int number) : IDisposable
{
    public int Number { get; } = number;

    /// <summary>Gets the order of what happens in the groups of the part.</summary>
    public RaceClock Clock { get; } = new();

    /// <summary>Gets the shared memory, registers and local memory.</summary>
    public WorkerScratch Scratch { get; } = new();

    /// <summary>Gets what is known of the shared memory.</summary>
    public SharedRegions SharedRegions { get; } = new();

    /// <summary>Gets what the blocks held that the part was the first to write.</summary>
    public BlockCopies Copies { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        Scratch.Dispose();
        SharedRegions.Dispose();
        Copies.Dispose();
    }
}
