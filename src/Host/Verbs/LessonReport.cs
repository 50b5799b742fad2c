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
        Prose.Write(console, $"Lesson {lesson.Number:00}, {lesson.Title}: {lesson.Promise}");
        WriteFact("Page", $"docs/lessons/{lesson.Page}");
        WriteFact("Device", result.Device);
        WriteFact("Sizes", result.Shape);
        WriteFact("Must move", $"{Quantity.Bytes(result.LeastBytes)}, {Quantity.Count(result.Operations)} operations");
        WriteFact("Tolerance", $"{Error(result.Tolerance)}: {result.ToleranceReason}");
        if (checks is not null)
            WriteFact("Checked", checks);
        console.Out.WriteLine();
        string[] columns = ["rung", "right", "error", "asks for", "time", result.Unit, "× before", "× plain"];
        string[][] rows = [.. result.Rungs.Select(rung => Figures(rung, result.Rungs[0]))];
        if (console.OutputIsTerminal)
        {
            Tables.WriteWide(console, columns, rows, console.Out);
            foreach (RungResult rung in result.Rungs)
                Prose.Write(console, $"{rung.Name}: {Idea(rung)}", "", "  ");
        }
        else
        {
            WriteRows(console, [.. columns, "idea"], rows.Zip(result.Rungs, (figures, rung) => (string[])[.. figures, Idea(rung)]), figures: 2..columns.Length);
        }

        foreach (RungResult rung in result.Rungs.Where(rung => rung.Complaint is not null))
        {
            console.Out.WriteLine();
            Prose.Write(console, $"{rung.Name} is wrong: {rung.Complaint}.");
            if (checks is not null)
                Prose.Write(console, "At the small size it was right in warps of 32: does it know how large a warp is, or what the sizes are?");
        }

        WriteCounters(result, console);

        void WriteFact(string name, string text) => Prose.Write(console, text, $"{name,-11}", new string(' ', 11));
    }

    private static void WriteCounters(LessonResult result, HostConsole console)
    {
        RungResult[] counted = [.. result.Rungs.Where(rung => rung.Counters.Count > 0)];
        if (counted.Length == 0)
            return;
        console.Out.WriteLine();
        Prose.Write(console, $"Counted as on a GPU with warps of {result.CountedWarp}, for {result.CountedShape}:");
        if (!console.OutputIsTerminal)
            console.Out.WriteLine();
        string[] columns = ["rung", .. counted[0].Counters.Select(counter => counter.Key)];
        string[][] rows = [.. counted.Select(rung => (string[])[rung.Name, .. rung.Counters.Select(Counter)])];
        if (console.OutputIsTerminal)
            Tables.WriteWide(console, columns, rows, console.Out);
        else
            WriteRows(console, columns, rows, figures: 1..columns.Length);
    }

    // A pipe has no edge: one row a rung, for a program to cut apart.
    private static void WriteRows(HostConsole console, string[] columns, IEnumerable<string[]> rows, Range figures)
    {
        Table table = Tables.Create(console, columns);
        foreach (TableColumn column in table.Columns.ToArray()[figures])
            column.RightAligned();
        foreach (string[] row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        Tables.Write(console, table);
    }

    private static string[] Figures(RungResult rung, RungResult plain) =>
    [
        rung.Name, rung.Skipped is not null ? "-" : rung.Correct ? "yes" : "NO", rung.Skipped is null ? Error(rung.LargestError) : "",
        rung.Bytes == 0 ? "" : Quantity.Bytes(rung.Bytes), rung.Seconds is double seconds ? Time(seconds) : "", Number(rung.Speed), Number(rung.TimesTheRungBefore), Number(plain.Seconds / rung.Seconds),
    ];

    private static string Idea(RungResult rung) => rung.Skipped is null ? rung.Idea : $"skipped: {rung.Skipped}";

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
