using ILGPU;

namespace GemmaIlgpu.Host.Tests.Stepping;

/// <summary>A kernel with arrays of its threads; a transcript names its lines.</summary>
public static class ArrayKernels
{
    public static void Votes(Index1D i, ArrayView<int> votes, Ballot ballot)
    {
        var counts = new int[3];
        Ballot own = ballot;
        own.Add(i % 4, 5);
        counts[i % 3]++;
        counts[2] += own.Sum;
        votes[i] = counts[0] + counts[1] + counts[2];
    }
}

/// <summary>A struct with an array in it.</summary>
public unsafe struct Ballot
{
    public fixed int Places[4];
    public int Sum;

    public void Add(int place, int number)
    {
        Places[place] += number;
        Sum += Places[place];
    }
}
