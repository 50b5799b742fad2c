namespace GemmaIlgpu.Host.Inspection;

/// <summary>What our own compiler makes of a kernel.</summary>
internal static class KernelStages
{
    public static string Ir(KernelEntry entry) => throw new UsageException($"{entry.Name}: this stage is not built in.");

    public static string Simd(KernelEntry entry) => throw new UsageException($"{entry.Name}: this stage is not built in.");
}
