using System.CommandLine;
using GemmaIlgpu.Engine;

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

    public int? GpuLayers(ParseResult parsed) => parsed.GetValue(_gpuLayers);
}
