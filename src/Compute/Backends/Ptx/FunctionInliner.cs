using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Puts the code of functions written in C# in the place of operations that PTX lacks.</summary>
internal sealed class FunctionInliner(IrKernel kernel)
{
    private static readonly ConcurrentDictionary<MethodInfo, Lazy<IrKernel>> s_functions = new();

    private readonly Substitution _replaced = new();
    private readonly IrBuilder _ir = new(kernel);
    private readonly Dictionary<(MethodInfo, long), long> _tables = [];
    private readonly Dictionary<IrValue, IrValue> _copies = [];     // of the function being inlined

    /// <summary>Replaces every operation for which there is a function.</summary>
    /// <param name="find">The function of an operation, or null.</param>
    /// <returns>True when something was replaced.</returns>
    public bool Run(Func<IrValue, MethodInfo?> find)
    {
        (IrValue Value, MethodInfo Function)[] calls =
            [.. from block in kernel.Blocks from value in block.Values let function = find(value) where function is not null select (value, function)];
        foreach ((IrValue value, MethodInfo function) in calls)
            Inline(value, s_functions.GetOrAdd(function, static method => new(() => Compile(method))).Value);
        _replaced.Apply(kernel);
        return calls.Length > 0;
    }

    private static IrKernel Compile(MethodInfo method)
    {
        IrKernel function = KernelFrontend.TranslateFunction(method);
        KernelOptimizer.Run(function);
        return function;
    }

    private void Inline(IrValue value, IrKernel function)
    {
        IrBlock block = value.Block;
        var blocks = new Dictionary<IrBlock, IrBlock>();
        IrValue? result = null;
        IrBlock? end = null;
        bool isStraight = function.Blocks.Count == 1;
        List<IrValue> rest = [];
        foreach (IrBlock original in function.Blocks)
        {
            if (isStraight)
            {
                blocks[original] = block;
                continue;
            }
            blocks[original] = kernel.NewBlock();
            kernel.Blocks.RemoveAt(kernel.Blocks.Count - 1);
        }
        // Shells first: phis may use what comes later.
        foreach (IrBlock original in function.Blocks)
            foreach (IrValue source in original.Phis.Concat(original.Values))
                _copies[source] = Copy(source, value, function, blocks[original]);
        foreach (IrBlock original in function.Blocks)
        {
            IrBlock copy = blocks[original];
            List<IrValue> target = isStraight ? rest : copy.Values;
            foreach (IrValue source in original.Phis.Concat(original.Values))
            {
                if (source.Op == IrOp.Store)
                {
                    result = _copies[source.Operands[1]];
                    end = copy;
                    continue;
                }
                if (IrBuilder.IsLeaf(source.Op))
                    continue;
                IrValue made = _copies[source];
                foreach (IrValue operand in source.Operands)
                    made.Operands.Add(_copies[operand]);
                (source.Op == IrOp.Phi ? copy.Phis : target).Add(made);
            }
        }
        int at = block.Values.IndexOf(value);
        block.Values.RemoveAt(at);
        _replaced.Replace(value, result!);
        if (isStraight)
        {
            block.Values.InsertRange(at, rest);
            return;
        }
        Connect(block, at, function, blocks, end!);
    }

    // Cuts the block in two; the function's blocks come between.
    private void Connect(IrBlock block, int at, IrKernel function, Dictionary<IrBlock, IrBlock> blocks, IrBlock end)
    {
        IrBlock tail = kernel.NewBlock();
        kernel.Blocks.RemoveAt(kernel.Blocks.Count - 1);
        foreach (IrValue moved in block.Values.Skip(at))
        {
            moved.Block = tail;
            tail.Values.Add(moved);
        }
        block.Values.RemoveRange(at, block.Values.Count - at);
        tail.ExitLocation = block.ExitLocation;
        switch (block.Terminator)
        {
            case TerminatorKind.Jump:
                tail.EndWithJump(block.Target!);
                break;
            case TerminatorKind.Branch:
                tail.EndWithBranch(block.Condition!, block.Target!, block.ElseTarget!);
                break;
            default:
                tail.EndWithReturn();
                break;
        }
        foreach (IrBlock successor in tail.Successors)
            successor.Predecessors[successor.Predecessors.IndexOf(block)] = tail;
        foreach (IrBlock original in function.Blocks)
        {
            IrBlock copy = blocks[original];
            copy.Predecessors.AddRange(original.Predecessors.Select(predecessor => blocks[predecessor]));
            if (original.Terminator == TerminatorKind.Jump)
                copy.EndWithJump(blocks[original.Target!]);
            else if (original.Terminator == TerminatorKind.Branch)
                copy.EndWithBranch(_copies[original.Condition!], blocks[original.Target!], blocks[original.ElseTarget!]);
            else
                copy.EndWithJump(tail);
        }
        tail.Predecessors.Add(end);
        block.EndWithJump(blocks[function.Entry]);
        blocks[function.Entry].Predecessors.Add(block);
        kernel.Blocks.InsertRange(kernel.Blocks.IndexOf(block) + 1, [.. function.Blocks.Select(original => blocks[original]), tail]);
    }

    private IrValue Copy(IrValue source, IrValue call, IrKernel function, IrBlock block)
    {
        IrValue copy;
        if (source.Op == IrOp.Parameter)
        {
            // The place of the result is none: its store goes away.
            copy = source.Immediate < call.Operands.Count ? call.Operands[(int)source.Immediate] : source;
        }
        else if (IrBuilder.IsLeaf(source.Op))
        {
            copy = _ir.Leaf(source.Op, source.Type, source.Op == IrOp.ConstantBase ? Table(function, source.Immediate) : source.Immediate, source.Space);
        }
        else
        {
            copy = kernel.NewValue(source.Op, source.Type);
            (copy.Space, copy.Memory, copy.Immediate, copy.Offset) = (source.Space, source.Memory, source.Immediate, source.Offset);
            (copy.Location, copy.Block) = (call.Location, block);
        }
        return copy;
    }

    private long Table(IrKernel function, long table)
    {
        if (!_tables.TryGetValue((function.Method!, table), out long known))
        {
            kernel.ConstantTables.Add(function.ConstantTables[(int)table]);
            _tables[(function.Method!, table)] = known = kernel.ConstantTables.Count - 1;
        }
        return known;
    }
}
