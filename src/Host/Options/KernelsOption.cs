using System.CommandLine;
using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Host.Options;

/// <summary>`--kernels`: which of a device's kernels compute.</summary>
internal static class KernelsOption
{
    public static Option<string> Create()
    {
        Option<string> option = new("--kernels")
        {
            Description = "Which kernels compute: fast ones (fused, tensor cores) where they fit, or plain ones that every device runs. Auto takes fast ones on GPUs.",
            HelpName = "auto|fast|plain",
            DefaultValueFactory = _ => "auto",
        };
        option.Validators.Add(result =>
        {
            string name = result.GetValueOrDefault<string>() ?? "";
            if (name is not ("auto" or "fast" or "plain"))
                result.AddError($"--kernels takes auto, fast or plain, not '{name}'.");
        });
        return option;
    }

    public static KernelChoice Parse(string name) => Enum.Parse<KernelChoice>(name, ignoreCase: true);
}
