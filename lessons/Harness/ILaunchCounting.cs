using ILGPU.Runtime;

namespace GemmaIlgpu.Lessons;

/// <summary>A device that counts what kernels do instead of doing it fast.</summary>
public interface ILaunchCounting
{
    /// <summary>Gets the device.</summary>
    Accelerator Accelerator { get; }

    /// <summary>Runs launches on <see cref="Accelerator"/> and gives what was counted: names and numbers, in the order of a report.</summary>
    IReadOnlyList<KeyValuePair<string, double>> Count(Action launch);
}
