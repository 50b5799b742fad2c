using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Inspection.Samples;

/// <summary>A small, realistic launch of one kernel, to look at it while it runs.</summary>
/// <param name="Name">The kernel's name in the catalogue.</param>
/// <param name="Description">What is computed: "3 rows of 200 values".</param>
/// <param name="Run">Makes buffers on an accelerator, launches the kernel, waits and frees them. Other kernels may be launched on the way.</param>
/// <param name="SmallestWarp">Lanes that a warp of the accelerator must have at least.</param>
internal sealed record KernelSample(string Name, string Description, Action<Accelerator> Run, int SmallestWarp = 1);
