using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels with every access checked.</summary>
internal sealed class CheckedEngine : LockstepEngine
{
    private readonly CheckedOptions _options;
    private readonly CheckedMemory _memory;

    public CheckedEngine(CPUAccelerator accelerator)
        : base(accelerator, new LockstepOptions(
            accelerator.Settings.WarpSize, Checks: true, accelerator.Settings.Checks.NaNs, accelerator.Settings.Checks.Infinities))
    {
        _options = accelerator.Settings.Checks;
        _memory = new(_options);
    }

    /// <inheritdoc/>
    public override CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) =>
        new CheckedMemoryBuffer(owner, _memory, length, elementSize);

    /// <inheritdoc/>
    protected override void Run(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch)
    {
        using var checker = new Checker(program, launch, _memory, _options);
        try
        {
            new LockstepGroup(program, launch, scratch, checker).RunAll();
            checker.ThrowUnwritten(ofShared: false);
        }
        catch (KernelFaultException fault) when (!ReferenceEquals(checker.CauseOf(fault), fault))
        {
            throw checker.CauseOf(fault);
        }
        checker.RequireAlive();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }
}
