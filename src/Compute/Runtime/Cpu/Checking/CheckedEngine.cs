using System.Diagnostics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels with every access checked.</summary>
internal sealed class CheckedEngine : LockstepEngine
{
    private const int ShadowBytesOfGranule = 24;
    private const int MemoryForShadows = 4;     // the part of all memory

    private static readonly long s_memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private readonly CheckedOptions _options;
    private readonly CheckedMemory _memory;
    private readonly CpuDeviceSettings _settings;
    private readonly ConditionalWeakTable<LockstepProgram, SharingHistory> _histories = [];
    private readonly Lazy<WorkerPool> _pool;

    public CheckedEngine(CPUAccelerator accelerator)
        : base(accelerator, new LockstepOptions(
            accelerator.Settings.WarpSize, Checks: true, accelerator.Settings.Checks.NaNs, accelerator.Settings.Checks.Infinities))
    {
        _settings = accelerator.Settings;
        _options = _settings.Checks;
        _memory = new(_options);
        _pool = new(() => new WorkerPool(_settings.Threads));
    }

    /// <summary>Gets the launches whose groups several threads shared, and in which nothing was wrong.</summary>
    public long SharedLaunches { get; private set; }

    /// <inheritdoc/>
    public override CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) =>
        new CheckedMemoryBuffer(owner, _memory, length, elementSize);

    /// <inheritdoc/>
    protected override void Run(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch)
    {
        using var checker = new Checker(program, launch, _memory, _options);
        SharingHistory history = _histories.GetOrCreateValue(program);
        long start = Stopwatch.GetTimestamp();
        int threads = ThreadsFor(CheckedProgram.Of(program), history, checker, launch.Groups);
        if (threads > 1)
        {
            _memory.AddParts(threads);
            if (new SharedLaunch(program, launch, checker, [.. _memory.Parts.Take(threads)], _settings.SharesAll).Run(_pool.Value))
            {
                history.Took((Stopwatch.GetTimestamp() - start) * threads, launch.Groups);
                SharedLaunches++;
                checker.RequireAlive();
                return;
            }
            history.WasInVain();
        }
        try
        {
            new LockstepGroup(program, launch, scratch, checker).RunAll();
            checker.ThrowUnwritten(ofShared: false);
        }
        catch (KernelFaultException fault) when (!ReferenceEquals(checker.CauseOf(fault), fault))
        {
            throw checker.CauseOf(fault);
        }
        if (threads == 1)
            history.Took(Stopwatch.GetTimestamp() - start, launch.Groups);
        checker.RequireAlive();
    }

    // How many threads share the groups. What is not looked for cannot stop them, though its order may matter; and a limit counts all groups.
    private int ThreadsFor(CheckedProgram known, SharingHistory history, Checker checker, long groups)
    {
        int threads = (int)Math.Min(_settings.Threads, groups);
        if (threads < 2 || !_options.Races || !_options.UninitializedReads || _options.BlockLimit > 0 || known.Written is not { } written)
            return 1;
        if (!_settings.SharesAll && !history.IsWorthwhile(groups))
            return 1;
        if (checker.RegionsOf(written) is not { } regions)
            return 1;
        // Each has shadows of his own.
        long room = s_memory / MemoryForShadows;
        long shadows = regions.Sum(region => region.Length / known.LeastAccess * ShadowBytesOfGranule);
        return (int)Math.Min(threads, room / Math.Max(1, shadows));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (_pool.IsValueCreated)
            _pool.Value.Dispose();
        _memory.Dispose();
    }
}
