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

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    private readonly DeviceFindings _findings = new();

    public override string Name => "lessons";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma lessons",
        "gemma lessons run 06",
        "gemma lessons run 04 --device debug --json",
    ];

    public override Command ToCommand(HostConsole console)
    {
        _size.AcceptOnlyFromAmong("auto", "full", "small");
        Command run = new("run", "Run a lesson: is each rung right, what does it move and compute, how long does it take?");
        run.Add(_number);
        run.Add(_device);
        run.Add(_size);
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
        bool isSlow = device.Accelerator.AcceleratorType == AcceleratorType.CPU && name != "simd";
        Scale scale = parsed.GetValue(_size) switch { "full" => Scale.Full, "small" => Scale.Small, _ => isSlow ? Scale.Small : Scale.Full };

#if UPSTREAM_PACKAGES
        LessonResult result = LessonRunner.Run(lesson, device.Accelerator, scale, measure: true);
#else
        // How long checking and counting take says nothing of a kernel.
        using CountedLaunches counting = new();
        LessonResult result = LessonRunner.Run(lesson, device.Accelerator, scale, measure: device.Accelerator.GetCpuKind() is not (CpuAcceleratorKind.Checked or CpuAcceleratorKind.Counted), counting);
#endif
        if (parsed.GetValue(_json))
            console.Out.WriteLine(Json.Write(LessonReport.ToJson(result), ("findings", _findings.ToJson([device.Accelerator], parsed))));
        else
            LessonReport.Write(lesson, result, console);
        _findings.Write([device.Accelerator], parsed, console);
        return result.Rungs.All(rung => rung.Correct || rung.Skipped is not null) ? ExitCodes.Success : ExitCodes.Failure;
    }
}
