using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels as a GPU with warps of a certain width would and counts what decides its speed.</summary>
internal sealed class CountedEngine(CPUAccelerator accelerator)
    : LockstepEngine(accelerator, new LockstepOptions(accelerator.Settings.WarpSize, Alignments: true))
{
    /// <summary>Gets what was counted.</summary>
    public CounterLog Log { get; } = new();

    // As on a GPU, so that the lines of a launch do not depend on where the system finds memory.
    private const int Alignment = 256;

    /// <inheritdoc/>
    public override CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) =>
        new OwnedMemoryBuffer(owner, length, elementSize, Alignment);

    /// <inheritdoc/>
    protected override void Run(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch)
    {
        var counter = new Counter(program, launch, Log.KeepsTraces);
        new LockstepGroup(program, launch, scratch, counter).RunAll();
        Log.Add(counter.Finish(), counter.Trace);
    }
}
