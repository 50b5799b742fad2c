using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

/// <summary>An accelerator under test with a launch shape, and the few steps every test takes with it.</summary>
public sealed class TestDevice(string name, Accelerator accelerator, int warpsPerGroup)
{
    public Accelerator Accelerator { get; } = accelerator;

    public AcceleratorStream Stream => Accelerator.DefaultStream;

    public int Warp => Accelerator.WarpSize;

    public int Group => Warp * warpsPerGroup;

    public Tuning Tuning { get; } = new(accelerator.WarpSize, accelerator.WarpSize * warpsPerGroup, targetWarps: 8);

    /// <summary>Machine code: neither one logical thread at a time nor from the IR nor from PTX.</summary>
    public bool IsCompiled => name is not ("Debug" or "Checked" or "PTX");

    /// <summary>log₂ of the warp size: additions on the longest path of a warp's reduction.</summary>
    public int TreeDepth => int.Log2(Warp);

    public MemoryBuffer1D<T, Stride1D.Dense> Upload<T>(T[] values)
        where T : unmanaged => Accelerator.Allocate1D(values);

    /// <summary>Room for a result, full of NaN so that a value nobody writes shows.</summary>
    public MemoryBuffer1D<float, Stride1D.Dense> Room(int length)
    {
        var values = new float[length];
        Array.Fill(values, float.NaN);
        return Accelerator.Allocate1D(values);
    }

    public T[] Download<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer)
        where T : unmanaged
    {
        Accelerator.Synchronize();
        return buffer.GetAsArray1D();
    }

    public override string ToString() => warpsPerGroup == 1 ? $"{name}/warp {Warp}" : $"{name}/warp {Warp}/{warpsPerGroup} warps a group";
}
