namespace GemmaIlgpu.Engine;

/// <summary>How far loading or writing a model has come.</summary>
/// <param name="Stage">What is being done, for people: "Checking weights".</param>
/// <param name="Done">Bytes done so far.</param>
/// <param name="Total">Bytes to do; 0 when unknown.</param>
public readonly record struct LoadProgress(string Stage, long Done, long Total);
