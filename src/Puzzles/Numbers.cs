namespace GemmaIlgpu.Puzzles;

/// <summary>Inputs that are the same every time.</summary>
internal static class Numbers
{
    /// <summary>Whole numbers from 1 to 9 with either sign, so that sums are exact and no element can be forgotten unseen; and a half more where there are many, so that an int does not do.</summary>
    public static float[] Whole(int count, int seed)
    {
        Random random = new(seed);
        float half = count >= 100 ? 0.5f : 0f;
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(1, 10) * (random.Next(2) == 0 ? -1 : 1)) + half)];
    }

    /// <summary>Whole numbers from 1 on in some order, no two the same.</summary>
    public static float[] Distinct(int count, int seed)
    {
        int[] numbers = [.. Enumerable.Range(1, count)];
        new Random(seed).Shuffle(numbers);
        return [.. numbers.Select(number => (float)number)];
    }

    /// <summary>Numbers between -1 and 1.</summary>
    public static float[] Uniform(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>A number with its noun: 1 element, 2 elements.</summary>
    public static string Of(long count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>Groups that cover so many elements, at least one.</summary>
    public static int Groups(int count, int group) => Math.Max(1, (count + group - 1) / group);
}
