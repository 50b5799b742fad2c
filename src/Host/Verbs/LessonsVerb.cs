using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Counting;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Lessons;
using ILGPU.Runtime;
using Spectre.Console;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
#endif

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Lists the lessons about kernels, and climbs one: every rung checked, timed and compared with the one before.</summary>
internal sealed class LessonsVerb : Verb
{
    private readonly Argument<string> _number = new("NUMBER") { Description = "The lesson: 06, or 6." };

    private readonly Option<string> _device = new("--device")
    {
        Description = "Where kernels run: auto, or a device that 'gemma devices' lists.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Devices.Auto,
    };

    private readonly Option<string> _size = new("--size")
    {
        Description = "full, to measure; small, as the tests have it; auto: small on devices that run one thread at a time.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<string?> _only = new("--only")
    {
        Description = "Run rungs with this in their name beside plain C# and the first kernel; mine: your own, from lessons/NN-…/Mine.cs.",
        HelpName = "NAME",
    };

    private readonly Option<string> _counters = new("--counters")
    {
        Description = "The size to count at: full, small, none; auto: the size that is measured.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    private readonly DeviceFindings _findings = new();

    public override string Name => "lessons";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma lessons",
        "gemma lessons list",
        "gemma lessons run 06",
        "gemma lessons run 03 --only mine",
        "gemma lessons run 04 --device debug --json",
    ];

    public override Command ToCommand(HostConsole console)
    {
        _size.AcceptOnlyFromAmong("auto", "full", "small");
        _counters.AcceptOnlyFromAmong("auto", "small", "full", "none");
        Command run = new("run", "Run a lesson: is each rung right, what does it move and compute, how long does it take?");
        run.Add(_number);
        run.Add(_device);
        run.Add(_size);
        run.Add(_only);
        run.Add(_counters);
        run.Add(_json);
        _findings.AddTo(run);
        run.SetAction(parsed => Run(parsed, console));
        Command list = new("list", "List the lessons.");
        list.SetAction(_ => List(console));
        Command command = new(Name, "Learn to write kernels: twelve operations, each from plain C# to a fast kernel.");
        command.Add(list);
        command.Add(run);
        command.SetAction(_ => List(console));
        return command;
    }

    private static int List(HostConsole console)
    {
        Table table = Tables.Create(console, "lesson", "title", "what you will know");
        foreach (Lesson lesson in LessonCatalog.All)
            table.AddRow($"{lesson.Number:00}", Markup.Escape(lesson.Title), Markup.Escape(lesson.Promise));
        Tables.Write(console, table);
        console.Out.WriteLine("\nPages: docs/lessons. Run one: gemma lessons run 01");
        return ExitCodes.Success;
    }

    private int Run(ParseResult parsed, HostConsole console)
    {
        string number = parsed.GetValue(_number)!;
        Lesson lesson = LessonCatalog.All.FirstOrDefault(lesson => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value == lesson.Number)
            ?? throw new UsageException($"There is no lesson '{number}'; there are 01 to {LessonCatalog.All.Count:00}.");
        _findings.Check(parsed);
        DeviceRequest request = DeviceRequest.Of(parsed.GetValue(_device)!);
        if (request.Names.Count > 1 && !request.AsNeeded)
            throw new UsageException($"A lesson runs on one device, not on {request.Names.Count}: {string.Join(", ", request.Names)}.");
        string name = request.Names[0];
        using OpenDevice device = Devices.Open(name, threads: 0);
        string kind = name.Split(':')[0];
        bool isSlow = device.Accelerator.AcceleratorType == AcceleratorType.CPU && kind != "simd";
        Scale scale = parsed.GetValue(_size) switch { "full" => Scale.Full, "small" => Scale.Small, _ => isSlow ? Scale.Small : Scale.Full };
        LessonRequest lessonRequest = new()
        {
            Scale = scale,
            Measure = kind is not ("checked" or "counted"),     // their time says nothing of a kernel's
            CountedScale = parsed.GetValue(_counters) switch { "full" => Scale.Full, "small" => Scale.Small, _ => scale },
            Only = parsed.GetValue(_only),
        };
        if (lessonRequest.RungsOf(lesson).Count == 0)
            throw new UsageException($"Lesson {lesson.Number:00} has no rung '{lessonRequest.Only}'; it has {string.Join(", ", lesson.Rungs.Append(lesson.Mine).Select(rung => $"'{rung.Name}'"))}.");
        return Climb(lesson, lessonRequest, kind, device.Accelerator, parsed, console);
    }

#if UPSTREAM_PACKAGES
    private int Climb(Lesson lesson, LessonRequest request, string device, Accelerator accelerator, ParseResult parsed, HostConsole console) =>
        Report(lesson, Run(lesson, accelerator, request, console), null, accelerator, parsed, console);
#else
    private int Climb(Lesson lesson, LessonRequest request, string device, Accelerator accelerator, ParseResult parsed, HostConsole console)
    {
        // What is asked for by name runs first where a mistake does no harm and is explained.
        if (request.Only is not null && Complaint(lesson, request) is string complaint)
        {
            Prose.Write(console, complaint);
            return ExitCodes.Failure;
        }

        string? checks = device == "checked"
            ? "every access, barrier and race of these launches: nothing to complain about"
            : request.Only is not null ? "at the small size, in warps of 32: no access outside memory, no race, no missed barrier" : null;
        if (device == "counted")
            return Report(lesson, Run(lesson, accelerator, request with { Counting = new CountedLaunches(accelerator) }, console), checks, accelerator, parsed, console);
        if (device == "checked" || parsed.GetValue(_counters) == "none")
            return Report(lesson, Run(lesson, accelerator, request, console), checks, accelerator, parsed, console);
        using CountedLaunches counting = new();
        return Report(lesson, Run(lesson, accelerator, request with { Counting = counting }, console), checks, accelerator, parsed, console);
    }

    private static string? Complaint(Lesson lesson, LessonRequest request)
    {
        using CheckedLaunches watched = new();
        return request.AskedOf(lesson)
            .Select(rung => watched.Complain(lesson, rung) is string complaint ? $"{rung.Name} is wrong at the small size, in warps of 32: {complaint}" : null)
            .FirstOrDefault(complaint => complaint is not null);
    }
#endif

    // The large sizes take seconds to half a minute: a terminal says how far it is.
    private static LessonResult Run(Lesson lesson, Accelerator accelerator, LessonRequest request, HostConsole console)
    {
        using StatusLine status = new(console);
        return LessonRunner.Run(lesson, accelerator, request with { Progress = step => status.Show($"Lesson {lesson.Number:00}: {step} …") });
    }

    private int Report(Lesson lesson, LessonResult result, string? checks, Accelerator accelerator, ParseResult parsed, HostConsole console)
    {
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(LessonReport.ToJson(result), ("findings", _findings.ToJson([accelerator], parsed))));
        else
            LessonReport.Write(lesson, result, checks, console);
        _findings.Write([accelerator], parsed, console);
        return result.Rungs.All(rung => rung.Correct || rung.Skipped is not null) ? ExitCodes.Success : ExitCodes.Failure;
    }
}
