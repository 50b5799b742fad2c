namespace GemmaIlgpu.Lessons;

/// <summary>What came of a lesson.</summary>
/// <param name="Number">The lesson.</param>
/// <param name="Title">Its name.</param>
/// <param name="Device">Where it ran.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="LeastBytes">Bytes of inputs and outputs.</param>
/// <param name="Operations">Arithmetic of the formula.</param>
/// <param name="Tolerance">How far a result may be from double precision.</param>
/// <param name="ToleranceReason">Why so far.</param>
/// <param name="Unit">What speeds are given in.</param>
/// <param name="CountedShape">The sizes that were counted; null if none were.</param>
/// <param name="CountedWarp">Lanes of the warps that were counted.</param>
/// <param name="Rungs">The ladder, or the part of it that was asked for.</param>
public sealed record LessonResult(
    int Number, string Title, string Device, string Shape, long LeastBytes, long Operations, double Tolerance, string ToleranceReason,
    string Unit, string? CountedShape, int CountedWarp, IReadOnlyList<RungResult> Rungs);

/// <summary>What came of a rung.</summary>
/// <param name="Name">A few words.</param>
/// <param name="Idea">What is new.</param>
/// <param name="Skipped">Why it did not run; null if it did.</param>
/// <param name="Correct">Whether every element is within the tolerance.</param>
/// <param name="Complaint">What is wrong with the result, in a sentence; null if nothing is or it did not run.</param>
/// <param name="LargestError">The largest distance from double precision; NaN where an element is missing.</param>
/// <param name="Bytes">What the kernels ask of global memory; 0 if that is not known.</param>
/// <param name="Seconds">Median time of a launch; null if it was not measured.</param>
/// <param name="Speed">In the lesson's unit; null if it was not measured.</param>
/// <param name="TimesTheRungBefore">How many times as fast as the last rung that was measured; null for the first.</param>
/// <param name="Counters">What a counting device counted.</param>
public sealed record RungResult(
    string Name, string Idea, string? Skipped, bool Correct, string? Complaint, double LargestError, long Bytes, double? Seconds, double? Speed,
    double? TimesTheRungBefore, IReadOnlyList<KeyValuePair<string, double>> Counters);
