using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using GemmaIlgpu.Lessons;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>A small launch of every kernel in the catalogue.</summary>
internal static class KernelSamples
{
    /// <summary>The sample of a kernel; null if <see cref="WhyNot"/> has a reason.</summary>
    public static KernelSample? For(KernelEntry entry) => Launch(entry) is { } launch
        ? new KernelSample(entry.Name, launch.Description, accelerator => Run(entry.Name, launch, accelerator), launch.SmallestWarp)
        : null;

    /// <summary>Why a kernel cannot be run everywhere; null if it can.</summary>
    public static string? WhyNot(KernelEntry entry) => Launch(entry) is null
        ? $"{entry.SourceName} multiplies on tensor cores by PTX instructions, so that it runs on CUDA devices only; 'gemma kernels show {entry.Family} --stage ptx:sm_80' shows it."
        : null;

    private static void Run(string name, SampleLaunch launch, Accelerator accelerator)
    {
        if (accelerator.WarpSize < launch.SmallestWarp)
            throw new UsageException($"{name} needs warps of {launch.SmallestWarp} lanes or more; {accelerator.Name} has {accelerator.WarpSize}.");
        using var memory = new SampleMemory(accelerator);
        launch.Run(memory);
    }

    private static SampleLaunch? Launch(KernelEntry entry)
    {
        if (LessonKernels.LessonOf(entry.Method) is Lesson lesson)
            return LessonKernels.NeedsCuda(entry.Method) ? null : new($"lesson {lesson.Number:00}, {lesson.Pose(Scale.Small).Shape}", m => LessonKernels.Run(entry.Method, m.Accelerator));
        Type[] types = entry.Method.GetGenericArguments();
        return entry.SourceName switch
        {
            "Add.Kernel" => new("y += x, 1,000 values", m => new Add(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(1000), m.Floats(1000))),
            "GeGlu.Kernel" => new("1,000 gates", m => new GeGlu(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(1000), m.Floats(1000), m.Room<float>(1000))),
            "Softcap.Kernel" => new("1,000 values, cap 30", m => new Softcap(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(1000), 30f)),
            "Softmax.Kernel" => new("5 rows of 100 values", m => new Softmax(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(500), m.Room<float>(500), 100)),
            "RmsNorm.Kernel" => new("3 rows of 300 values", m => new RmsNorm(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(900), m.Floats(300), m.Room<float>(900), 1e-6f, 1f)),
            "RmsNorm.AddKernel" => new("3 rows of 300 values", m => new RmsNorm(m.Accelerator, m.Tuning).RunAdd(m.Stream, m.Floats(900), m.Floats(300), m.Floats(900), 1e-6f, 1f)),
            "Rope.TablesKernel" => new("10 tokens, heads of 64", m => new Rope(m.Accelerator, m.Tuning).Tables(m.Stream, 7, 10, m.Floats(32), m.Room<float>(320), m.Room<float>(320))),
            "Rope.RotateKernel" => new("5 tokens, 2 heads of 64", m => new Rope(m.Accelerator, m.Tuning).Run(m.Stream, m.Floats(640), 2, 64, m.Floats(160), m.Floats(160))),
            "Embedding.Kernel" => new("5 of 20 tokens, width 100", m => new Embedding(m.Accelerator, m.Tuning).Run(m.Stream, m.Of(3, 0, 19, 3, 7), m.Weights(SampleTypes.Weight(types[0]), 20, 100), m.Room<float>(500), 8f)),
            "MemoryRead.Kernel" => new("five packets of 16 bytes a thread", ReadMemory),
            _ => ProductSamples.Launch(entry.SourceName, types) ?? AttentionSamples.Launch(entry.SourceName, types) ?? SamplingSamples.Launch(entry.SourceName),
        };
    }

    private static void ReadMemory(SampleMemory m)
    {
        var read = new MemoryRead(m.Accelerator, m.Tuning);
        read.Run(m.Stream, m.Of(new Packet[5 * read.Threads]), m.Room<int>(read.Threads));
    }
}

/// <summary>What a sample launches.</summary>
/// <param name="Description">What is computed.</param>
/// <param name="Run">Launches with buffers of the given memory.</param>
/// <param name="SmallestWarp">Lanes that a warp must have at least.</param>
internal sealed record SampleLaunch(string Description, Action<SampleMemory> Run, int SmallestWarp = 1);

/// <summary>The types of weights and caches that kernels are written for, by the formats that are their type arguments.</summary>
internal static class SampleTypes
{
    public static WeightType Weight(Type format) => Enum.Parse<WeightType>(format.Name.Replace("Format", "").Replace("Packets", ""));

    public static CacheType Cache(Type format) => Enum.Parse<CacheType>(format.Name.Replace("Cache", ""));

    public static BlockType Block(Type format) => Enum.Parse<BlockType>(format.Name.Replace("Format", ""));
}
