using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Lessons;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>What a lesson's run prints.</summary>
internal static class LessonReport
{
    /// <summary>Writes the figures of a run; <paramref name="checks"/> says what was watched, null that nothing was.</summary>
    public static void Write(Lesson lesson, LessonResult result, string? checks, HostConsole console)
    {
        console.Out.WriteLine($"Lesson {lesson.Number:00}, {lesson.Title}: {lesson.Promise}");
        console.Out.WriteLine($"Page       docs/lessons/{lesson.Page}");
        console.Out.WriteLine($"Device     {result.Device}");
        console.Out.WriteLine($"Sizes      {result.Shape}");
        console.Out.WriteLine($"Must move  {Quantity.Bytes(result.LeastBytes)}, {Quantity.Count(result.Operations)} operations");
        console.Out.WriteLine($"Tolerance  {Error(result.Tolerance)}: {result.ToleranceReason}");
        console.Out.WriteLine(checks is null ? "" : $"Checked    {checks}\n");
        Table table = Tables.Create(console, "rung", "right", "error", "asks for", "time", result.Unit, "× before", "× plain", "idea");
        foreach (int column in new[] { 2, 3, 4, 5, 6, 7 })
            table.Columns[column].RightAligned();
        foreach (RungResult rung in result.Rungs)
        {
            table.AddRow(
                Markup.Escape(rung.Name), rung.Skipped is not null ? "-" : rung.Correct ? "yes" : "NO", rung.Skipped is null ? Error(rung.LargestError) : "",
                rung.Bytes == 0 ? "" : Quantity.Bytes(rung.Bytes), rung.Seconds is double seconds ? Time(seconds) : "", Number(rung.Speed), Number(rung.TimesTheRungBefore), Number(result.Rungs[0].Seconds / rung.Seconds),
                Markup.Escape(rung.Skipped is null ? rung.Idea : $"skipped: {rung.Skipped}"));
        }

        Tables.Write(console, table);
        foreach (RungResult rung in result.Rungs.Where(rung => rung.Complaint is not null))
        {
            console.Out.WriteLine($"\n{rung.Name} is wrong: {rung.Complaint}.");
            if (checks is not null)
                console.Out.WriteLine("At the small size it was right in warps of 32: does it know how large a warp is, or what the sizes are?");
        }

        WriteCounters(result, console);
    }

    private static void WriteCounters(LessonResult result, HostConsole console)
    {
        RungResult[] counted = [.. result.Rungs.Where(rung => rung.Counters.Count > 0)];
        if (counted.Length == 0)
            return;
        console.Out.WriteLine($"\nCounted as on a GPU with warps of {result.CountedWarp}, for {result.CountedShape}:\n");
        Table table = Tables.Create(console, ["rung", .. counted[0].Counters.Select(counter => counter.Key)]);
        foreach (TableColumn column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (RungResult rung in counted)
            table.AddRow([Markup.Escape(rung.Name), .. rung.Counters.Select(Counter)]);
        Tables.Write(console, table);
    }

    /// <summary>JSON has no NaN: an error that is none is null there.</summary>
    public static object ToJson(LessonResult result) => new
    {
        result.Number,
        result.Title,
        result.Device,
        result.Shape,
        result.LeastBytes,
        result.Operations,
        result.Tolerance,
        result.ToleranceReason,
        result.Unit,
        result.CountedShape,
        result.CountedWarp,
        Rungs = result.Rungs.Select(rung => new
        {
            rung.Name,
            rung.Idea,
            rung.Skipped,
            rung.Correct,
            rung.Complaint,
            LargestError = double.IsFinite(rung.LargestError) ? rung.LargestError : (double?)null,
            rung.Bytes,
            rung.Seconds,
            rung.Speed,
            rung.TimesTheRungBefore,
            Counters = rung.Counters.ToDictionary(),
        }),
    };

    private static string Error(double error) => error == 0 ? "0" : double.IsNaN(error) ? "missing" : FormattableString.Invariant($"{error:0.0e-00}");

    // Kernels of the small sizes take microseconds.
    private static string Time(double seconds) =>
        seconds < 1e-3 ? $"{Quantity.Number(seconds * 1e6)} µs" : Quantity.Seconds(TimeSpan.FromSeconds(seconds));

    private static string Counter(KeyValuePair<string, double> counter) =>
        counter.Key.Contains("bytes", StringComparison.Ordinal) ? Quantity.Bytes((long)counter.Value) : Count(counter.Value);

    private static string Count(double value) =>
        value == Math.Floor(value) ? Quantity.Count((long)value) : Quantity.Number(value);

    private static string Number(double? value) => value is double number ? Quantity.Number(number) : "";
}
