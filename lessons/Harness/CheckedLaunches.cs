#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Lessons;

/// <summary>Runs a rung at the small size with every access watched, and says what is wrong with it.</summary>
public sealed class CheckedLaunches : IDisposable
{
    private readonly Context _context;
    private readonly Accelerator _accelerator;

    /// <summary>Opens the checked device.</summary>
    public CheckedLaunches(int warpSize = 32)
    {
        _context = Context.Create(builder => builder.CheckedCpu(warpSize).EnableAlgorithms());
        _accelerator = _context.CreateCPUAccelerator(0);
    }

    /// <summary>What a device cannot do, a fault with its thread and source line, or the first wrong element; null if all is well.</summary>
    public string? Complain(Lesson lesson, Rung rung)
    {
        Problem problem = lesson.Pose(Scale.Small);
        using Workbench bench = new(_accelerator);
        if (rung.WhyNot(bench) is not null)
            return null;
        try
        {
            rung.Prepare(bench, problem)();
            return Judgement.Of(problem, bench.ReadResult()).Complaint;
        }
        catch (Exception mistake) when (mistake is KernelFaultException or KernelCompilationException)
        {
            return mistake.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _accelerator.Dispose();
        _context.Dispose();
    }
}
#endif
