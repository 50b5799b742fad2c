namespace ILGPU.Algorithms.ScanReduceOperations;

/// <summary>The results of a scan at both ends of a group.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <param name="leftBoundary">At the first thread.</param>
/// <param name="rightBoundary">At the last thread.</param>
public readonly struct ScanBoundaries<T>(T leftBoundary, T rightBoundary)
    where T : struct
{
    /// <summary>Gets the result at the first thread.</summary>
    public T LeftBoundary { get; } = leftBoundary;

    /// <summary>Gets the result at the last thread.</summary>
    public T RightBoundary { get; } = rightBoundary;
}
