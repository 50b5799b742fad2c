using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Memory;

/// <summary>The windows through which generic addresses reach shared and local memory.</summary>
internal static class Windows
{
    public const ulong Shared = 0x7F00_0000_0000;
    public const ulong Local = 0x7F01_0000_0000;
    public const ulong Size = 0x100_0000;

    public static StateSpace SpaceOf(ulong generic)
    {
        if (generic - Shared < Size)
            return StateSpace.Shared;
        return generic - Local < Size ? StateSpace.Local : StateSpace.Global;
    }

    /// <summary>What a generic address is above one of its space.</summary>
    public static ulong Base(StateSpace space) => space switch
    {
        StateSpace.Shared => Shared,
        StateSpace.Local => Local,
        _ => 0,
    };
}

/// <summary>Where an instruction accesses memory: a register and a distance, or the distance alone. Checks
/// alignment and bounds of every lane.</summary>
internal sealed unsafe class AddressOperandPlan
{
    private MemoryRange _last = new(0, 0, null, false);

    public required StateSpace Space { get; init; }

    /// <summary>Offset of the register, or -1.</summary>
    public required int Base { get; init; }

    public required bool BaseIsWide { get; init; }

    public required long Distance { get; init; }

    /// <summary>Host pointers of the lanes of <paramref name="mask"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Resolve(Warp warp, uint mask, int size, bool write, byte** pointers)
    {
        ulong* addresses = stackalloc ulong[32];
        ulong low = ulong.MaxValue, high = 0, bits = 0;
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            ulong address = Address(warp, lane);
            addresses[lane] = address;
            low = Math.Min(low, address);
            high = Math.Max(high, address);
            bits |= address;
        }
        if ((bits & (ulong)(size - 1)) != 0)
            Misaligned(warp, mask, size, addresses);
        if (Space is StateSpace.Global or StateSpace.Const)
        {
            MemoryRange range = _last;
            if (low - range.Start < range.Length && high - range.Start <= range.Length - (ulong)size && range.Length >= (ulong)size && !(write && range.ReadOnly))
            {
                byte* host = range.Host;
                ulong start = range.Start;
                for (uint left = mask; left != 0; left &= left - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(left);
                    pointers[lane] = host + (addresses[lane] - start);
                }
                return;
            }
        }
        else if (Space == StateSpace.Shared && low >= KernelProgram.SharedStart && high + (ulong)size <= (ulong)(KernelProgram.SharedStart + warp.Group.SharedBytes))
        {
            byte* shared = warp.Group.Shared - KernelProgram.SharedStart;
            for (uint left = mask; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                pointers[lane] = shared + addresses[lane];
            }
            return;
        }
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            pointers[lane] = Pointer(warp, lane, Space, addresses[lane], size, write);
        }
    }

    /// <summary>One lane's address in this space.</summary>
    public ulong Address(Warp warp, int lane)
    {
        if (Base < 0)
            return (ulong)Distance;
        ulong start = BaseIsWide ? ((ulong*)(warp.Registers + Base))[lane] : ((uint*)(warp.Registers + Base))[lane];
        return start + (ulong)Distance;
    }

    /// <summary>The host pointer of some bytes; a fault where they lie outside.</summary>
    public byte* Pointer(Warp warp, int lane, StateSpace space, ulong address, int size, bool write)
    {
        if (space == StateSpace.Generic)
        {
            space = Windows.SpaceOf(address);
            address -= Windows.Base(space);
        }
        switch (space)
        {
            case StateSpace.Shared:
                if (address >= KernelProgram.SharedStart && address - KernelProgram.SharedStart + (ulong)size <= (ulong)warp.Group.SharedBytes)
                    return warp.Group.Shared + (address - KernelProgram.SharedStart);
                throw warp.Fault($"{Access(write, size)} at {(long)address - KernelProgram.SharedStart} of the group's {warp.Group.SharedBytes} bytes of shared memory", 1u << lane, PtxFault.Address);
            case StateSpace.Local:
                if (address + (ulong)size <= (ulong)warp.LocalBytes && address <= (ulong)warp.LocalBytes)
                    return warp.Local + ((long)lane * warp.LocalBytes) + address;
                throw warp.Fault($"{Access(write, size)} at {address} of the thread's {warp.LocalBytes} bytes of local memory", 1u << lane, PtxFault.Address);
            case StateSpace.Param:
                if (!write && address + (ulong)size <= (ulong)warp.Group.Program.ParameterBytes)
                    return warp.Group.Parameters + address;
                throw warp.Fault($"{Access(write, size)} at {address} of {warp.Group.Program.ParameterBytes} bytes of parameters", 1u << lane, PtxFault.Address);
            default:
                return Global(warp, lane, address, size, write);
        }
    }

    private byte* Global(Warp warp, int lane, ulong address, int size, bool write)
    {
        MemoryRange? range = _last;     // read once: groups run at the same time
        if (!range.Contains(address, (ulong)size))
            range = warp.Group.Memory.Find(address);
        if (range is null || !range.Contains(address, (ulong)size))
            throw warp.Fault($"{Access(write, size)} at 0x{address:x}, {Describe(warp, address)}", 1u << lane, PtxFault.Address);
        if (write && range.ReadOnly)
            throw warp.Fault($"{Access(write, size)} at 0x{address:x}, which is constant", 1u << lane, PtxFault.Address);
        _last = range;
        return range.Host + (address - range.Start);
    }

    private static string Describe(Warp warp, ulong address)
    {
        const ulong Near = 1 << 19;
        if (warp.Group.Memory.Before(address) is { } before && address - before.Start - before.Length < Near)
            return $"{address - before.Start - before.Length} bytes past the end of the {before.Length} bytes at 0x{before.Start:x}";
        return address < 0x1_0000 ? "which is near null" : "where nothing is allocated";
    }

    private static string Access(bool write, int size) => $"{(write ? "writes" : "reads")} {size} bytes";

    private static void Misaligned(Warp warp, uint mask, int size, ulong* addresses)
    {
        for (uint left = mask; left != 0; left &= left - 1)
        {
            int lane = BitOperations.TrailingZeroCount(left);
            if ((addresses[lane] & (ulong)(size - 1)) != 0)
                throw warp.Fault($"address 0x{addresses[lane]:x} is not a multiple of {size}", 1u << lane, PtxFault.Misaligned);
        }
    }
}
