namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>The operating-system threads of one Debug accelerator.</summary>
internal sealed class CarrierPool : IDisposable
{
    private readonly Stack<PooledCarrier> _free = new();
    private int _made;

    /// <summary>Gets the carrier of the thread that launches. Launches take turns.</summary>
    public Carrier Host { get; } = new();

    /// <summary>Gets a carrier for a group.</summary>
    public Carrier Rent(DebugGroup group)
    {
        if (!_free.TryPop(out PooledCarrier? carrier))
            carrier = new PooledCarrier(_made++);
        carrier.Group = group;
        return carrier;
    }

    /// <summary>Takes a carrier back.</summary>
    public void Return(Carrier carrier) => _free.Push((PooledCarrier)carrier);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        while (_free.TryPop(out PooledCarrier? carrier))
        {
            carrier.Group = null;
            carrier.Resume();
        }

        Host.Dispose();
    }
}
