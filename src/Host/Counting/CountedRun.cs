#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Compute;
using GemmaIlgpu.Host.Inspection;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Counting;

/// <summary>Runs launches as a GPU would, and counts them.</summary>
internal static class CountedRun
{
    // A loop without end comes back after a minute or so.
    private const long MostBlocks = 50_000_000;

    /// <summary>The launches that something makes.</summary>
    public static IReadOnlyList<LaunchTrace> Of(Action<Accelerator> run, int warp)
    {
        using Context context = Context.Create(builder => builder.CountedCpu(warp));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        accelerator.GetCounters().KeepsTraces = true;
        run(accelerator);
        accelerator.Synchronize();
        return accelerator.GetCounters().Traces;
    }

    /// <summary>The launches of the user's own, and what is to be said of their arguments.</summary>
    public static (IReadOnlyList<LaunchTrace> Traces, string Description) Of(UserLaunch own, int warp)
    {
        string made = "";
        // An index outside would be read all the same, and numbers of a launch with a fault mean nothing.
        using (Context context = Context.Create(builder => builder.CheckedCpu(warp, new CheckedOptions { BlockLimit = MostBlocks })))
        {
            using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
            own.Run(accelerator, said => made = said);
        }

        IReadOnlyList<LaunchTrace> traces = Of(accelerator => own.Run(accelerator, _ => { }), warp);
        return (traces, made.Length > 0 ? made : $"launched by {own.Name}");
    }
}
#endif
