using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>What a lockstep program depends on besides its kernel.</summary>
/// <param name="Lanes">Lanes of a warp, a power of two up to 64.</param>
/// <param name="Checks">Whether the front end keeps the checks of indices.</param>
/// <param name="NaNs">Whether operations that make a NaN of numbers are reported.</param>
/// <param name="Infinities">Whether operations that make an infinity of finite numbers are reported.</param>
/// <param name="KeepRows">Whether each value keeps a row of its own, so that it can be looked at later; statements are marked then, and
/// the kernel is not optimised.</param>
/// <param name="Alignments">Whether the front end keeps what a kernel says of the alignment of views.</param>
internal sealed record LockstepOptions(int Lanes, bool Checks = false, bool NaNs = false, bool Infinities = false, bool KeepRows = false, bool Alignments = false);

/// <summary>A kernel as instructions for warps of a certain width.</summary>
internal sealed unsafe class LockstepProgram
{
    private readonly Dictionary<IrValue, int> _rows;
    private readonly ConcurrentDictionary<int, WaysTo> _ways = new();
    private readonly IrValue[][] _operands;
    private readonly int[] _blockOf;

    private LockstepProgram(IrKernel kernel, LockstepOptions options, ProgramBuilder builder)
    {
        (Kernel, Options, Lanes) = (kernel, options, options.Lanes);
        Blocks = [.. builder.Blocks];
        Values = [.. builder.Values];
        _rows = builder.Rows;
        _operands = [.. builder.Values.Select(value => value is null ? [] : builder.OperandsOf(value).ToArray())];
        _blockOf = new int[builder.Values.Count];
        for (int b = 0; b < Blocks.Length; b++)
            Array.Fill(_blockOf, b, Blocks[b].First, Blocks[b].Count + 1);
        RegisterBytes = builder.RegisterBytes;
        TaggedRows = [.. builder.TaggedRows];
        Code = (Instruction*)NativeMemory.Alloc((nuint)builder.Code.Count, (nuint)sizeof(Instruction));
        CollectionsMarshal.AsSpan(builder.Code).CopyTo(new Span<Instruction>(Code, builder.Code.Count));
        Leaves = [.. kernel.Blocks.SelectMany(block => block.Values).Where(value => IrBuilder.IsLeaf(value.Op) && _rows.ContainsKey(value))];
        ConstantTables = [.. kernel.ConstantTables.Select(Pin)];
        WarpsWait = builder.Code.Exists(instruction => instruction.Stop == StopKind.Meeting)
            || builder.Values.Exists(value => value?.Op is IrOp.Atomic or IrOp.AtomicCompareExchange);
        for (int i = 0; i < kernel.SharedAllocations.Count; i++)
        {
            SharedOffsets.Add(SharedBytes);
            SharedBytes += RoundUp(kernel.SharedAllocations[i].SizeInBytes, 64);
        }
        foreach (IrAllocation local in kernel.LocalAllocations)
        {
            LocalOffsets.Add(LocalBytes);
            LocalBytes += RoundUp(local.SizeInBytes, 16);
        }
        Regions = new(this);
    }

    public IrKernel Kernel { get; }

    public LockstepOptions Options { get; }

    public int Lanes { get; }

    /// <summary>Gets the instructions, block after block. They live as long as the process.</summary>
    public Instruction* Code { get; }

    public LockstepBlock[] Blocks { get; }

    /// <summary>Gets the value that each instruction came from; null at the end of a block.</summary>
    public IrValue?[] Values { get; }

    /// <summary>Gets the values without operands, whose rows are filled before a warp begins.</summary>
    public IrValue[] Leaves { get; }

    public int RegisterBytes { get; }

    /// <summary>Gets the rows that have tags, and the bytes of their values.</summary>
    public (int Row, int Width)[] TaggedRows { get; }

    public nint[] ConstantTables { get; }

    /// <summary>Gets whether warps of a group may wait for each other, at a barrier or for what another changes atomically.</summary>
    public bool WarpsWait { get; }

    /// <summary>Gets the bytes of all static shared allocations, and where each begins.</summary>
    public long SharedBytes { get; }

    public List<long> SharedOffsets { get; } = [];

    /// <summary>Gets the bytes of one lane's local allocations, and where each begins.</summary>
    public long LocalBytes { get; }

    public List<long> LocalOffsets { get; } = [];

    /// <summary>Makes the program of a kernel that the front end has read.</summary>
    public static LockstepProgram Compile(IrKernel kernel, LockstepOptions options)
    {
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.WarpSize))
            (value.Op, value.Immediate) = (IrOp.Constant, options.Lanes);
        kernel.WatchesFloats = options.NaNs || options.Infinities;
        // Who looks at statements and variables wants them as they are written.
        if (options.KeepRows)
            KernelOptimizer.RunForStepping(kernel);
        else
            KernelOptimizer.Run(kernel);
        var builder = new ProgramBuilder(kernel, options);
        builder.Build();
        return new(kernel, options, builder);
    }

    /// <summary>Gets the parts that run often, compiled.</summary>
    public LaneRegions Regions { get; }

    /// <summary>Gets the rows.</summary>
    public IReadOnlyDictionary<IrValue, int> Rows => _rows;

    /// <summary>The values whose rows an instruction reads.</summary>
    public IReadOnlyList<IrValue> OperandsOf(int instruction) => _operands[instruction];

    /// <summary>The block of an instruction.</summary>
    public int BlockOf(int instruction) => _blockOf[instruction];

    /// <summary>How lanes can come to a block without another round of a loop around it.</summary>
    public WaysTo WaysTo(int block) => _ways.GetOrAdd(block, goal => new WaysTo(this, goal));

    /// <summary>The byte offset of a value's row.</summary>
    public int RowOf(IrValue value) => _rows[value];

    /// <summary>The source line of an instruction.</summary>
    public SourceLocation? LocationOf(Instruction* instruction) => Values[instruction->Index]?.Location;

    /// <summary>The source line at which a block goes on: that of its first instruction with a line, or of its exit.</summary>
    public SourceLocation? LocationOf(int block)
    {
        LockstepBlock found = Blocks[block];
        for (int i = 0; i < found.Count; i++)
            if (Values[found.First + i]?.Location is { } location)
                return location;
        return found.Source.ExitLocation;
    }

    private static long RoundUp(long value, long step) => (value + step - 1) / step * step;

    private static nint Pin(byte[] table)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)Math.Max(table.Length, 1), 64);
        table.CopyTo(new Span<byte>(memory, table.Length));
        return (nint)memory;
    }
}
