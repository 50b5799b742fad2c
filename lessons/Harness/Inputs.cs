namespace GemmaIlgpu.Lessons;

/// <summary>Numbers for problems, the same at every run.</summary>
internal static class Inputs
{
    /// <summary>
    /// Multiples of 1/16 from -1 to 1. Sums of up to a million of them, and of up to 65,536 products of two of them, fit the
    /// 24 bits of a float32 exactly, so every order of summation gives the same bits and a wrong kernel cannot hide behind
    /// a tolerance.
    /// </summary>
    public static float[] Sixteenths(int count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (random.Next(33) - 16) / 16f;
        return values;
    }

    /// <summary>Whole numbers from -<paramref name="largest"/> to <paramref name="largest"/>, as signed bytes.</summary>
    public static sbyte[] Levels(int count, int largest, int seed)
    {
        Random random = new(seed);
        sbyte[] values = new sbyte[count];
        for (int i = 0; i < count; i++)
            values[i] = (sbyte)(random.Next((2 * largest) + 1) - largest);
        return values;
    }

    /// <summary>Any numbers between -<paramref name="largest"/> and <paramref name="largest"/>.</summary>
    public static float[] Uniform(int count, float largest, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = ((2f * random.NextSingle()) - 1f) * largest;
        return values;
    }
}
