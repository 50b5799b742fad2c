using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Sectors, lines and banks.</content>
internal sealed unsafe partial class Counter
{
    private const int SectorBytes = 32, LineBytes = 128, Banks = 32, MostLanes = 64, WidestAccess = 16;

    private readonly SectorSet _touched = new();
    private readonly Dictionary<int, (int Count, int Size)> _wide = [];     // first instruction → a run of neighbours
    private readonly HashSet<int> _followers = [];
    private readonly HashSet<int> _counted = [];                            // followers that their first instruction counted
    private readonly long[] _addresses = new long[MostLanes];

    /// <inheritdoc/>
    public void Access(LockstepWarp warp, Instruction* i)
    {
        long* pointers = warp.Pointers(i);
        if (_followers.Contains(i->Index) && _counted.Remove(i->Index))
            return;
        int lanes = 0, size = i->Size;
        bool isAligned = true;
        (int Count, int Size) run = _wide.GetValueOrDefault(i->Index);
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            long address = pointers[BitOperations.TrailingZeroCount(left)] + i->Offset;
            isAligned &= run.Size != 0 && address % run.Size == 0;
            _addresses[lanes++] = address;
        }
        if (run.Count > 0 && isAligned)
        {
            size = run.Size;
            for (int follower = 1; follower < run.Count; follower++)
                _counted.Add(NthFollower(i->Index, follower));
        }
        IrOp op = _program.Values[i->Index]!.Op;
        switch (i->Space)
        {
            case AddressSpace.Global:
                CountGlobal(op == IrOp.Load ? _counters.GlobalLoads : op == IrOp.Store ? _counters.GlobalStores : _counters.GlobalAtomics, lanes, size);
                break;
            case AddressSpace.Shared:
                CountShared(op == IrOp.Load ? _counters.SharedLoads : _counters.SharedStores, warp, pointers, i->Offset, size);
                break;
            default:
                _counters.LocalRequests++;
                break;
        }
        _tracer?.Access(warp, i, pointers, size);
    }

    private void CountGlobal(GlobalTraffic traffic, int lanes, int size)
    {
        traffic.Requests++;
        traffic.LaneAccesses += lanes;
        traffic.LaneBytes += (long)lanes * size;
        Span<long> addresses = _addresses.AsSpan(0, lanes);
        addresses.Sort();
        // Going up, each lane adds the bytes, sectors and lines behind those of the lanes before it.
        long bytesTo = long.MinValue, sectorTo = long.MinValue, lineTo = long.MinValue;
        foreach (long address in addresses)
        {
            long end = address + size;
            traffic.UsedBytes += end - Math.Max(address, Math.Min(bytesTo, end));
            bytesTo = Math.Max(bytesTo, end);
            for (long sector = Math.Max(address / SectorBytes, sectorTo); sector <= (end - 1) / SectorBytes; sector++)
            {
                traffic.Sectors++;
                _touched.Add(sector);
                sectorTo = sector + 1;
            }
            for (long line = Math.Max(address / LineBytes, lineTo); line <= (end - 1) / LineBytes; line++)
            {
                traffic.Lines++;
                lineTo = line + 1;
            }
        }
    }

    private void CountShared(SharedTraffic traffic, LockstepWarp warp, long* pointers, long offset, int size)
    {
        traffic.Requests++;
        int atOnce = Math.Min(Banks, Banks * 4 / Math.Max(4, size));
        long start = (long)warp.Group.Shared;
        long* words = stackalloc long[Banks * 4];
        Span<int> perBank = stackalloc int[Banks];
        for (int first = 0; first < warp.Lanes; first += atOnce)
        {
            int count = 0;
            for (int lane = first; lane < Math.Min(first + atOnce, warp.Lanes); lane++)
            {
                if ((warp.Mask >> lane & 1) == 0)
                    continue;
                long from = pointers[lane] + offset - start;
                for (long word = from / 4; word <= (from + size - 1) / 4; word++)
                    if (!new Span<long>(words, count).Contains(word))
                        words[count++] = word;
            }
            if (count == 0)
                continue;
            perBank.Clear();
            int passes = 0;
            for (int w = 0; w < count; w++)
                passes = Math.Max(passes, ++perBank[(int)(words[w] % Banks)]);
            traffic.IdealPasses++;
            traffic.Passes += passes;
        }
    }

    // Neighbours in memory that follow each other in a block with nothing in between that could change them.
    private void FindWide()
    {
        foreach (LockstepBlock block in _program.Blocks)
        {
            List<int> run = [];
            for (int i = block.First; i < block.First + block.Count; i++)
            {
                Instruction* next = _program.Code + i;
                IrOp op = _program.Values[i]!.Op;
                bool access = op is IrOp.Load or IrOp.Store && next->Space is AddressSpace.Global or AddressSpace.Shared;
                if (access && run.Count > 0 && Follows(_program.Code + run[^1], next, op) && (run.Count + 1) * next->Size <= WidestAccess)
                {
                    run.Add(i);
                    continue;
                }
                if (access || _program.Values[i]!.HasSideEffect)
                {
                    Close(run);
                    run = access ? [i] : [];
                }
            }
            Close(run);
        }
    }

    private bool Follows(Instruction* last, Instruction* next, IrOp op)
    {
        (IrValue Start, IrValue? Index, long Stride, long Offset) a = Place(last->Index), b = Place(next->Index);
        return _program.Values[last->Index]!.Op == op && last->Size == next->Size && next->Size >= 4
            && b == (a.Start, a.Index, a.Stride, a.Offset + last->Size);
    }

    // The pointer of an access, taken apart.
    private (IrValue Start, IrValue? Index, long Stride, long Offset) Place(int instruction)
    {
        IrValue pointer = _program.Values[instruction]!.Operands[0];
        long offset = 0;
        for (; pointer is { Op: IrOp.Address, Operands.Count: 1 }; pointer = pointer.Operands[0])
            offset += pointer.Offset;
        return pointer is { Op: IrOp.Address, Operands.Count: 2 }
            ? (pointer.Operands[0], pointer.Operands[1], pointer.Immediate, offset + pointer.Offset)
            : (pointer, null, 0, offset);
    }

    private void Close(List<int> run)
    {
        // 8 or 16 bytes; a run of three is two and one.
        for (int at = 0; at + 1 < run.Count;)
        {
            int size = (_program.Code + run[at])->Size;
            int count = (int)BitOperations.RoundUpToPowerOf2((uint)(run.Count - at + 1)) / 2;
            if (count < 2)
                return;
            _wide[run[at]] = (count, count * size);
            for (int i = 1; i < count; i++)
                _followers.Add(run[at + i]);
            at += count;
        }
    }

    private int NthFollower(int first, int number)
    {
        int at = first;
        while (number > 0)
            if (_followers.Contains(++at))
                number--;
        return at;
    }
}
