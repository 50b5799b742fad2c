using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <content>Sectors, lines and banks.</content>
internal sealed unsafe partial class Counter
{
    private const int SectorBytes = 32, LineBytes = 128, Banks = 32, MostLanes = 64, WidestAccess = 16;

    private readonly SectorSet _touched = new();
    private readonly Dictionary<int, (int[] Run, int At)> _runs = [];      // instruction → neighbours in memory that follow each other
    private readonly HashSet<int> _counted = [];                            // those that an earlier one of their run has counted
    private readonly long[] _addresses = new long[MostLanes];

    /// <inheritdoc/>
    public void Access(LockstepWarp warp, Instruction* i)
    {
        long* pointers = warp.Pointers(i);
        if (_counted.Count > 0 && _counted.Remove(i->Index))
            return;
        int lanes = 0, size = i->Size;
        long bits = 0;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
        {
            long address = pointers[BitOperations.TrailingZeroCount(left)] + i->Offset;
            bits |= address;
            _addresses[lanes++] = address;
        }
        if (_runs.TryGetValue(i->Index, out (int[] Run, int At) run))
            size = Widen(run.Run, run.At, size, bits);
        IrOp op = _program.Values[i->Index]!.Op;
        switch (i->Space)
        {
            case AddressSpace.Global:
                CountGlobal(op == IrOp.Load ? _counters.GlobalLoads : op == IrOp.Store ? _counters.GlobalStores : _counters.GlobalAtomics, lanes, size);
                break;
            case AddressSpace.Shared:
                CountShared(op == IrOp.Load ? _counters.SharedLoads : _counters.SharedStores, warp, pointers, i->Offset, size, op is not (IrOp.Load or IrOp.Store));
                break;
            default:
                _counters.LocalRequests++;
                break;
        }
        if (op is not (IrOp.Load or IrOp.Store) && i->Space != AddressSpace.Local)
            _counters.AtomicCollisions += lanes - Distinct(_addresses.AsSpan(0, lanes));
        _tracer?.Access(warp, i, pointers, size);
    }

    // The widest access of two or four parts, up to 16 bytes, that begins here, if it is aligned in every lane.
    private int Widen(int[] run, int at, int size, long bits)
    {
        for (int wide = Math.Min(WidestAccess, 4 * size); wide > size; wide /= 2)
        {
            int count = wide / size;
            if ((bits & (wide - 1)) != 0 || at + count > run.Length)
                continue;
            for (int follower = at + 1; follower < at + count; follower++)
                _counted.Add(run[follower]);
            return wide;
        }
        return size;
    }

    private static int Distinct(Span<long> addresses)
    {
        addresses.Sort();
        int count = 0;
        for (int i = 0; i < addresses.Length; i++)
            if (i == 0 || addresses[i] != addresses[i - 1])
                count++;
        return count;
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

    private void CountShared(SharedTraffic traffic, LockstepWarp warp, long* pointers, long offset, int size, bool isAtomic)
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
                    if (isAtomic || !new Span<long>(words, count).Contains(word))
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
                if (access && run.Count > 0 && Follows(_program.Code + run[^1], next, op))
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
        return _program.Values[last->Index]!.Op == op && last->Size == next->Size && (next->Size >= 4 || IsAligned(a.Start))
            && b == (a.Start, a.Index, a.Stride, a.Offset + last->Size);
    }

    // The pointer of an access, taken apart.
    private (IrValue Start, IrValue? Index, long Stride, long Offset) Place(int instruction)
    {
        IrValue pointer = _program.Values[instruction]!.Operands[0];
        long offset = 0;
        for (; pointer is { Op: IrOp.Address, Operands.Count: 1 } or { Op: IrOp.AlignedPointer }; pointer = pointer.Operands[0])
            offset += pointer.Op == IrOp.Address ? pointer.Offset : 0;
        if (pointer is not { Op: IrOp.Address, Operands.Count: 2 })
            return (pointer, null, 0, offset);
        // In a view that the kernel calls aligned, x[i + 1] lies behind x[i], as for PTX: wide loads are what that was said for.
        IrValue index = pointer.Operands[1];
        if (index is { Op: IrOp.SignExtend, Operands: [var narrow] } && IsAligned(pointer.Operands[0]))
        {
            for (index = narrow; index is { Op: IrOp.Add, Operands: [_, { Op: IrOp.Constant }] }; index = index.Operands[0])
                offset += index.Operands[1].Immediate * pointer.Immediate;
        }
        return (pointer.Operands[0], index, pointer.Immediate, offset + pointer.Offset);
    }

    private static bool IsAligned(IrValue pointer)
    {
        while (pointer.Op == IrOp.Address)
            pointer = pointer.Operands[0];
        return pointer.Op == IrOp.AlignedPointer;
    }

    private void Close(List<int> run)
    {
        int[] neighbours = [.. run];
        for (int at = 0; at + 1 < neighbours.Length; at++)
            _runs[neighbours[at]] = (neighbours, at);
    }
}
