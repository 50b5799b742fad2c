using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Lessons;

/// <summary>What a rung needs of a device: memory that is given back at the end, and a place for the result.</summary>
public sealed class Workbench(Accelerator accelerator) : IDisposable
{
    private readonly List<IDisposable> _buffers = [];
    private ArrayView<float> _result;
    private float[]? _hostResult;

    /// <summary>Gets the device.</summary>
    public Accelerator Accelerator => accelerator;

    /// <summary>Copies an array to the device.</summary>
    public ArrayView<T> Copy<T>(T[] values)
        where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> buffer = accelerator.Allocate1D(values);
        _buffers.Add(buffer);
        return buffer.View.BaseView;
    }

    /// <summary>Allocates memory between two kernels.</summary>
    public ArrayView<T> Scratch<T>(int length)
        where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> buffer = accelerator.Allocate1D<T>(length);
        _buffers.Add(buffer);
        return buffer.View.BaseView;
    }

    /// <summary>Allocates the result, full of NaN, so that an element nobody writes is found.</summary>
    public ArrayView<float> Result(int length)
    {
        float[] unwritten = new float[length];
        Array.Fill(unwritten, float.NaN);
        return _result = Copy(unwritten);
    }

    /// <summary>The same for a rung that runs in plain C#.</summary>
    public float[] HostResult(int length)
    {
        _hostResult = new float[length];
        Array.Fill(_hostResult, float.NaN);
        return _hostResult;
    }

    /// <summary>Waits for the device and reads the result.</summary>
    public float[] ReadResult()
    {
        if (_hostResult is not null)
            return _hostResult;
        accelerator.Synchronize();
        float[] result = new float[_result.Length];
        _result.CopyToCPU(result);
        return result;
    }

    /// <summary>Groups of a size that hold at least so many threads.</summary>
    public static int Groups(long threads, int groupSize) => checked((int)((threads + groupSize - 1) / groupSize));

    /// <summary>Groups of a size that hold at least so many warps of this device.</summary>
    public int GroupsOfWarps(long warps, int groupSize) => Groups(warps * accelerator.WarpSize, groupSize);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _buffers)
            buffer.Dispose();
        _buffers.Clear();
    }
}
