using System.Collections;
using System.Reflection.Metadata;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Which local variables of a method have been given a value on every way to an instruction, since they came into scope.</summary>
internal sealed class AssignedLocals
{
    private readonly IlMethod _method;
    private readonly BitArray?[] _atEntry;

    public AssignedLocals(IlMethod method)
    {
        _method = method;
        _atEntry = new BitArray?[method.Blocks.Length];
        _atEntry[0] = new BitArray(method.LocalTypes.Length);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (IlBlock block in method.Blocks)
            {
                if (_atEntry[block.Order] is not { } entry)
                    continue;
                BitArray exit = Walk(entry, block.First, block.End);
                foreach (IlBlock successor in block.Successors)
                    changed |= Meet(ref _atEntry[successor.Order], exit);
            }
        }
    }

    /// <summary>The slots with a value just before an instruction of a block.</summary>
    public BitArray Before(IlBlock block, int instruction)
    {
        BitArray result = Walk(_atEntry[block.Order]!, block.First, instruction);
        Forget(result, instruction);
        return result;
    }

    private BitArray Walk(BitArray from, int first, int end)
    {
        var result = new BitArray(from);
        for (int i = first; i < end; i++)
        {
            Forget(result, i);
            if (SlotWritten(_method.Instructions[i]) is int slot)
                result[slot] = true;
        }
        return result;
    }

    // Compilers give one slot to several variables that are never seen together.
    private void Forget(BitArray assigned, int instruction)
    {
        if (_method.Symbols is { } symbols)
            foreach (int slot in symbols.VariablesFrom(_method.Instructions[instruction].Offset))
                assigned[slot] = false;
    }

    private static bool Meet(ref BitArray? entry, BitArray exit)
    {
        if (entry is null)
        {
            entry = new BitArray(exit);
            return true;
        }
        bool changed = false;
        for (int i = 0; i < exit.Length; i++)
        {
            if (!entry[i] || exit[i])
                continue;
            entry[i] = false;
            changed = true;
        }
        return changed;
    }

    private static int? SlotWritten(in IlInstruction instruction) => instruction.Code switch
    {
        >= ILOpCode.Stloc_0 and <= ILOpCode.Stloc_3 => instruction.Code - ILOpCode.Stloc_0,
        // Who takes the address of a variable without a value is about to give it one.
        ILOpCode.Stloc or ILOpCode.Stloc_s or ILOpCode.Ldloca or ILOpCode.Ldloca_s => (int)instruction.Operand,
        _ => null,
    };
}
