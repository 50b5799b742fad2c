using ILGPU.Runtime;

namespace GemmaIlgpu.Engine.Model;

/// <summary>Launches in a fixed order that a device can repeat without being told them one by one.</summary>
internal interface ICommandGraph : IDisposable
{
    /// <summary>Puts all of them into the stream once more.</summary>
    /// <returns>False when memory that they use is gone; nothing happened then.</returns>
    bool TryLaunch();
}

/// <summary>
/// Launches that come again and again with the same arguments: done as they come the first time, which loads kernels and
/// allocates what they need, recorded the second time, replayed from then on.
/// </summary>
/// <remarks>
/// Where a device cannot record, the first recorded action itself is done again, not the new one: so on every device an
/// argument that did change would be caught by tests as a wrong result.
/// </remarks>
internal sealed class Recording(AcceleratorStream stream) : IDisposable
{
    private bool _isWarm;
    private ICommandGraph? _graph;

    /// <summary>How often launches were replayed.</summary>
    public int Replays { get; private set; }

    /// <summary>Does the launches of an action, or replays those of an earlier one that were the same.</summary>
    /// <param name="launches">Launches in the stream and nothing else: no copies from or to the host, no waiting.</param>
    public void Run(Action launches)
    {
        if (_graph?.TryLaunch() == true)
        {
            Replays++;
            return;
        }

        if (_graph is not null)
            Forget();
        if (!_isWarm)
        {
            launches();
            _isWarm = true;
            return;
        }

        _graph = Devices.Record(stream, launches);
        if (!_graph.TryLaunch())
            throw new InvalidOperationException("Launches that were just recorded cannot be replayed.");
    }

    /// <summary>Records anew, because memory that the launches use is another now.</summary>
    public void Forget()
    {
        _graph?.Dispose();
        _graph = null;
        _isWarm = false;
    }

    public void Dispose() => Forget();
}
