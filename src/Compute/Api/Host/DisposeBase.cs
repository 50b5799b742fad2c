namespace ILGPU.Util;

/// <summary>Something that holds resources until it is disposed; disposing twice is harmless.</summary>
public abstract class DisposeBase : IDisposable
{
    private int _disposed;

    /// <summary>Gets whether this has been disposed.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>Releases what this holds.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Complains in one sentence if this has been disposed.</summary>
    /// <param name="what">What this is, as the sentence begins: "A stream of CPU".</param>
    internal void ThrowIfGone(string what)
    {
        if (IsDisposed)
            throw new ObjectDisposedException(GetType().Name, $"{what} was used after it was disposed.");
    }

    /// <summary>Releases what this holds; called once.</summary>
    /// <param name="disposing">False when the garbage collector calls.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Releases what this holds when nobody did; for finalizers.</summary>
    private protected void Abandon()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Dispose(disposing: false);
    }
}
