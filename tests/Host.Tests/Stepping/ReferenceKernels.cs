using ILGPU;

namespace GemmaIlgpu.Host.Tests.Stepping;

/// <summary>Kernels with references to variables, to elements and to structs; transcripts name their lines.</summary>
public static class ReferenceKernels
{
    public static void Pairs(ArrayView<Range> ranges, ArrayView<float> widths)
    {
        var tile = SharedMemory.Allocate<float>(6);
        int thread = Group.IdxX, rounds = 0;
        ref Range own = ref ranges[thread];
        ref float cell = ref tile[thread];
        own.Grow(thread);
        cell = own.High;
        Count(ref rounds, out int before);
        Count(ref rounds, out before);
        Group.Barrier();
        widths[thread] = tile[3 - thread] + before;
    }

    private static void Count(ref int number, out int before)
    {
        before = number;
        number += 10;
    }
}

/// <summary>A struct with a method.</summary>
public struct Range
{
    public float Low;
    public float High;

    public void Grow(int by)
    {
        float width = High - Low + by;
        High = Low + 2 * width;
    }
}
