using GemmaIlgpu.Engine.Cache;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Model;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Tokenization;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels.Device;
using ILGPU.Runtime;

namespace GemmaIlgpu.Engine;

/// <summary>A loaded model on an open device. The front door: load, generate, dispose.</summary>
public sealed class Engine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly ModelFiles _files;
    private readonly OpenDevice _device;
    private readonly ModelWeights _weights;
    private readonly GemmaModel _model;

    private Engine(EngineOptions options, ModelFiles files, OpenDevice device, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        _options = options;
        _files = files;
        _device = device;
        ContextLength = ChooseContext(options, files.Config);
        CheckMemory(files, device.Accelerator);
        // Reading a quarter of a million pieces takes about as long as compiling the kernels; each has a core.
        Task<Tokenizer?> tokenizer = Task.Run(files.LoadTokenizer, cancellation);
        _weights = new ModelWeights(device.Accelerator, files, progress, cancellation);
        _model = new GemmaModel(device.Accelerator, files.Config, _weights, Math.Min(options.PrefillChunk, ContextLength));
        Tokenizer = tokenizer.GetAwaiter().GetResult();
    }

    /// <summary>The shape of the loaded model.</summary>
    public ModelConfig Config => _files.Config;

    /// <summary>The tokenizer of the folder's `tokenizer.model` or of the GGUF file, or null when there is none.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>What the model's `generation_config.json` says, over the defaults of <see cref="SamplingOptions"/>; `do_sample: false` is greedy.</summary>
    public SamplingOptions DefaultSampling => _files.Generation.Sampling;

    /// <summary>The device that computes, for people.</summary>
    public string DeviceName => _device.Accelerator.Name;

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextLength { get; }

    /// <summary>Bytes of weights, which are mapped from the files.</summary>
    public long WeightBytes => _weights.Bytes;

    /// <summary>Opens the device and the model: a folder of Hugging Face's layout or a GGUF file.</summary>
    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    /// <exception cref="InputException">An option does not fit the model or the machine.</exception>
    public static Engine Load(string model, EngineOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new EngineOptions();
        return Load(model, options, () => Devices.Open(options.Device, options.Threads), progress, cancellation);
    }

    /// <summary>As above, on a device that the caller opens and this engine closes.</summary>
    internal static Engine Load(
        string model, EngineOptions options, Func<OpenDevice> openDevice, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ModelFiles? files = null;
        OpenDevice? device = null;
        try
        {
            progress?.Report(new LoadProgress("Checking files", 0, 0));
            files = ModelFiles.Open(model);
            device = openDevice();
            return new Engine(options, files, device, progress, cancellation);
        }
        catch
        {
            device?.Dispose();
            files?.Dispose();
            throw;
        }
    }

    /// <summary>Starts an empty text with a KV cache of its own.</summary>
    public Generator CreateGenerator() => new(
        _device.Accelerator,
        _model,
        new KvCache(_device.Accelerator, Config, ContextLength, _model.Chunk, _options.CacheLayout, _options.CacheType),
        EndIds(),
        Tokenizer);

    // Instruction-tuned models end a turn where base models end the text; some files name only the latter.
    private HashSet<int> EndIds() => [.. Config.EosIds, .. Tokenizer is { EndOfTurnId: >= 0 } tokenizer ? [tokenizer.EndOfTurnId] : Array.Empty<int>()];

    private static int ChooseContext(EngineOptions options, ModelConfig config)
    {
        if (options.ContextLength > config.ContextLength)
            throw new InputException($"A context of {options.ContextLength} tokens is wanted; this model was made for {config.ContextLength}.");
        return options.ContextLength > 0 ? options.ContextLength : Math.Min(config.ContextLength, EngineOptions.DefaultContextLimit);
    }

    // Weights are the mapped files, which the system reads again as it needs; the rest must fit, and better complains here than half way.
    private void CheckMemory(ModelFiles files, Accelerator accelerator)
    {
        if (accelerator.AcceleratorType != AcceleratorType.CPU)
            return;
        var options = new PlanOptions { ContextLength = ContextLength, PrefillChunk = _options.PrefillChunk, CacheLayout = _options.CacheLayout, CacheType = _options.CacheType };
        PlanSearch.RequireFit(ModelOutline.Of(files, pieces: 0), options, Tuning.For(accelerator), MachineMemory.Read().Total);
    }

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
        _files.Dispose();
    }
}
