using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking.Planted;

/// <summary>Buffers and launches of one case; what it allocates, it gives back.</summary>
public sealed class Bench(Accelerator accelerator) : IDisposable
{
    private readonly List<IDisposable> _buffers = [];

    public Accelerator Accelerator => accelerator;

    /// <summary>Gets the kernel that was launched last, as reports name it.</summary>
    public string Kernel { get; private set; } = "";

    /// <summary>1, 2, 3 and so on.</summary>
    public ArrayView<int> Ints(int count) => Of([.. Enumerable.Range(1, count)]);

    /// <summary>1, 2, 3 and so on.</summary>
    public ArrayView<float> Floats(int count) => Of([.. Enumerable.Range(1, count).Select(i => (float)i)]);

    public ArrayView<int> Zeros(int count) => Of(new int[count]);

    public ArrayView<T> Of<T>(params T[] data)
        where T : unmanaged => Keep(accelerator.Allocate1D(data)).View;

    /// <summary>Memory that nobody has written.</summary>
    public ArrayView<T> New<T>(int count)
        where T : unmanaged => Keep(accelerator.Allocate1D<T>(count)).View;

    public TBuffer Keep<TBuffer>(TBuffer buffer)
        where TBuffer : IDisposable
    {
        _buffers.Add(buffer);
        return buffer;
    }

    public void Run<T>(Action<T> kernel, KernelConfig config, T a)
        where T : struct => Loaded(kernel, accelerator.LoadStreamKernel(kernel))(config, a);

    public void Run<T1, T2>(Action<T1, T2> kernel, KernelConfig config, T1 a, T2 b)
        where T1 : struct
        where T2 : struct => Loaded(kernel, accelerator.LoadStreamKernel(kernel))(config, a, b);

    public void Run<T1, T2, T3>(Action<T1, T2, T3> kernel, KernelConfig config, T1 a, T2 b, T3 c)
        where T1 : struct
        where T2 : struct
        where T3 : struct => Loaded(kernel, accelerator.LoadStreamKernel(kernel))(config, a, b, c);

    public void Run<T1, T2, T3, T4>(Action<T1, T2, T3, T4> kernel, KernelConfig config, T1 a, T2 b, T3 c, T4 d)
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct => Loaded(kernel, accelerator.LoadStreamKernel(kernel))(config, a, b, c, d);

    public void Auto<TIndex, T>(Action<TIndex, T> kernel, TIndex extent, T a)
        where TIndex : struct, IIndex
        where T : struct => Loaded(kernel, accelerator.LoadAutoGroupedStreamKernel(kernel))(extent, a);

    public void Auto<TIndex, T1, T2>(Action<TIndex, T1, T2> kernel, TIndex extent, T1 a, T2 b)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct => Loaded(kernel, accelerator.LoadAutoGroupedStreamKernel(kernel))(extent, a, b);

    public void Auto<TIndex, T1, T2, T3>(Action<TIndex, T1, T2, T3> kernel, TIndex extent, T1 a, T2 b, T3 c)
        where TIndex : struct, IIndex
        where T1 : struct
        where T2 : struct
        where T3 : struct => Loaded(kernel, accelerator.LoadAutoGroupedStreamKernel(kernel))(extent, a, b, c);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable buffer in _buffers)
            buffer.Dispose();
    }

    private TLauncher Loaded<TLauncher>(Delegate kernel, TLauncher launcher)
    {
        Kernel = $"{kernel.Method.DeclaringType!.Name}.{kernel.Method.Name}";
        return launcher;
    }
}
