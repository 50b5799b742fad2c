namespace ILGPU;

/// <summary>Turns the algorithms on.</summary>
public static class AlgorithmContext
{
    /// <summary>Turns <c>ILGPU.Algorithms</c> on. Here it always is.</summary>
    public static Context.Builder EnableAlgorithms(this Context.Builder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder;
    }
}
