using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels with every access checked, and hands the launch that somebody wants to look at over to him.</summary>
internal sealed class SteppedEngine : LockstepEngine
{
    private readonly CheckedOptions _options;
    private readonly CheckedMemory _memory;
    private readonly SteppedLaunches _launches;

    private SteppedEngine(CPUAccelerator accelerator, SteppedLaunches launches)
        : base(accelerator, new LockstepOptions(
            accelerator.Settings.WarpSize, Checks: true, accelerator.Settings.Checks.NaNs, accelerator.Settings.Checks.Infinities, KeepRows: true))
    {
        _options = accelerator.Settings.Checks;
        _launches = launches;
        _memory = new(_options);
    }

    /// <summary>Makes a device whose accelerators let somebody look at a launch.</summary>
    public static CPUDevice Device(int warpSize, CheckedOptions options, SteppedLaunches launches) => new(CpuDevices.Checked(warpSize, options).Settings with
    {
        Name = $"CPU, stepped, warps of {warpSize}",
        Engine = accelerator => new SteppedEngine(accelerator, launches),
    });

    /// <inheritdoc/>
    public override CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) =>
        new CheckedMemoryBuffer(owner, _memory, length, elementSize);

    /// <inheritdoc/>
    protected override void Run(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch)
    {
        using var machine = new SteppedMachine(program, launch, _memory, _options, scratch, keepsHistory: _launches.Wants(program.Kernel.Method!));
        if (machine.KeepsHistory)
            _launches.Look(machine);
        machine.RunToEnd();
        if (machine.Fault is { } fault)
            throw fault;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _memory.Dispose();
    }
}

/// <summary>Which launch somebody wants to look at, and how he does.</summary>
/// <param name="wants">Asked once at each launch.</param>
/// <param name="look">Called instead of running the launch; what he leaves of it is run afterwards.</param>
internal sealed class SteppedLaunches(Predicate<System.Reflection.MethodInfo> wants, Action<SteppedMachine> look)
{
    public bool Wants(System.Reflection.MethodInfo kernel) => wants(kernel);

    public void Look(SteppedMachine machine) => look(machine);
}
