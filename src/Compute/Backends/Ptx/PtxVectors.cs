using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Loads or stores of neighbouring places that become one instruction.</summary>
/// <param name="Offset">Of the first place, from the common start.</param>
/// <param name="Parts">2 or 4 operations in the order of their places.</param>
internal sealed record PtxVector(long Offset, IrValue[] Parts);

/// <summary>Finds vectors: same start, places one after another, alignment known, nothing between that might disturb.</summary>
internal sealed class PtxVectors
{
    private readonly record struct Access(IrValue Value, object Start, long Offset, int Position);

    private readonly Dictionary<IrValue, PtxVector> _at = [];
    private readonly HashSet<IrValue> _parts = [];
    private readonly KnownAlignment _alignment;
    private readonly Func<IrValue, (IrValue? Pointer, string? Name, long Offset)> _base;
    private readonly Func<IrValue, bool> _isGeneric;

    private PtxVectors(List<IrBlock> blocks, Func<IrValue, (IrValue?, string?, long)> baseOf, Func<IrValue, bool> isGeneric) =>
        (_alignment, _base, _isGeneric) = (new(blocks), baseOf, isGeneric);

    public static PtxVectors Find(List<IrBlock> blocks, HashSet<IrValue> needed, Func<IrValue, (IrValue?, string?, long)> baseOf, Func<IrValue, bool> isGeneric)
    {
        var found = new PtxVectors(blocks, baseOf, isGeneric);
        foreach (IrBlock block in blocks)
        {
            found.Loads(block, needed);
            found.Stores(block);
        }
        return found;
    }

    /// <summary>True for an operation that a vector does.</summary>
    public bool IsPart(IrValue value) => _parts.Contains(value);

    /// <summary>The vector that stands where this operation stood.</summary>
    public PtxVector? At(IrValue value) => _at.GetValueOrDefault(value);

    // Loads may come earlier, up to the last effect before them.
    private void Loads(IrBlock block, HashSet<IrValue> needed)
    {
        var open = new List<Access>();
        for (int i = 0; i < block.Values.Count; i++)
        {
            IrValue value = block.Values[i];
            if (value.HasSideEffect)
            {
                // A store reaches its own space only.
                if (value.Op == IrOp.Store && !_isGeneric(value.Operands[0]))
                {
                    Close(open.Where(access => access.Value.Operands[0].Space == value.Operands[0].Space || _isGeneric(access.Value.Operands[0])).ToList(), latest: false);
                    open.RemoveAll(access => access.Value.Operands[0].Space == value.Operands[0].Space || _isGeneric(access.Value.Operands[0]));
                }
                else
                {
                    Close(open, latest: false);
                    open.Clear();
                }
            }
            else if (value.Op == IrOp.Load && needed.Contains(value))
            {
                open.Add(Read(value, i));
            }
        }
        Close(open, latest: false);
    }

    // Stores may come later, up to the next thing that might read or write the same places.
    private void Stores(IrBlock block)
    {
        var open = new List<Access>();
        for (int i = 0; i < block.Values.Count; i++)
        {
            IrValue value = block.Values[i];
            if (value.Op == IrOp.Store)
            {
                Access access = Read(value, i);
                if (open.Count > 0 && (!open[0].Start.Equals(access.Start) || Overlaps(open, access)))
                {
                    Close(open, latest: true);
                    open.Clear();
                }
                open.Add(access);
            }
            else if (value.HasSideEffect || (value.Op == IrOp.Load && open.Count > 0 && MayAlias(value.Operands[0], open[0].Value.Operands[0])))
            {
                Close(open, latest: true);
                open.Clear();
            }
        }
        Close(open, latest: true);
    }

    private bool MayAlias(IrValue a, IrValue b) => a.Space == b.Space || _isGeneric(a) || _isGeneric(b);

    private static bool Overlaps(List<Access> open, Access added) => open.Exists(access =>
        access.Offset < added.Offset + added.Value.Memory.SizeInBytes() && added.Offset < access.Offset + access.Value.Memory.SizeInBytes());

    private Access Read(IrValue value, int position)
    {
        (IrValue? pointer, string? name, long offset) = _base(value.Operands[0]);
        return new(value, (object?)pointer ?? name!, offset, position);
    }

    private void Close(List<Access> open, bool latest)
    {
        if (open.Count < 2)
            return;
        foreach (IGrouping<(object Start, object Kind), Access> group in open.GroupBy(access => (access.Start, Kind(access.Value.Memory))))
        {
            Access[] sorted = [.. group.DistinctBy(access => access.Offset).OrderBy(access => access.Offset)];
            if (sorted.Length < group.Count() && latest)
                continue;
            int size = sorted[0].Value.Memory.SizeInBytes();
            long alignment = sorted.Max(AlignmentOf);
            var taken = new HashSet<long>();
            foreach (int count in (ReadOnlySpan<int>)[4, 2])
            {
                if (count * size <= 16)
                    Take(sorted, size, count, alignment, taken, latest);
            }
        }
    }

    private void Take(Access[] sorted, int size, int count, long alignment, HashSet<long> taken, bool latest)
    {
        int bytes = size * count;
        if (alignment < bytes)
            return;
        foreach (IGrouping<long, Access> line in sorted.Where(access => access.Offset % size == 0 && !taken.Contains(access.Offset)).GroupBy(access => Math.DivRem(access.Offset, bytes, out long rest) - (rest < 0 ? 1 : 0)).ToList())
        {
            Access[] members = [.. line];
            if (members.Length < count)
                continue;
            var parts = new IrValue[count];
            foreach (Access member in members)
            {
                parts[(member.Offset - (line.Key * bytes)) / size] = member.Value;
                _parts.Add(member.Value);
                taken.Add(member.Offset);
            }
            IrValue place = (latest ? members.MaxBy(member => member.Position) : members.MinBy(member => member.Position)).Value;
            _at[place] = new(line.Key * bytes, parts);
        }
    }

    // What may stand together: numbers of one size; narrow ones extend in one way.
    private static object Kind(MemoryType memory) => memory.SizeInBytes() >= 4 ? memory.SizeInBytes() : memory;

    // The start's own alignment, or what a statement about the way from there to the place says of it.
    private long AlignmentOf(Access access)
    {
        IrValue pointer = access.Value.Operands[0];
        long best = _alignment.Of(access.Start as IrValue ?? Root(pointer));
        for (; pointer is { Op: IrOp.Address, Operands.Count: 1 } or { Op: IrOp.AlignedPointer }; pointer = pointer.Operands[0])
        {
            if (pointer.Op == IrOp.AlignedPointer && _base(pointer).Offset % pointer.Immediate == 0)
                best = Math.Max(best, pointer.Immediate);
        }
        return best;
    }

    private static IrValue Root(IrValue pointer)
    {
        while (pointer is { Op: IrOp.Address, Operands.Count: 1 } or { Op: IrOp.AlignedPointer })
            pointer = pointer.Operands[0];
        return pointer;
    }
}
