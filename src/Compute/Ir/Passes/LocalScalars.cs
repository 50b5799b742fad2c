using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Ir.Passes;

/// <summary>Turns local arrays that are only used at constant places into registers.</summary>
internal static class LocalScalars
{
    public static void Run(IrKernel kernel)
    {
        for (int i = 0; i < kernel.LocalAllocations.Count; i++)
            if (Accesses(kernel, i) is { Count: > 0 } accesses)
                Promote(kernel, i, accesses);
    }

    // Each load and store with its byte offset; null when the address is used in any other way or places overlap.
    private static Dictionary<IrValue, long>? Accesses(IrKernel kernel, int allocation)
    {
        var addresses = new Dictionary<IrValue, long>();
        var accesses = new Dictionary<IrValue, long>();
        var types = new SortedDictionary<long, MemoryType>();
        foreach (IrBlock block in kernel.Blocks)
            foreach (IrValue value in block.Values)
                if (value.Op == IrOp.LocalBase && value.Immediate == allocation)
                    addresses[value] = 0;
        for (bool found = addresses.Count > 0; found;)
        {
            found = false;
            foreach (IrBlock block in kernel.Blocks)
                foreach (IrValue value in block.Values)
                    if (value is { Op: IrOp.Address, Operands.Count: 1 } && addresses.TryGetValue(value.Operands[0], out long start) && addresses.TryAdd(value, start + value.Offset))
                        found = true;
        }
        foreach (IrBlock block in kernel.Blocks)
        {
            if (block.Phis.Exists(phi => phi.Operands.Exists(addresses.ContainsKey)))
                return null;
            foreach (IrValue value in block.Values)
            {
                if (!value.Operands.Exists(addresses.ContainsKey) || addresses.ContainsKey(value))
                    continue;
                if (value.Op is not (IrOp.Load or IrOp.Store) || (value.Op == IrOp.Store && addresses.ContainsKey(value.Operands[1])))
                    return null;
                long offset = addresses[value.Operands[0]];
                if (types.TryGetValue(offset, out MemoryType known) && known != value.Memory)
                    return null;
                types[offset] = value.Memory;
                accesses[value] = offset;
            }
        }
        long end = 0;
        foreach ((long offset, MemoryType type) in types)
        {
            if (offset < end)
                return null;
            end = offset + type.SizeInBytes();
        }
        return end <= kernel.LocalAllocations[allocation].SizeInBytes ? accesses : null;
    }

    private static void Promote(IrKernel kernel, int allocation, Dictionary<IrValue, long> accesses)
    {
        var ir = new IrBuilder(kernel);
        IrValue? start = kernel.KeepsFaults ? ir.Leaf(IrOp.LocalBase, IrType.Ptr, allocation, AddressSpace.Local) : null;
        var replaced = new Substitution();
        foreach (IGrouping<long, KeyValuePair<IrValue, long>> place in accesses.GroupBy(access => access.Value))
            Promote(kernel, ir, [.. place.Select(access => access.Key)], replaced, start, place.Key);
        foreach (IrBlock block in kernel.Blocks)
            block.Values.RemoveAll(accesses.ContainsKey);
        replaced.Apply(kernel);
    }

    // One variable: a phi at every join, of which clean-up keeps those that choose between values.
    // With a start, a second variable says whether the first has a value, and loads check that.
    private static void Promote(IrKernel kernel, IrBuilder ir, HashSet<IrValue> accesses, Substitution replaced, IrValue? start, long offset)
    {
        MemoryType memory = accesses.First().Memory;
        var atEnd = new Dictionary<IrBlock, (IrValue Value, IrValue IsWritten)>();
        var phis = new List<IrValue>();
        IrValue no = ir.Bool(false), yes = ir.Bool(true);
        foreach (IrBlock block in Traversal.ReversePostOrder([kernel.Entry], block => block.Successors))
        {
            IrValue current, isWritten = no;
            if (block == kernel.Entry)
            {
                current = ir.Zero(memory.RegisterType());
            }
            else if (block.Predecessors.Count == 1)
            {
                (current, isWritten) = atEnd[block.Predecessors[0]];
            }
            else
            {
                current = NewPhi(block, memory.RegisterType());
                if (start is not null)
                    isWritten = NewPhi(block, IrType.Bool);
            }
            ir.MoveTo(block, []);
            List<IrValue>? rebuilt = null;
            for (int i = 0; i < block.Values.Count; i++)
            {
                IrValue value = block.Values[i];
                if (!accesses.Contains(value))
                {
                    rebuilt?.Add(value);
                    continue;
                }
                rebuilt ??= block.Values.GetRange(0, i);
                ir.MoveTo(block, rebuilt);
                ir.Location = value.Location;
                if (value.Op == IrOp.Load)
                {
                    replaced.Replace(value, current);
                    if (start is not null)
                        ir.Emit(IrOp.Check, IrType.Void, (long)CheckKind.Written, start, isWritten).Offset = offset;
                    continue;
                }
                isWritten = yes;
                current = Extend(ir, replaced.Resolve(value.Operands[1]), memory);
            }
            if (rebuilt is not null)
            {
                block.Values.Clear();
                block.Values.AddRange(rebuilt);
            }
            atEnd[block] = (current, isWritten);
        }
        foreach (IrValue phi in phis)
        {
            foreach (IrBlock predecessor in phi.Block.Predecessors)
                phi.Operands.Add(phi.Type == IrType.Bool ? atEnd[predecessor].IsWritten : atEnd[predecessor].Value);
            phi.Block.Phis.Add(phi);
        }

        IrValue NewPhi(IrBlock block, IrType type)
        {
            IrValue phi = kernel.NewValue(IrOp.Phi, type);
            phi.Block = block;
            phis.Add(phi);
            return phi;
        }
    }

    // What a load would give back of a stored value.
    private static IrValue Extend(IrBuilder ir, IrValue value, MemoryType memory) => memory switch
    {
        MemoryType.I8 => ir.Emit(IrOp.SignExtend8, IrType.I32, value),
        MemoryType.U8 => ir.Emit(IrOp.ZeroExtend8, IrType.I32, value),
        MemoryType.I16 => ir.Emit(IrOp.SignExtend16, IrType.I32, value),
        MemoryType.U16 => ir.Emit(IrOp.ZeroExtend16, IrType.I32, value),
        _ => value,
    };
}
