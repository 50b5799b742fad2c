using System.CommandLine;
using System.Diagnostics;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Host.Counting;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Options;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>Which model runs where; shared by every verb that loads one.</summary>
internal sealed class ModelArguments
{
    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "Folder with config.json, model.safetensors and tokenizer.model, or a GGUF file. Default: the built-in demo model.",
        HelpName = "DIR|FILE",
    };

    private readonly DeviceArguments _devices = new();
    private readonly DeviceFindings _findings = new();
    private readonly Option<int?> _threads = Numbers.Whole("--threads", "Worker threads. Default: one for each core.", 1, 1024);
    private readonly Option<int?> _context = Numbers.Whole("--context", "Tokens of prompt and answer together. Default: the model's own, at most 8192.", 1, 1 << 20);
    private readonly Option<int?> _batch = Numbers.Whole("--batch", $"Prompt tokens computed at once: more are faster up to a point and take more memory. Default: {EngineOptions.DefaultPrefillChunk}, on a GPU {EngineOptions.DefaultGpuPrefillChunk}.", 1, EngineOptions.MaxPrefillChunk);
    private readonly Option<string> _cacheType = CacheTypeOption.Create();
    private readonly Option<string> _kernels = KernelsOption.Create();

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Say on standard error which device runs and how fast, even when it is not a terminal.",
    };

    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Say nothing on standard error but complaints.",
    };

    public void AddTo(Command command)
    {
        command.Add(_model);
        _devices.AddTo(command);
        Option[] options = [_threads, _context, _batch, _cacheType, _kernels, _verbose, _quiet];
        foreach (Option option in options)
            command.Add(option);
        _findings.AddTo(command);
    }

    /// <summary>Whether device and speed are to be written on standard error.</summary>
    public bool Talks(ParseResult parsed, HostConsole console) =>
        !parsed.GetValue(_quiet) && (console.ErrorIsTerminal || parsed.GetValue(_verbose));

    /// <summary>Worker threads asked for, or the number of cores.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) ?? Environment.ProcessorCount;

    /// <summary>The model: the one named, else the demo model beside the program.</summary>
    public string Directory(ParseResult parsed) => Resolve(parsed.GetValue(_model));

    /// <summary>The place of a named model, or of the demo model when the name is null.</summary>
    public static string Resolve(string? directory) => directory switch
    {
        null => Path.Combine(AppContext.BaseDirectory, "models", "demo"),
        "" => throw new UsageException("A model is a folder or a GGUF file; its name is empty."),
        _ => directory,
    };

    /// <summary>Loads the model, with progress where somebody watches.</summary>
    public Engine Load(ParseResult parsed, HostConsole console, CancellationToken cancellation) =>
        Load(parsed.GetValue(_model), parsed, console, cancellation);

    /// <summary>Loads another model with the same options; the demo model if there is no name.</summary>
    public Engine Load(string? model, ParseResult parsed, HostConsole console, CancellationToken cancellation)
    {
        _findings.Check(parsed);
        string directory = Resolve(model);
        EngineOptions options = new()
        {
            Device = _devices.Names(parsed),
            GpuLayers = _devices.GpuLayers(parsed),
            Threads = parsed.GetValue(_threads) ?? 0,
            ContextLength = parsed.GetValue(_context) ?? 0,
            PrefillChunk = parsed.GetValue(_batch) ?? _devices.DefaultBatch(parsed),
            CacheType = CacheTypes.Parse(parsed.GetValue(_cacheType)!),
            Kernels = KernelsOption.Parse(parsed.GetValue(_kernels)!),
        };
        bool talks = Talks(parsed, console);
        Stopwatch clock = Stopwatch.StartNew();
        Engine engine = ProgressBar.Show(console, talks, progress => Load(directory, options, progress, cancellation));
        Say(engine, model is null ? "demo model" : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory))), clock.Elapsed, talks, parsed, console);
        return engine;
    }

    /// <summary>Says at the end of a run what devices found that check or count; others have nothing to say.</summary>
    public void Conclude(Engine engine, ParseResult parsed, HostConsole console)
    {
        if (!parsed.GetValue(_quiet))
            _findings.Write(engine.Accelerators, parsed, console);
    }

    /// <summary>The same for programs; null where there is nothing to say.</summary>
    public object? Findings(Engine engine, ParseResult parsed) => _findings.ToJson(engine.Accelerators, parsed);

    // What runs elsewhere than on the one processor that everybody has is said in a pipe as well.
    private void Say(Engine engine, string name, TimeSpan time, bool talks, ParseResult parsed, HostConsole console)
    {
        if (parsed.GetValue(_quiet))
            return;
        foreach (DeviceInfo device in engine.PassedOver)
            console.Error.WriteLine($"{device.Name} is not used: {device.UnusableReason}.");
        bool elsewhere = _devices.Names(parsed).Contains(',', StringComparison.Ordinal) || engine.Split.Shares.Any(share => !share.Capacity.Device.IsProcessor);
        string where = elsewhere ? $"{name}: {engine.Split}" : $"{name} on {engine.DeviceName}";
        if (talks)
            console.Error.WriteLine($"{where}, context {engine.ContextLength}, loaded in {Quantity.Seconds(time)}");
        else if (elsewhere || engine.PassedOver.Count > 0)
            console.Error.WriteLine(where);
    }

    // An option that is sound by itself but not for this model or machine.
    private static Engine Load(string directory, EngineOptions options, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            return Engine.Load(directory, options, progress, cancellation);
        }
        catch (ArgumentException e)
        {
            string name = e.ParamName is null ? "" : $" (Parameter '{e.ParamName}')";
            throw new UsageException(e.Message.Replace(name.Length > 0 ? name : "\0", "", StringComparison.Ordinal));
        }
    }
}
