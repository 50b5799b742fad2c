namespace GemmaIlgpu.Compute;

/// <summary>Accesses of global memory in one direction.</summary>
/// <remarks>
/// A request is one instruction of one warp. It moves every 32-byte sector that an active lane touches, and looks up every
/// 128-byte line. Neighbouring accesses of one lane that make 8 or 16 bytes at a multiple of their size are one request, as in
/// machine code of a GPU.
/// </remarks>
public sealed record GlobalTraffic
{
    /// <summary>Gets the warp instructions.</summary>
    public long Requests { get; internal set; }

    /// <summary>Gets the accesses of single lanes.</summary>
    public long LaneAccesses { get; internal set; }

    /// <summary>Gets the bytes that lanes ask for; a byte that several lanes of a request ask for counts for each.</summary>
    public long LaneBytes { get; internal set; }

    /// <summary>Gets the bytes that requests need; a byte that several lanes of a request ask for counts once.</summary>
    public long UsedBytes { get; internal set; }

    /// <summary>Gets the 32-byte sectors of all requests.</summary>
    public long Sectors { get; internal set; }

    /// <summary>Gets the 128-byte lines of all requests.</summary>
    public long Lines { get; internal set; }

    /// <summary>Gets the bytes that move.</summary>
    public long MovedBytes => Sectors * 32;

    /// <summary>Gets the part of the bytes moved that is needed, 0 to 1: the coalescing efficiency. 1 if nothing moves.</summary>
    public double Efficiency => Sectors == 0 ? 1 : (double)UsedBytes / MovedBytes;

    /// <summary>Gets the sectors of an average request; 4 is the least for 32 lanes of 4 bytes each.</summary>
    public double SectorsPerRequest => Requests == 0 ? 0 : (double)Sectors / Requests;

    internal void Add(GlobalTraffic other)
    {
        Requests += other.Requests;
        LaneAccesses += other.LaneAccesses;
        LaneBytes += other.LaneBytes;
        UsedBytes += other.UsedBytes;
        Sectors += other.Sectors;
        Lines += other.Lines;
    }
}

/// <summary>Accesses of shared memory.</summary>
/// <remarks>
/// 32 banks, each 4 bytes wide; word w lies in bank w mod 32. Lanes are served 32 at a time, with 8 bytes each 16 at a time, with 16
/// bytes 8 at a time. One pass serves one word of every bank, to as many lanes as want it; of atomic operations, to one lane.
/// </remarks>
public sealed record SharedTraffic
{
    /// <summary>Gets the warp instructions.</summary>
    public long Requests { get; internal set; }

    /// <summary>Gets the passes that would do without conflicts.</summary>
    public long IdealPasses { get; internal set; }

    /// <summary>Gets the passes.</summary>
    public long Passes { get; internal set; }

    /// <summary>Gets the passes that bank conflicts cost.</summary>
    public long Conflicts => Passes - IdealPasses;

    internal void Add(SharedTraffic other)
    {
        Requests += other.Requests;
        IdealPasses += other.IdealPasses;
        Passes += other.Passes;
    }
}

/// <summary>Instructions of warps by class.</summary>
public sealed record InstructionCounts
{
    /// <summary>Gets integer arithmetic, bits and addresses.</summary>
    public long Integer { get; internal set; }

    /// <summary>Gets additions, multiplications, comparisons and the like of floats.</summary>
    public long Float { get; internal set; }

    /// <summary>Gets divisions, roots, exponentials and other functions of floats.</summary>
    public long Special { get; internal set; }

    /// <summary>Gets conversions between types.</summary>
    public long Conversion { get; internal set; }

    /// <summary>Gets choices between two values.</summary>
    public long Select { get; internal set; }

    /// <summary>Gets loads, stores and atomic operations.</summary>
    public long Memory { get; internal set; }

    /// <summary>Gets barriers, fences and exchanges between lanes.</summary>
    public long Exchange { get; internal set; }

    /// <summary>Gets branches that depend on a condition.</summary>
    public long Branch { get; internal set; }

    /// <summary>Gets all.</summary>
    public long Total => Integer + Float + Special + Conversion + Select + Memory + Exchange + Branch;

    internal void Add(InstructionCounts other, long times = 1)
    {
        Integer += times * other.Integer;
        Float += times * other.Float;
        Special += times * other.Special;
        Conversion += times * other.Conversion;
        Select += times * other.Select;
        Memory += times * other.Memory;
        Exchange += times * other.Exchange;
        Branch += times * other.Branch;
    }
}
