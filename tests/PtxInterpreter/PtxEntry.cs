using System.Buffers.Binary;
using System.Numerics;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter;

/// <summary>A kernel's parameter: where it lies in the parameter space.</summary>
public sealed record PtxParameter(string Name, PtxType Type, long Offset, long Size);

/// <summary>A kernel of a module.</summary>
public sealed class PtxEntry
{
    private readonly PtxModule _module;
    private readonly KernelProgram _program;

    internal PtxEntry(PtxModule module, EntrySyntax syntax, KernelProgram program)
    {
        _module = module;
        _program = program;
        Name = syntax.Name;
        Parameters = [.. syntax.Parameters.Select(parameter => new PtxParameter(parameter.Name, parameter.Type, parameter.Offset, parameter.Size))];
        MaximumThreads = syntax.MaximumThreads == 0 ? 1024 : syntax.MaximumThreads;
        RequiredGroup = syntax.RequiredGroup;
    }

    public string Name { get; }

    public IReadOnlyList<PtxParameter> Parameters { get; }

    public int ParameterBytes => _program.ParameterBytes;

    public int StaticSharedBytes => _program.StaticSharedBytes;

    /// <summary>Bytes of local memory that each thread has.</summary>
    public int LocalBytes => _program.LocalBytes;

    /// <summary>Most threads of a group: 1024, or what .maxntid or .reqntid say.</summary>
    public int MaximumThreads { get; }

    public (int X, int Y, int Z)? RequiredGroup { get; }

    /// <summary>Instructions as decoded, for counting: opcode and source line.</summary>
    public IReadOnlyList<(string Opcode, int Line)> Code => [.. _program.Code.Select(instruction => (instruction.Name, instruction.Line))];

    /// <summary>Lays values out as the parameter space wants them; value i is that of parameter i, in the low bytes of 8.</summary>
    public byte[] PackParameters(params ReadOnlySpan<ulong> slots)
    {
        if (slots.Length != Parameters.Count)
            throw new ArgumentException($"{Name} has {Parameters.Count} parameters; {slots.Length} values came.");
        byte[] bytes = new byte[ParameterBytes];
        Span<byte> slot = stackalloc byte[8];
        for (int i = 0; i < slots.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(slot, slots[i]);
            slot[..(int)Parameters[i].Size].CopyTo(bytes.AsSpan((int)Parameters[i].Offset));
        }
        return bytes;
    }

    /// <summary>Runs the kernel; throws <see cref="PtxFaultException"/> where a thread breaks the ISA's rules.</summary>
    public LaunchStatistics Launch(Dim3 grid, Dim3 group, int dynamicSharedBytes, ReadOnlySpan<byte> parameters, DeviceMemory memory, LaunchOptions? options = null)
    {
        options ??= LaunchOptions.Default;
        Check(grid, group, parameters);
        Dictionary<string, ulong> variables = memory.VariablesOf(_module);
        long groups = grid.Count;
        int workers = _program.HasGlobalAtomics ? 1 : (int)Math.Min(options.Threads, groups);
        var runners = new Group[workers];
        try
        {
            for (int i = 0; i < workers; i++)
                runners[i] = new Group(_program, Name, grid, group, dynamicSharedBytes, parameters, memory, variables, options);
            long next = -1;
            void Work(Group runner)
            {
                for (long index = Interlocked.Increment(ref next); index < groups; index = Interlocked.Increment(ref next))
                    runner.Run(new Dim3((int)(index % grid.X), (int)(index / grid.X % grid.Y), (int)(index / ((long)grid.X * grid.Y))));
            }
            if (workers == 1)
                Work(runners[0]);
            else
                RunAll(runners, Work);
            return Gather(runners);
        }
        finally
        {
            foreach (Group? runner in runners)
                runner?.Dispose();
        }
    }

    private static void RunAll(Group[] runners, Action<Group> work)
    {
        try
        {
            Parallel.ForEach(runners, new ParallelOptions { MaxDegreeOfParallelism = runners.Length }, work);
        }
        catch (AggregateException several)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    private void Check(Dim3 grid, Dim3 group, ReadOnlySpan<byte> parameters)
    {
        if (parameters.Length != ParameterBytes)
            throw new ArgumentException($"{Name} takes {ParameterBytes} bytes of parameters; {parameters.Length} came.");
        if (grid.X < 1 || grid.Y < 1 || grid.Z < 1 || grid.Y > 65535 || grid.Z > 65535)
            throw new ArgumentException($"A grid of {grid} cannot be launched.");
        if (group.X < 1 || group.Y < 1 || group.Z < 1 || group.Count > MaximumThreads || group.Z > 64)
            throw new ArgumentException($"{Name} cannot be launched with groups of {group}; it takes at most {MaximumThreads} threads.");
        if (RequiredGroup is { } required && required != (group.X, group.Y, group.Z))
            throw new ArgumentException($"{Name} demands groups of {required}, not {group}.");
    }

    private LaunchStatistics Gather(Group[] runners)
    {
        var statistics = new LaunchStatistics { WarpInstructions = runners.Sum(runner => runner.WarpInstructions) };
        for (int i = 0; i < _program.Code.Length; i++)
        {
            long lanes = runners.Sum(runner => runner.LaneCounts[i]);
            string name = _program.Code[i].Name;
            statistics.LanesByOpcode[name] = statistics.LanesByOpcode.GetValueOrDefault(name) + lanes;
        }
        return statistics;
    }
}
