using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Turns reads and writes of variables into values and phis while the code is being read
/// (Braun et al. 2013, "Simple and efficient construction of static single assignment form").
/// A variable is one scalar component of a local or argument; it may also hold a <see cref="Symbol"/>.</summary>
internal sealed class SsaBuilder(IrKernel kernel)
{
    private sealed class BlockState
    {
        public Dictionary<int, object> Definitions { get; } = [];
        public bool Sealed { get; set; }
        public List<(int Variable, IrValue? Phi, Symbol? Symbol)> Incomplete { get; } = [];
    }

    private readonly Dictionary<IrBlock, BlockState> _states = [];
    private readonly Dictionary<IrValue, IrValue> _replaced = [];
    private readonly Dictionary<IrValue, List<IrValue>> _phiUsers = [];
    private int _variables;

    /// <summary>Reserves consecutive variables and gives the first.</summary>
    public int NewVariables(int count)
    {
        int first = _variables;
        _variables += count;
        return first;
    }

    public void Write(int variable, IrBlock block, object value) => State(block).Definitions[variable] = value;

    /// <summary>The value of a variable at the end of a block as built so far.</summary>
    public object Read(int variable, IrBlock block)
    {
        // Straight lines are walked in a loop to keep the recursion shallow.
        IrBlock at = block;
        while (true)
        {
            BlockState state = State(at);
            if (state.Definitions.TryGetValue(variable, out object? known))
            {
                object resolved = Resolve(known);
                State(block).Definitions[variable] = resolved;
                return resolved;
            }
            if (!state.Sealed || at.Predecessors.Count != 1)
                break;
            at = at.Predecessors[0];
        }
        object value = ReadAtJoin(variable, at, State(at));
        State(block).Definitions[variable] = value;
        return value;
    }

    /// <summary>States that all predecessors of a block are known.</summary>
    public void Seal(IrBlock block)
    {
        BlockState state = State(block);
        if (state.Sealed)
            return;
        state.Sealed = true;
        foreach ((int variable, IrValue? phi, Symbol? symbol) in state.Incomplete)
        {
            if (phi is not null)
                Complete(variable, phi);
            else
                RequireEverywhere(variable, block, symbol!);
        }
        state.Incomplete.Clear();
    }

    public bool IsSealed(IrBlock block) => State(block).Sealed;

    /// <summary>What a value became after phis that chose between equal values were removed.</summary>
    public IrValue Resolve(IrValue value)
    {
        if (!_replaced.TryGetValue(value, out IrValue? next))
            return value;
        while (_replaced.TryGetValue(next, out IrValue? further))
            next = further;
        return _replaced[value] = next;
    }

    /// <summary>As <see cref="Resolve(IrValue)"/>; symbols stand for themselves.</summary>
    public object Resolve(object component) => component is IrValue value ? Resolve(value) : component;

    /// <summary>Puts final values in the place of removed phis, everywhere.</summary>
    public void Finish()
    {
        foreach (IrBlock block in kernel.Blocks)
        {
            block.Phis.RemoveAll(_replaced.ContainsKey);
            foreach (IrValue value in block.Phis.Concat(block.Values))
                for (int i = 0; i < value.Operands.Count; i++)
                    value.Operands[i] = Resolve(value.Operands[i]);
            if (block.Condition is not null)
                block.Condition = Resolve(block.Condition);
        }
    }

    private BlockState State(IrBlock block)
    {
        if (!_states.TryGetValue(block, out BlockState? state))
            _states[block] = state = new();
        return state;
    }

    private object ReadAtJoin(int variable, IrBlock block, BlockState state)
    {
        if (block.Predecessors.Count == 0)
            throw new InvalidOperationException($"{kernel.Name}: variable {variable} is read before it is written in {block}.");
        // The first predecessor was finished before this block was begun, so asking it ends.
        object sample = Read(variable, block.Predecessors[0]);
        if (sample is Symbol symbol)
        {
            state.Definitions[variable] = symbol;
            if (state.Sealed)
                RequireEverywhere(variable, block, symbol);
            else
                state.Incomplete.Add((variable, null, symbol));
            return symbol;
        }
        var value = (IrValue)sample;
        IrValue phi = kernel.NewValue(IrOp.Phi, value.Type);
        phi.Space = value.Space;
        phi.Block = block;
        block.Phis.Add(phi);
        state.Definitions[variable] = phi;
        if (!state.Sealed)
        {
            state.Incomplete.Add((variable, phi, null));
            return phi;
        }
        return Complete(variable, phi);
    }

    private void RequireEverywhere(int variable, IrBlock block, Symbol symbol)
    {
        foreach (IrBlock predecessor in block.Predecessors)
            if (!symbol.Equals(Read(variable, predecessor)))
                throw new MeetingException(symbol is StringSymbol ? "a string that depends on a condition" : "a reference to a local variable that depends on a condition");
    }

    private IrValue Complete(int variable, IrValue phi)
    {
        foreach (IrBlock predecessor in phi.Block.Predecessors)
        {
            if (Read(variable, predecessor) is not IrValue operand)
                throw new MeetingException("a reference to a local variable that depends on a condition");
            if (operand.Type == IrType.Ptr && phi.Type == IrType.Ptr && operand.Space != phi.Space)
                operand = AlignSpaces(phi, operand);
            if (operand.Type != phi.Type)
                throw new MeetingException($"values of different types ({phi.Type} and {operand.Type}) where paths meet");
            phi.Operands.Add(operand);
            if (operand.Op == IrOp.Phi && operand != phi)
                (_phiUsers.TryGetValue(operand, out List<IrValue>? users) ? users : _phiUsers[operand] = []).Add(phi);
        }
        return RemoveIfTrivial(phi);
    }

    // Null is in every space; anything else must stay in one.
    private IrValue AlignSpaces(IrValue phi, IrValue operand)
    {
        if (operand is { Op: IrOp.Constant })
        {
            IrValue nothing = kernel.NewValue(IrOp.Constant, IrType.Ptr);
            (nothing.Space, nothing.Block) = (phi.Space, kernel.Entry);
            kernel.Entry.Values.Insert(0, nothing);
            return nothing;
        }
        if (phi.Operands.TrueForAll(known => known.Op == IrOp.Constant || known == phi))
        {
            phi.Space = operand.Space;
            return operand;
        }
        throw new MeetingException($"a pointer that is in {phi.Space} memory on one path and in {operand.Space} memory on another");
    }

    private IrValue RemoveIfTrivial(IrValue phi)
    {
        IrValue? same = null;
        foreach (IrValue operand in phi.Operands)
        {
            IrValue resolved = Resolve(operand);
            if (resolved == same || resolved == phi)
                continue;
            if (same is not null)
                return phi;
            same = resolved;
        }
        if (same is null)
            return phi;
        _replaced[phi] = same;
        if (_phiUsers.Remove(phi, out List<IrValue>? users))
        {
            if (same.Op == IrOp.Phi)
                (_phiUsers.TryGetValue(same, out List<IrValue>? more) ? more : _phiUsers[same] = []).AddRange(users);
            foreach (IrValue user in users)
                if (!_replaced.ContainsKey(user) && user.Operands.Count == user.Block.Predecessors.Count)
                    RemoveIfTrivial(user);
        }
        return Resolve(same);
    }
}

/// <summary>Paths bring together what cannot be merged. The translator turns this into the sentence for the user.</summary>
internal sealed class MeetingException(string what) : Exception(what);
