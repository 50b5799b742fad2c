using ILGPU.Util;

namespace ILGPU.Runtime;

/// <summary>Something that belongs to an accelerator and goes with it.</summary>
public abstract class AcceleratorObject : DisposeBase
{
    private protected AcceleratorObject(Accelerator accelerator, bool register = true)
    {
        Accelerator = accelerator;
        if (register)
            accelerator.Register(this);
    }

    /// <summary>Gets the accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Gets the kind of the accelerator.</summary>
    public AcceleratorType AcceleratorType => Accelerator.AcceleratorType;

    internal LinkedListNode<WeakReference<AcceleratorObject>>? Registration { get; set; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Accelerator?.Unregister(this);  // none if a constructor failed before it was set: the garbage collector comes here too
        base.Dispose(disposing);
    }
}
