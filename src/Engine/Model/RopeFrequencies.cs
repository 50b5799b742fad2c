namespace GemmaIlgpu.Engine.Model;

/// <summary>The angles per position of RoPE.</summary>
internal static class RopeFrequencies
{
    /// <summary>base^(−2i/H) / scale for i = 0 … H/2 − 1.</summary>
    /// <remarks>Every step rounds to f32, as in Google's code: at long positions the rounding shows in the results.</remarks>
    public static float[] Inverse(int headDim, float frequencyBase, float scale)
    {
        var frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = 1f / MathF.Pow(frequencyBase, 2f * i / headDim) / scale;
        return frequencies;
    }
}
