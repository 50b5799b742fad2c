using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels;

/// <summary>Device memory that a kernel needs for itself: kept between runs, replaced when a run needs more.</summary>
internal sealed class Scratch(Accelerator accelerator) : IDisposable
{
    private MemoryBuffer1D<float, Stride1D.Dense>? _buffer;

    /// <summary>A view of this many floats with whatever the last run left in them.</summary>
    public ArrayView<float> Get(long length)
    {
        if (_buffer is null || _buffer.Length < length)
        {
            accelerator.Synchronize();      // a kernel still running may use the old one
            _buffer?.Dispose();
            // Half as much again, so that a context growing token by token seldom comes back here.
            _buffer = accelerator.Allocate1D<float>(length + (length / 2));
        }

        return _buffer.View.AsContiguous().SubView(0, length);
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }
}
