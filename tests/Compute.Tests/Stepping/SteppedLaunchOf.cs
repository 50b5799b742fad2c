using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Stepping;

/// <summary>Launches a kernel of <see cref="SteppedKernels"/> and lets a test look at it.</summary>
internal static class SteppedLaunchOf
{
    /// <summary>Runs a test inside the launch.</summary>
    /// <param name="kernel">The kernel's name.</param>
    /// <param name="warpSize">Lanes of a warp.</param>
    /// <param name="look">The test.</param>
    /// <returns>The first buffer, or the one that the kernel writes, after the rest of the launch has run.</returns>
    public static int[] Run(string kernel, int warpSize, Action<SteppedMachine> look)
    {
        var launches = new SteppedLaunches(_ => true, look);
        using Context context = Context.Create(builder => builder.CPU(SteppedEngine.Device(warpSize, new CheckedOptions(), launches)));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using MemoryBuffer1D<int, Stride1D.Dense> x = accelerator.Allocate1D([.. Enumerable.Range(0, 64)]);
        using MemoryBuffer1D<int, Stride1D.Dense> y = accelerator.Allocate1D(new int[64]);
        using MemoryBuffer1D<float, Stride1D.Dense> f = accelerator.Allocate1D([.. Enumerable.Range(0, 64).Select(i => (float)i)]);
        using MemoryBuffer1D<float, Stride1D.Dense> g = accelerator.Allocate1D(new float[64]);
        ArrayView<int> a = x.View, b = y.View;
        ArrayView<float> c = f.View, d = g.View;
        switch (kernel)
        {
            case nameof(SteppedKernels.TreeSum):
                accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>>(SteppedKernels.TreeSum)(new KernelConfig(3, 16), a, b);
                break;
            case nameof(SteppedKernels.Collatz):
                accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(SteppedKernels.Collatz)(30, b);
                break;
            case nameof(SteppedKernels.Histogram):
                accelerator.LoadStreamKernel<ArrayView<int>, ArrayView<int>, ArrayView<float>>(SteppedKernels.Histogram)(new KernelConfig(2, 32), a, b, d);
                break;
            case nameof(SteppedKernels.Transpose):
                accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, int>(SteppedKernels.Transpose)(new KernelConfig(new Index2D(2, 2), new Index2D(4, 4)), c, d, 8);
                break;
            case nameof(SteppedKernels.Outside):
                accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(SteppedKernels.Outside)(64, a);
                break;
            default:
                Action<ArrayView<int>> method = kernel switch
                {
                    nameof(SteppedKernels.Race) => SteppedKernels.Race,
                    nameof(SteppedKernels.Missed) => SteppedKernels.Missed,
                    _ => SteppedKernels.Unwritten,
                };
                accelerator.LoadStreamKernel(method)(new KernelConfig(1, 16), a);
                break;
        }
        return kernel == nameof(SteppedKernels.Transpose) ? [.. d.GetAsArray(accelerator.DefaultStream).Select(value => (int)value)] : b.GetAsArray(accelerator.DefaultStream);
    }

    private static T[] GetAsArray<T>(this ArrayView<T> view, AcceleratorStream stream)
        where T : unmanaged
    {
        var result = new T[view.Length];
        view.CopyToCPU(stream, result);
        return result;
    }
}
