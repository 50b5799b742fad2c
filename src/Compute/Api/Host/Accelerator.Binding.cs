namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    [ThreadStatic]
    private static Accelerator? s_current;

    /// <summary>Gets the accelerator that was bound to this thread last; null if none was. Nothing of ours needs one.</summary>
    public static Accelerator? Current => s_current;

    /// <summary>Gets the kind of the accelerator that was bound to this thread last.</summary>
    public static AcceleratorType CurrentType =>
        s_current?.AcceleratorType ?? throw new InvalidOperationException("No accelerator is bound to this thread; call Bind first.");

    /// <summary>Makes this the accelerator of the thread.</summary>
    public void Bind()
    {
        ThrowIfDisposed();
        s_current = this;
    }

    /// <summary>Makes this the accelerator of the thread, until what is returned is disposed.</summary>
    public ScopedAcceleratorBinding BindScoped()
    {
        var scope = new ScopedAcceleratorBinding(s_current);
        Bind();
        return scope;
    }

    /// <summary>Whether kernels of this accelerator can use memory of another.</summary>
    public bool CanAccessPeer(Accelerator otherAccelerator)
    {
        ArgumentNullException.ThrowIfNull(otherAccelerator);
        return ReferenceEquals(this, otherAccelerator) || CanReach(otherAccelerator);
    }

    /// <summary>Whether kernels of this accelerator may use memory of another; they may wherever they can.</summary>
    public bool HasPeerAccess(Accelerator otherAccelerator) => CanAccessPeer(otherAccelerator);

    /// <summary>Lets kernels of this accelerator use memory of another, if they can.</summary>
    public bool EnablePeerAccess(Accelerator otherAccelerator) => CanAccessPeer(otherAccelerator);

    /// <summary>Lets kernels of two accelerators use memory of each other, if they can.</summary>
    public bool EnableBidirectionalPeerAccess(Accelerator otherAccelerator) => CanAccessPeer(otherAccelerator) && otherAccelerator.CanAccessPeer(this);

    /// <summary>Stops nothing: memory that can be used may be used.</summary>
    /// <returns>Whether kernels can no longer use memory of the other accelerator.</returns>
    public bool DisablePeerAccess(Accelerator otherAccelerator) => !CanAccessPeer(otherAccelerator);

    internal static void Rebind(Accelerator? accelerator) => s_current = accelerator;

    // Processors share their memory.
    private protected virtual bool CanReach(Accelerator other) => AcceleratorType == AcceleratorType.CPU && other.AcceleratorType == AcceleratorType.CPU;
}

/// <summary>An accelerator that is bound to a thread for a while.</summary>
public readonly struct ScopedAcceleratorBinding : IDisposable, IEquatable<ScopedAcceleratorBinding>
{
    internal ScopedAcceleratorBinding(Accelerator? old) => OldAccelerator = old;

    /// <summary>Gets the accelerator that was bound before.</summary>
    public Accelerator? OldAccelerator { get; }

    /// <summary>Gets whether there was one.</summary>
    public bool IsRecoverable => OldAccelerator is not null;

    /// <summary>Whether two scopes go back to the same accelerator.</summary>
    public static bool operator ==(ScopedAcceleratorBinding first, ScopedAcceleratorBinding second) => first.Equals(second);

    /// <summary>Whether two scopes go back to different accelerators.</summary>
    public static bool operator !=(ScopedAcceleratorBinding first, ScopedAcceleratorBinding second) => !first.Equals(second);

    /// <summary>Binds the accelerator of before.</summary>
    public void Recover() => Accelerator.Rebind(OldAccelerator);

    /// <inheritdoc/>
    public void Dispose() => Recover();

    /// <inheritdoc/>
    public bool Equals(ScopedAcceleratorBinding other) => ReferenceEquals(OldAccelerator, other.OldAccelerator);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ScopedAcceleratorBinding other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => OldAccelerator?.GetHashCode() ?? 0;
}
