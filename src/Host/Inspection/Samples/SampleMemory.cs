using System.Runtime.InteropServices;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>What a sample needs on a device: buffers with the same numbers every time, freed together.</summary>
internal sealed class SampleMemory(Accelerator accelerator) : IDisposable
{
    private const int WarpsPerGroup = 4;
    private const int TargetWarps = 16;

    private readonly Stack<IDisposable> _owned = [];
    private readonly Random _random = new(2);

    public Accelerator Accelerator => accelerator;

    public AcceleratorStream Stream => accelerator.DefaultStream;

    /// <summary>Groups of several warps, as on a GPU, and few enough groups to look at.</summary>
    public Tuning Tuning { get; } = new(accelerator.WarpSize, WarpsPerGroup * accelerator.WarpSize, TargetWarps);

    /// <summary>Frees something with the buffers.</summary>
    public T Keep<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    /// <summary>A buffer with these values.</summary>
    public ArrayView<T> Of<T>(params T[] values)
        where T : unmanaged => Keep(accelerator.Allocate1D(values)).View.AsContiguous();

    /// <summary>A buffer nobody has written.</summary>
    public ArrayView<T> Room<T>(long length)
        where T : unmanaged => Keep(accelerator.Allocate1D<T>(length)).View.AsContiguous();

    /// <summary>Values spread evenly over −1 to 1.</summary>
    public ArrayView<float> Floats(int length) => Of(Numbers(length));

    /// <summary>Weights [rows, columns] between −1 and 1.</summary>
    public WeightMatrix Weights(WeightType type, int rows, int columns)
    {
        float[] values = Numbers(rows * columns);
        byte[] bytes = type switch
        {
            WeightType.Float32 => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
            WeightType.Float16 => MemoryMarshal.AsBytes(values.Select(value => (System.Half)value).ToArray().AsSpan()).ToArray(),
            _ => MemoryMarshal.AsBytes(values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)).ToArray().AsSpan()).ToArray(),
        };
        return new WeightMatrix(Of(bytes), type, rows, columns);
    }

    /// <summary>Quantised weights [rows, columns].</summary>
    public QuantisedMatrix Blocks(BlockType type, int rows, int columns) => new(Of(BlockBytes(type, rows, columns)), type, rows, columns);

    /// <summary>The bytes of quantised weights. Any halfword is a binary16 number below 2, wherever a type has its scales.</summary>
    public byte[] BlockBytes(BlockType type, int rows, int columns)
    {
        byte[] bytes = new byte[rows * (columns / type.BlockLength()) * type.BlockBytes()];
        _random.NextBytes(bytes);
        for (int upper = 1; upper < bytes.Length; upper += 2)
            bytes[upper] &= 0xBF;
        return bytes;
    }

    /// <summary>Keys or values of a layer whose slots are all filled.</summary>
    public CacheTensor Cache(CacheType type, int kvHeads, int capacity, int headDim)
    {
        int rows = kvHeads * capacity;
        if (type == CacheType.Int8)
        {
            byte[] levels = new byte[rows * headDim];
            _random.NextBytes(levels);
            return new CacheTensor(type, Of(levels), Of([.. Enumerable.Repeat(1f / 127f, rows)]), kvHeads, capacity, headDim);
        }

        WeightType stored = type switch { CacheType.Float32 => WeightType.Float32, CacheType.Float16 => WeightType.Float16, _ => WeightType.BFloat16 };
        return new CacheTensor(type, Weights(stored, rows, headDim).Data, ArrayView<float>.Empty, kvHeads, capacity, headDim);
    }

    /// <summary>Waits for the kernels, then frees everything.</summary>
    public void Dispose()
    {
        try
        {
            accelerator.Synchronize();
        }
        finally
        {
            while (_owned.TryPop(out IDisposable? owned))
                owned.Dispose();
        }
    }

    private float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => (_random.NextSingle() * 2f) - 1f)];
}
