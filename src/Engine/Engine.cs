using System.Globalization;
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
    private readonly DeviceSet _devices;
    private readonly GemmaModel _model;

    private Engine(EngineOptions options, ModelFiles files, DeviceSet devices, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        _options = options;
        _files = files;
        _devices = devices;
        ContextLength = ChooseContext(options, files.Config);
        // Reading a quarter of a million pieces takes about as long as compiling the kernels; each has a core.
        Task<Tokenizer?> tokenizer = Task.Run(files.LoadTokenizer, cancellation);
        _model = LoadModel(progress, cancellation);
        Tokenizer = tokenizer.GetAwaiter().GetResult();
    }

    /// <summary>The shape of the loaded model.</summary>
    public ModelConfig Config => _files.Config;

    /// <summary>The tokenizer of the folder's `tokenizer.model` or of the GGUF file, or null when there is none.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>What the model's `generation_config.json` says, over the defaults of <see cref="SamplingOptions"/>; `do_sample: false` is greedy.</summary>
    public SamplingOptions DefaultSampling => _files.Generation.Sampling;

    /// <summary>What computes, for people: the device, or what runs where.</summary>
    public string DeviceName => Split.Shares is [var only] ? only.Capacity.Device.Description : Split.ToString();

    /// <summary>Which layers run on which device.</summary>
    public LayerSplit Split => _devices.Split;

    /// <summary>Better devices that are here but cannot be used, when <see cref="EngineOptions.Device"/> left the choice to the engine.</summary>
    public IReadOnlyList<DeviceInfo> PassedOver => _devices.PassedOver;

    /// <summary>What runs the shares of <see cref="Split"/>, in their order.</summary>
    internal IEnumerable<Accelerator> Accelerators => _devices.Devices.Select(device => device.Accelerator);

    /// <summary>Tokens of prompt and answer together.</summary>
    public int ContextLength { get; }

    /// <summary>Bytes of weights; on a processor they are mapped from the files.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Bytes per second that a device reads of its own memory, measured now; for a share that is not a processor's.</summary>
    /// <exception cref="ArgumentException">The share is a processor's, whose memory is the machine's.</exception>
    public double ReadDeviceMemory(DeviceShare share)
    {
        OpenDevice device = _devices.Devices[Enumerable.Range(0, Split.Shares.Count).First(i => ReferenceEquals(Split.Shares[i], share))];
        return device.Info.IsProcessor
            ? throw new ArgumentException($"{device.Info.Name} reads the machine's memory.")
            : DeviceBandwidth.Measure(device);
    }

    /// <summary>Opens devices and the model: a folder of Hugging Face's layout or a GGUF file.</summary>
    /// <exception cref="ModelFileException">A file is missing, damaged or contradicts another.</exception>
    /// <exception cref="InputException">An option does not fit the model or the machine.</exception>
    public static Engine Load(string model, EngineOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new EngineOptions();
        return Load(model, options, name => Devices.Open(name, options.Threads), progress, cancellation);
    }

    /// <summary>As above, with devices that the caller opens by their names and this engine closes.</summary>
    internal static Engine Load(
        string model, EngineOptions options, Func<string, OpenDevice> openDevice, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ModelFiles? files = null;
        DeviceSet? devices = null;
        try
        {
            progress?.Report(new LoadProgress("Checking files", 0, 0));
            files = ModelFiles.Open(model);
            PlanOptions plan = Plan(options, files.Config);
            ModelOutline outline = ModelOutline.Of(files, pieces: 0);
            devices = DeviceSet.Open(DeviceRequest.Of(options.Device), openDevice, outline, plan, options.GpuLayers);
            CheckMemory(outline, plan, devices);
            return new Engine(options, files, devices, progress, cancellation);
        }
        catch (OutOfMemoryException e) when (devices is not null && devices.Devices.Any(device => !device.SharesHostMemory))
        {
            LayerSplit split = devices.Split;
            devices.Dispose();
            files?.Dispose();
            throw new OutOfMemoryException($"{e.Message} What was planned: {split}. A smaller --gpu-layers, a shorter --context or quantised weights take less there; 'gemma plan' shows how much.", e);
        }
        catch
        {
            devices?.Dispose();
            files?.Dispose();
            throw;
        }
    }

    /// <summary>Whether single tokens go through the fused kernels on every device.</summary>
    internal bool FusesDecoding => _model.FusesDecoding;

    /// <summary>Starts an empty text with a KV cache of its own.</summary>
    public Generator CreateGenerator() => new(
        _model,
        new KvCache(_model.LayerDevices, Config, ContextLength, _model.Chunk, _options.CacheLayout, _options.CacheType),
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

    private static PlanOptions Plan(EngineOptions options, ModelConfig config) => new()
    {
        ContextLength = ChooseContext(options, config),
        PrefillChunk = options.PrefillChunk,
        CacheLayout = options.CacheLayout,
        CacheType = options.CacheType,
    };

    // Weights of a processor are the mapped files, which the system reads again as it needs; the rest must fit, and better
    // complains here than half way.
    private static void CheckMemory(ModelOutline model, PlanOptions options, DeviceSet devices)
    {
        long memory = MachineMemory.Read().Total;
        if (devices.Devices is [{ SharesHostMemory: true } only])
        {
            PlanSearch.RequireFit(model, options, Tuning.For(only.Accelerator), memory);
            return;
        }

        // A processor that OpenCL drives gets copies of the weights.
        long needed = devices.Devices.Zip(devices.Split.Shares)
            .Where(pair => pair.First.Info.IsHost)
            .Sum(pair => pair.Second.CacheBytes + pair.Second.WorkBytes + (pair.First.SharesHostMemory ? 0 : pair.Second.WeightBytes));
        if (needed > memory)
            throw new InputException(string.Create(CultureInfo.InvariantCulture, $"What is left for the processor takes {needed / 1e9:0.0} GB beside what is mapped from the file; this machine has {memory / 1e9:0.0} GB ({devices.Split}). A shorter context or --cache-type bf16 takes less; 'gemma plan' shows more."));
    }

    private GemmaModel LoadModel(IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        int chunk = Math.Min(_options.PrefillChunk, ContextLength);
        long total = _files.Tensors.Sum(tensor => tensor.Bytes);
        var parts = new List<ModelPart>();
        try
        {
            foreach ((OpenDevice device, DeviceShare share) in _devices.Devices.Zip(_devices.Split.Shares))
            {
                long before = WeightBytes;
                string stage = _devices.Devices.Count == 1 ? "Loading weights" : $"Loading weights onto {share.Name}";
                var weights = new ModelWeights(device, _files, share, bytes => progress?.Report(new LoadProgress(stage, before + bytes, total)), cancellation);
                parts.Add(new ModelPart(device, Config, share, weights, chunk, _options.Kernels));
                WeightBytes += weights.Bytes;
            }

            return new GemmaModel(Config, parts, chunk);
        }
        catch
        {
            foreach (ModelPart part in parts)
                part.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _devices.Dispose();
        _files.Dispose();
    }
}
