using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Translates one kernel. This part walks methods and blocks; the others translate instructions.</summary>
internal sealed partial class Translator
{
    private const int MaxDepth = 256;               // inlined calls inside each other
    private const int MaxValues = 1_000_000;        // a kernel beyond this never compiles in useful time

    private readonly IReadOnlyDictionary<int, object> _specialized;
    private readonly SsaBuilder _ssa;
    private Frame _frame = null!;
    private int _depth;

    public Translator(IrKernel kernel, IReadOnlyDictionary<int, object> specialized, bool forPtx)
    {
        ForPtx = forPtx;
        Kernel = kernel;
        _specialized = specialized;
        _ssa = new(kernel);
        kernel.NewBlock();
        Ir = new(kernel);
        Ir.MoveTo(kernel.Entry);
        _ssa.Seal(kernel.Entry);
    }

    public IrKernel Kernel { get; }

    public IrBuilder Ir { get; }

    /// <summary>What only PTX has may be translated.</summary>
    public bool ForPtx { get; }

    /// <summary>What a kernel says of the alignment of views becomes an operation.</summary>
    public bool Alignments { get; init; }

    /// <summary>Gets what the kernel may do with static fields.</summary>
    public StaticFields Fields { get; init; }

    /// <summary>Checks of indices become operations.</summary>
    public bool Checks { get; init; }

    /// <summary>Translates the kernel method into the kernel's blocks.</summary>
    public void Run()
    {
        MethodInfo method = Kernel.Method!;
        var arguments = new List<StackValue>();
        if (!method.IsStatic)
            arguments.Add(new(new ObjectSymbol(method.DeclaringType!)));
        ParameterInfo[] parameters = method.GetParameters();
        for (int i = 0; i < parameters.Length; i++)
            arguments.Add(i == 0 && Kernel.Kind == KernelKind.Implicit ? KernelIndex(parameters[0].ParameterType) : Parameter(parameters[i], i));
        Frame frame = Enter(method, [.. arguments]);
        TranslateBody(frame);
        if (frame.Returns.Count == 1)
        {
            frame.Returns[0].Block.EndWithReturn();
        }
        else if (frame.Returns.Count > 1)
        {
            // One exit for all returns: lanes that return early wait there for the others.
            IrBlock exit = Kernel.NewBlock();
            foreach ((IrBlock block, _) in frame.Returns)
            {
                block.EndWithJump(exit);
                exit.Predecessors.Add(block);
            }
            _ssa.Seal(exit);
            exit.EndWithReturn();
        }
        _ssa.Finish();
    }

    /// <summary>Translates a function of numbers: its result is stored to the place that the last parameter points to.</summary>
    public void RunFunction()
    {
        MethodInfo method = Kernel.Method!;
        ParameterInfo[] parameters = method.GetParameters();
        StackValue[] arguments = [.. parameters.Select(Parameter)];
        IrValue result = RequireScalar(Inline(method, arguments)!.Value);
        Kernel.Parameters.Add(new(Kernel.Parameters.Count, IrType.Ptr, "result", parameters.Length, [], ParameterKind.ViewPointer));
        Ir.Store(Ir.Leaf(IrOp.Parameter, IrType.Ptr, Kernel.Parameters.Count - 1), result, TypeLayout.For(method.ReturnType).Scalars[0].Memory);
        Ir.Block.EndWithReturn();
        _ssa.Finish();
    }

    /// <summary>Inlines a method; afterwards new operations go where it returned.</summary>
    /// <returns>The result; null for void.</returns>
    private StackValue? Inline(MethodBase method, StackValue[] arguments)
    {
        Frame? caller = _frame;
        Frame frame = Enter(method, arguments);
        TranslateBody(frame);
        _frame = caller!;
        _depth--;
        Ir.Location = caller?.Location;
        if (frame.Returns.Count == 0)
            throw Refuse($"it calls {MethodNames.Of(method)}, which never returns", null);
        if (frame.Returns.Count == 1)
        {
            Ir.MoveTo(frame.Returns[0].Block);
            return frame.Returns[0].Value;
        }
        IrBlock join = Kernel.NewBlock();
        StackValue? first = frame.Returns[0].Value;
        int variable = first is null ? 0 : _ssa.NewVariables(first.Value.Count);
        foreach ((IrBlock block, StackValue? value) in frame.Returns)
        {
            block.EndWithJump(join);
            join.Predecessors.Add(block);
            for (int i = 0; i < (value?.Count ?? 0); i++)
                _ssa.Write(variable + i, block, value!.Value[i]);
        }
        _ssa.Seal(join);
        Ir.MoveTo(join);
        return first is null ? null : ReadVariables(variable, first.Value.Layout, first.Value.Count);
    }

    private Frame Enter(MethodBase method, StackValue[] arguments)
    {
        for (Frame? caller = _frame; caller is not null; caller = caller.Caller)
            if (caller.Method == method)
                throw Refuse($"it calls {MethodNames.Of(method)} recursively", "a loop with its own stack in LocalMemory is the usual way");
        if (++_depth > MaxDepth)
            throw Refuse($"its calls are more than {MaxDepth} deep", null);
        IlMethod code = IlMethod.For(method) ?? throw RefuseNative(method);
        if (code.HasHandlers)
            throw Refuse($"{MethodNames.Of(method)} has a try block (exceptions as control flow; using, lock and foreach make one too)", "return a value that says what happened");
        var frame = new Frame(code, _frame) { Location = _frame?.Location };
        int receiver = method.IsStatic ? 0 : 1;
        frame.Arguments = new (int, TypeLayout)[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            TypeLayout layout = i < receiver ? TypeLayout.For(typeof(object)) : code.ParameterLayouts[i - receiver];
            frame.Arguments[i] = NewPlace(layout);
            Write(frame.Arguments[i], Coerce(arguments[i], layout));
        }
        frame.Locals = new (int, TypeLayout)[code.LocalTypes.Length];
        for (int i = 0; i < frame.Locals.Length; i++)
        {
            TypeLayout layout = code.LocalLayouts[i];
            frame.Locals[i] = NewPlace(layout);
            Write(frame.Locals[i], Zero(layout), isFirst: true);
        }
        if (frame is { Caller: not null, IsLibrary: false } && !Kernel.Inlined.Contains(method))
            Kernel.Inlined.Add(method);
        _frame = frame;
        return frame;
    }

    private void TranslateBody(Frame frame)
    {
        IlBlock first = frame.Code.Blocks[0];
        if (first.Predecessors.Count == 0)
            frame.Blocks[0] = new(Ir.Block);
        else
            JumpTo(first);
        frame.Pending.Add(0);
        while (frame.Pending.Count > 0)
        {
            IlBlock block = frame.Code.Blocks[frame.Pending.Min];
            frame.Pending.Remove(block.Order);
            SealUpTo(frame, block.Order);
            Translate(block, frame.Blocks[block.Order]!);
            frame.Done[block.Order] = true;
        }
        SealUpTo(frame, frame.Done.Length);
    }

    // A block is complete when each predecessor is translated or comes earlier in the order and was never reached.
    private void SealUpTo(Frame frame, int order)
    {
        // A called method goes on in the caller's block, which may be the head of a loop that is still open.
        bool isCallers = order == 0 && frame.Caller is not null && frame.Code.Blocks[0].Predecessors.Count == 0;
        if (order < frame.Blocks.Length && !isCallers)
            frame.Open.Add(frame.Code.Blocks[order]);
        for (int i = frame.Open.Count - 1; i >= 0; i--)
        {
            if (!frame.Open[i].Predecessors.TrueForAll(predecessor => frame.Done[predecessor.Order] || predecessor.Order < order))
                continue;
            IrBlock block = frame.Blocks[frame.Open[i].Order]!.Block;
            frame.Open.RemoveAt(i);
            try
            {
                _ssa.Seal(block);
            }
            catch (MeetingException exception)
            {
                throw Refuse($"it has {exception.Message}", null);
            }
        }
    }

    private void Translate(IlBlock block, Frame.BlockState state)
    {
        Frame frame = _frame;
        state.Started = true;
        Ir.MoveTo(state.Block);
        frame.Stack.Clear();
        foreach ((TypeLayout? layout, int variable, int count) in state.EntryStack ?? [])
            frame.Push(ReadVariables(variable, layout, count));
        for (int i = block.First; i < block.End; i++)
        {
            IlInstruction instruction = frame.Code.Instructions[i];
            frame.At = i;
            if (frame.Code.Symbols is { } symbols && !frame.IsLibrary && !frame.IsUnseen)
                frame.GoTo(symbols.At(instruction.Offset));
            Ir.Location = frame.Location;
            if (Statements)
                MarkStatement(block, i);
            if (Kernel.Blocks.Count + Ir.Target.Count > MaxValues)
                throw Refuse("it is too large after inlining", null);
            Step(instruction);
        }
        if (Ir.Block.Terminator == TerminatorKind.None && IlReader.Flow(frame.Code.Instructions[block.End - 1].Code)
            is not (System.Reflection.Emit.FlowControl.Branch or System.Reflection.Emit.FlowControl.Cond_Branch or System.Reflection.Emit.FlowControl.Return or System.Reflection.Emit.FlowControl.Throw))
        {
            JumpTo(block.Successors[0]);
        }
    }

    private void JumpTo(IlBlock target)
    {
        IrBlock from = Ir.Block;
        IrBlock to = Reach(target, from);
        from.EndWithJump(to);
        from.ExitLocation = Ir.Location;
    }

    private void Branch(IrValue condition, IlBlock whenTrue, IlBlock whenFalse)
    {
        if (condition.Op == IrOp.Constant || whenTrue == whenFalse)
        {
            JumpTo(condition.Immediate != 0 ? whenTrue : whenFalse);
            return;
        }
        IrBlock from = Ir.Block;
        IrBlock then = Reach(whenTrue, from), otherwise = Reach(whenFalse, from);
        from.EndWithBranch(condition, then, otherwise);
        from.ExitLocation = Ir.Location;
    }

    // Registers the edge and hands the stack over.
    private IrBlock Reach(IlBlock target, IrBlock from)
    {
        Frame frame = _frame;
        ref Frame.BlockState? slot = ref frame.Blocks[target.Order];
        if (slot is null)
        {
            slot = new(Kernel.NewBlock());
            frame.Pending.Add(target.Order);
        }
        if (_ssa.IsSealed(slot.Block))
            throw Refuse("its goto statements jump into a loop", "write the loop with while or for");
        slot.Block.Predecessors.Add(from);
        slot.EntryStack ??= [.. frame.Stack.Select(value => (value.Layout, _ssa.NewVariables(value.Count), value.Count))];
        if (slot.EntryStack.Count != frame.Stack.Count)
            throw Refuse("its IL leaves different stacks where paths meet", null);
        for (int i = 0; i < frame.Stack.Count; i++)
            for (int j = 0; j < frame.Stack[i].Count; j++)
                _ssa.Write(slot.EntryStack[i].Variable + j, from, frame.Stack[i].Layout is null ? Widen(frame.Stack[i][j]) : frame.Stack[i][j]);
        return slot.Block;
    }

    // On the stack a truth value may meet the integers 0 and 1 of another path.
    private object Widen(object component) => component is IrValue { Type: IrType.Bool } condition ? Ir.Emit(IrOp.BoolToInt, IrType.I32, condition) : component;

    private StackValue ReadVariables(int variable, TypeLayout? layout, int count)
    {
        try
        {
            if (layout is null || layout.Kind is LayoutKind.Scalar or LayoutKind.Reference)
                return StackValue.FromComponent(_ssa.Read(variable, Ir.Block));
            var parts = new object[count];
            for (int i = 0; i < count; i++)
                parts[i] = _ssa.Read(variable + i, Ir.Block);
            return new(layout, parts);
        }
        catch (MeetingException exception)
        {
            throw Refuse($"it has {exception.Message}", null);
        }
    }

    private void WriteVariables(int variable, StackValue value)
    {
        for (int i = 0; i < value.Count; i++)
            _ssa.Write(variable + i, Ir.Block, value[i]);
    }
}
