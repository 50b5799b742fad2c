namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>
/// An operating-system thread that logical threads run on. Only one carrier runs at a time: whoever has
/// control passes it on by <see cref="Resume"/> and then waits, so that nothing else needs locks.
/// </summary>
internal class Carrier : IDisposable
{
    // Of the ways to wait, this one costs least when the machine is busy: it does not spin
    // (7 to 14 µs of processor time a hand-over with 2 to 32 carriers; SemaphoreSlim 7 to 32).
    private readonly AutoResetEvent _wake = new(false);

    /// <summary>Lets this carrier run. The caller must then wait or end.</summary>
    public void Resume() => _wake.Set();

    /// <summary>Waits for <see cref="Resume"/>.</summary>
    public void Wait() => _wake.WaitOne();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}

/// <summary>A carrier with a thread of its own, kept for further groups.</summary>
internal sealed class PooledCarrier : Carrier
{
    private readonly Thread _thread;

    /// <summary>Starts the thread, which waits and then drives whatever group it is resumed for, again and again.</summary>
    public PooledCarrier(int number)
    {
        // Kernels do not recurse, and a group may need a thousand of these.
        _thread = new Thread(Run, maxStackSize: 1 << 20) { IsBackground = true, Name = $"Debug carrier {number}" };
        _thread.Start();
    }

    /// <summary>Gets or sets the group to drive; null ends the thread.</summary>
    public DebugGroup? Group { get; set; }

    private void Run()
    {
        while (true)
        {
            Wait();
            if (Group is not DebugGroup group)
                break;
            group.Drive(this);
        }

        Dispose();
    }
}
