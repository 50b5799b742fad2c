using GemmaIlgpu.Compute.Backends.Lockstep;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels from their IR, the lanes of a warp in lockstep, group after group.</summary>
/// <param name="accelerator">The accelerator.</param>
/// <param name="options">How programs are made.</param>
internal abstract class LockstepEngine(CPUAccelerator accelerator, LockstepOptions options) : ICpuEngine
{
    private readonly KernelCompiler<LockstepOptions, LockstepProgram> _compiler = new(accelerator, options, (kernel, target, _) => LockstepProgram.Compile(kernel, target), checks: options.Checks, statements: options.KeepRows, alignments: options.Alignments);
    private readonly WorkerScratch _scratch = new();
    private readonly Lock _running = new();

    /// <summary>Gets the launches that came to their end without a fault.</summary>
    public long Launches { get; private set; }

    /// <inheritdoc/>
    public int AutoGroupSize => LockstepLauncher.UsualGroupSize;

    /// <inheritdoc/>
    public void Prepare(CPUKernel kernel)
    {
        if (!kernel.Parameters.Any(SpecializingLauncher.IsSpecialized))
            _compiler.Get(kernel, [], null);
    }

    /// <inheritdoc/>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature) =>
        _compiler.CreateLauncher(kernel, signature, compiled => new LockstepLauncher(kernel, compiled.Code, this));

    /// <summary>Runs a launch to its end; launches from several threads come one after another.</summary>
    public void Launch(LockstepProgram program, in LockstepLaunch launch)
    {
        lock (_running)
        {
            Run(program, launch, _scratch);
            Launches++;
        }
    }

    /// <inheritdoc/>
    public void ClearCache() => _compiler.Clear();

    /// <inheritdoc/>
    public virtual CPUMemoryBuffer Allocate(CPUAccelerator owner, long length, int elementSize) => CPUMemoryBuffer.Create(owner, length, elementSize);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_running)
            Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the memory back.</summary>
    protected virtual void Dispose(bool disposing) => _scratch.Dispose();

    /// <summary>Runs a launch.</summary>
    protected abstract void Run(LockstepProgram program, in LockstepLaunch launch, WorkerScratch scratch);
}

/// <summary>Launches a kernel that runs in lockstep.</summary>
internal sealed unsafe class LockstepLauncher(CPUKernel kernel, LockstepProgram program, LockstepEngine engine) : SlotLauncher(kernel)
{
    /// <summary>Threads of a group when the accelerator chooses, as on a GPU.</summary>
    public const int UsualGroupSize = 256;

    /// <inheritdoc/>
    public override void Launch(AcceleratorStream? stream, KernelConfig config, byte* slots)
    {
        Check(stream);
        LaunchChecks.Config(Kernel, config);
        Index3D grid = config.GridDim, group = config.GroupDim;
        LaunchChecks.SharedMemory(Kernel, (int)program.SharedBytes, config.SharedMemoryConfig.ArraySize);
        engine.Launch(program, new LockstepLaunch
        {
            Grid = (grid.X, grid.Y, grid.Z),
            Group = (group.X, group.Y, group.Z),
            DynamicSharedBytes = config.SharedMemoryConfig.ArraySize,
            Slots = slots,
        });
    }

    /// <inheritdoc/>
    public override void Launch(AcceleratorStream? stream, long x, long y, long z, byte* slots)
    {
        Check(stream);
        LaunchChecks.Extent(Kernel, new LongIndex3D(x, y, z));
        LaunchChecks.SharedMemory(Kernel, (int)program.SharedBytes, 0);
        if (x == 0 || y == 0 || z == 0)
            return;
        int warp = Kernel.Accelerator.WarpSize;
        int group = Kernel.CustomGroupSize > 0 ? Kernel.CustomGroupSize : (int)Math.Min(UsualGroupSize, (x + warp - 1) / warp * warp);
        engine.Launch(program, new LockstepLaunch
        {
            Grid = (checked((int)((x + group - 1) / group)), checked((int)y), checked((int)z)),
            Group = (group, 1, 1),
            ExtentX = x,
            Slots = slots,
        });
    }

    private void Check(AcceleratorStream? stream)
    {
        if (stream is not null)
            LaunchChecks.Stream(Kernel, stream);
        else
            Kernel.Accelerator.ThrowIfDisposed();
    }
}
