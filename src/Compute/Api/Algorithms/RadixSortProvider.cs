using ILGPU.Algorithms.RadixSortOperations;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Room for sorts.</summary>
public sealed class RadixSortProvider : AcceleratorObject
{
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _temp;

    internal RadixSortProvider(Accelerator accelerator, Index1D tempLength)
        : base(accelerator) => _temp = accelerator.Allocate1D<int>(tempLength.X);

    /// <summary>Loads what sorts keys in this room.</summary>
    public BufferedRadixSort<T, TStride> CreateRadixSort<T, TStride, TRadixSortOperation>()
        where T : unmanaged
        where TStride : struct, IStride1D
        where TRadixSortOperation : struct, IRadixSortOperation<T>
    {
        RadixSort<T, TStride> sort = Accelerator.CreateRadixSort<T, TStride, TRadixSortOperation>();
        return (stream, view) => sort(stream, view, _temp.View);
    }

    /// <summary>Loads what sorts keys and values in this room.</summary>
    public BufferedRadixSortPairs<TKey, TKeyStride, TValue, TValueStride> CreateRadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TRadixSortOperation>()
        where TKey : unmanaged
        where TKeyStride : struct, IStride1D
        where TValue : unmanaged
        where TValueStride : struct, IStride1D
        where TRadixSortOperation : struct, IRadixSortOperation<TKey>
    {
        RadixSortPairs<TKey, TKeyStride, TValue, TValueStride> sort = Accelerator.CreateRadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TRadixSortOperation>();
        return (stream, keys, values) => sort(stream, keys, values, _temp.View);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _temp.Dispose();
        base.Dispose(disposing);
    }
}
