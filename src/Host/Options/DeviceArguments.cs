using System.CommandLine;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Host.Options;

/// <summary>Where kernels run, and how layers are divided; the same words for every verb.</summary>
internal sealed class DeviceArguments
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "Where kernels run: auto, or devices that 'gemma devices' lists, separated by commas: cuda:0,cuda:1,simd. A kind (cuda) stands for as many of them as the model needs.",
        HelpName = "NAME,…",
        DefaultValueFactory = _ => Devices.Auto,
    };

    private readonly Option<int?> _gpuLayers = Numbers.Whole(
        "--gpu-layers", "Layers for the devices before the processor, which gets the rest; more than the model has are all. Default: as many as fit.", 0, 1 << 20);

    public void AddTo(Command command)
    {
        command.Add(_device);
        command.Add(_gpuLayers);
    }

    public string Names(ParseResult parsed) => parsed.GetValue(_device)!;

    /// <summary>Prompt tokens computed at once when nothing else is asked for: more where a GPU has the first layers.</summary>
    public int DefaultBatch(ParseResult parsed)
    {
        if (DeviceRequest.NamesProcessors(Names(parsed)))
            return EngineOptions.DefaultPrefillChunk;
        try
        {
            DeviceRequest request = DeviceRequest.Of(Names(parsed));
            return Devices.List().Any(device => device.Name == request.Names[0] && !device.IsHost) ? EngineOptions.DefaultGpuPrefillChunk : EngineOptions.DefaultPrefillChunk;
        }
        catch (InputException)
        {
            return EngineOptions.DefaultPrefillChunk;   // loading will say what is wrong with the name
        }
    }

    public int? GpuLayers(ParseResult parsed) => parsed.GetValue(_gpuLayers);
}
