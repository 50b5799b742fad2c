using System.Numerics;
using System.Runtime.CompilerServices;
using GemmaIlgpu.PtxInterpreter.Memory;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>ld: one to four values of a type into registers as wide or wider.</summary>
internal sealed unsafe class Load<TMemory, TRegister>(AddressOperandPlan address, int[] registers) : Instruction
    where TMemory : unmanaged, INumberBase<TMemory>
    where TRegister : unmanaged, INumberBase<TRegister>
{
    public override bool NeedsDefined => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[32];
        address.Resolve(warp, mask, sizeof(TMemory) * registers.Length, write: false, pointers);
        for (int k = 0; k < registers.Length; k++)
        {
            TRegister* d = (TRegister*)(warp.Registers + registers[k]);
            for (uint left = mask; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                d[lane] = TRegister.CreateTruncating(((TMemory*)pointers[lane])[k]);
            }
        }
    }
}

/// <summary>st: the low part of one to four registers.</summary>
internal sealed unsafe class Store<TMemory, TRegister>(AddressOperandPlan address, int[] registers) : Instruction
    where TMemory : unmanaged, INumberBase<TMemory>
    where TRegister : unmanaged, INumberBase<TRegister>
{
    public override bool NeedsDefined => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[32];
        address.Resolve(warp, mask, sizeof(TMemory) * registers.Length, write: true, pointers);
        for (int k = 0; k < registers.Length; k++)
        {
            TRegister* s = (TRegister*)(warp.Registers + registers[k]);
            for (uint left = mask; left != 0; left &= left - 1)
            {
                int lane = BitOperations.TrailingZeroCount(left);
                ((TMemory*)pointers[lane])[k] = TMemory.CreateTruncating(s[lane]);
            }
        }
    }
}

/// <summary>atom and red: lanes one after another, in order.</summary>
internal sealed unsafe class Atomic<T>(AddressOperandPlan address, Func<T, T, T, T> function, int a, int b, int destination) : Instruction
    where T : unmanaged
{
    public override bool NeedsDefined => true;

    public override void Execute(Warp warp, uint mask)
    {
        byte** pointers = stackalloc byte*[32];
        address.Resolve(warp, mask, sizeof(T), write: true, pointers);
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            T* memory = (T*)pointers[lane];
            T old = *memory;
            *memory = function(old, ((T*)(warp.Registers + a))[lane], ((T*)(warp.Registers + b))[lane]);
            if (destination >= 0)
                ((T*)(warp.Registers + destination))[lane] = old;
        }
    }
}

/// <summary>cvta: between an address of a space and the generic one, by adding the window's start.</summary>
internal sealed unsafe class AddConstant(int source, bool sourceIsWide, int destination, bool destinationIsWide, ulong distance) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong value = (sourceIsWide ? ((ulong*)(warp.Registers + source))[lane] : ((uint*)(warp.Registers + source))[lane]) + distance;
            if (destinationIsWide)
                ((ulong*)(warp.Registers + destination))[lane] = value;
            else
                ((uint*)(warp.Registers + destination))[lane] = (uint)value;
        }
    }
}

/// <summary>isspacep: whether a generic address points into a space.</summary>
internal sealed unsafe class IsSpace(int source, int destination, StateSpace space) : Instruction
{
    public override void Execute(Warp warp, uint mask)
    {
        uint result = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            ulong address = ((ulong*)(warp.Registers + source))[lane];
            bool inside = Windows.SpaceOf(address) == space;
            if (space == StateSpace.Const)
                inside = warp.Group.Memory.Find(address) is { ReadOnly: true };
            result |= (inside ? 1u : 0) << lane;
        }
        uint* d = (uint*)(warp.Registers + destination);
        *d = (*d & ~mask) | (result & mask);
    }
}
