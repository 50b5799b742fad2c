using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Execution;

internal sealed unsafe partial class Warp
{
    /// <summary>Runs until all lanes wait at barriers or have exited, or the turn is over. False where nothing could run.</summary>
    public bool Run(int turn)
    {
        bool progress = false;
        int last = -1;
        while (turn > 0)
        {
            int chosen = Select(last);
            if (chosen < 0)
                return progress;
            progress = true;
            turn = RunFragment(chosen, turn, out bool outOfTurn);
            last = outOfTurn ? chosen : -1;
        }
        return true;
    }

    /// <summary>The group lets a barrier's threads go on.</summary>
    public void Release(int barrier, in BarrierState state)
    {
        for (int i = 0; i < _count; i++)
        {
            ref Fragment fragment = ref _fragments[i];
            if (fragment.State != FragmentState.AtBarrier || fragment.Barrier != barrier)
                continue;
            var instruction = (BarrierInstruction)_code[fragment.Pc];
            instruction.Complete(this, fragment.Lanes, state);
            MarkWritten(instruction, fragment.Lanes);
            fragment.State = FragmentState.Running;
            fragment.Pc++;
        }
    }

    /// <summary>Joins fragments that met and picks the one furthest behind, or another than
    /// <paramref name="not"/>, which had its turn; -1 where none can run.</summary>
    private int Select(int not)
    {
        if (_count == 1 && _fragments[0].State == FragmentState.Running)
            return 0;
        for (int i = 0; i < _count; i++)
        {
            for (int j = _count - 1; j > i; j--)
            {
                if (_fragments[i].Pc != _fragments[j].Pc || _fragments[i].State == FragmentState.AtBarrier || _fragments[j].State == FragmentState.AtBarrier)
                    continue;
                _fragments[i].Lanes |= _fragments[j].Lanes;
                _fragments[i].State = FragmentState.Running;
                _fragments[j] = _fragments[--_count];
                not = -1;
            }
        }
        int chosen = Lowest(not);
        if (chosen >= 0 || _count == 0)
            return chosen;
        // Lanes that others waited for may have exited meanwhile.
        bool barrier = false;
        for (int i = 0; i < _count; i++)
        {
            ref Fragment fragment = ref _fragments[i];
            barrier |= fragment.State == FragmentState.AtBarrier;
            if (fragment.State == FragmentState.Waiting && (fragment.Members & Live & ~fragment.Lanes) == 0)
            {
                fragment.State = FragmentState.Running;
                return i;
            }
        }
        if (!barrier)
            throw new PtxFaultException($"{_group.Entry}, group {_group.Index}: lanes of a warp wait for each other at different instructions:\n    {string.Join("\n    ", DescribeWaiting())}", PtxFault.Endless);
        return -1;
    }

    private int Lowest(int not)
    {
        int chosen = -1;
        for (int i = 0; i < _count; i++)
            if (_fragments[i].State == FragmentState.Running && i != not && (chosen < 0 || _fragments[i].Pc < _fragments[chosen].Pc))
                chosen = i;
        return chosen < 0 && not >= 0 && not < _count && _fragments[not].State == FragmentState.Running ? not : chosen;
    }

    /// <summary>Runs one fragment until it parts, waits, ends or comes to where another one is.</summary>
    private int RunFragment(int chosen, int turn, out bool outOfTurn)
    {
        int stop = int.MaxValue;
        for (int i = 0; i < _count; i++)
            if (i != chosen && _fragments[i].Pc > _fragments[chosen].Pc)
                stop = Math.Min(stop, _fragments[i].Pc);
        int budget = _count == 1 ? turn : Math.Min(turn, FragmentTurn);
        int first = budget;
        outOfTurn = false;
        int pc = _fragments[chosen].Pc;
        uint active = _fragments[chosen].Lanes;
        long[] counts = _group.LaneCounts;
        while (true)
        {
            Instruction instruction = _code[pc];
            _current = instruction;
            budget--;
            uint mask = active;
            if (instruction.Guard >= 0)
            {
                uint guard = *(uint*)(Registers + instruction.Guard);
                CheckInitialised(instruction.GuardNumber, active);
                CheckDefined(instruction.GuardNumber, active);
                mask &= instruction.GuardNegated ? ~guard : guard;
            }
            counts[pc] += BitOperations.PopCount(mask);
            if (instruction.Kind == InstructionKind.Lanes)
            {
                if (mask != 0)
                {
                    foreach (int source in instruction.Sources)
                        CheckInitialised(source, mask);
                    if (_anyUndefined)
                        SpreadUndefined(instruction, mask);
                    instruction.Execute(this, mask);
                    foreach (int destination in instruction.Destinations)
                        _initialised[destination] |= mask;
                }
                pc++;
            }
            else
            {
                _fragments[chosen].Pc = pc;
                if (Control(chosen, instruction, mask))
                    break;
                pc = _fragments[chosen].Pc;
            }
            if (pc >= stop || budget <= 0)
            {
                _fragments[chosen].Pc = pc;
                outOfTurn = budget <= 0 && pc < stop;
                break;
            }
        }
        _group.WarpInstructions += first - budget;
        return turn - (first - budget);
    }

    /// <summary>Carries out what is more than lanes for themselves. True where the fragment must be chosen anew;
    /// otherwise its Pc says where it goes on.</summary>
    private bool Control(int chosen, Instruction instruction, uint mask)
    {
        ref Fragment fragment = ref _fragments[chosen];
        if (mask == 0)
        {
            fragment.Pc++;
            return false;
        }
        foreach (int source in instruction.Sources)
        {
            CheckInitialised(source, mask);
            if (instruction is not ShuffleInstruction)
                CheckDefined(source, mask);
        }
        switch (instruction)
        {
            case Branch branch when mask == fragment.Lanes:
                fragment.Pc = branch.Target;
                return false;
            case Branch { Uniform: true }:
                throw Fault("bra.uni is taken by some lanes of the warp and not by others", mask);
            case Branch branch:
                Split(ref fragment, mask, branch.Target);
                fragment.Pc++;
                return true;
            case BranchIndexed indexed:
                SplitByIndex(chosen, indexed, mask);
                return true;
            case Exit:
                Live &= ~mask;
                fragment.Lanes &= ~mask;
                fragment.Pc++;
                if (fragment.Lanes == 0)
                    _fragments[chosen] = _fragments[--_count];
                return true;
            case WarpInstruction together:
                return Gather(ref fragment, together, mask);
            case BarrierInstruction barrier:
                return ArriveAt(ref fragment, barrier, mask);
            default:
                throw Fault("the interpreter does not know how to go on", mask);
        }
    }

    private bool Gather(ref Fragment fragment, WarpInstruction instruction, uint mask)
    {
        uint members = instruction.Members(this, mask);
        if ((members & Live & ~mask) == 0)
        {
            instruction.Execute(this, mask);
            MarkWritten(instruction, mask);
            fragment.Pc++;
            return false;
        }
        if (mask != fragment.Lanes)
            Split(ref fragment, fragment.Lanes & ~mask, fragment.Pc + 1);
        fragment.State = FragmentState.Waiting;
        fragment.Members = members;
        return true;
    }

    private bool ArriveAt(ref Fragment fragment, BarrierInstruction barrier, uint mask)
    {
        if (barrier.Aligned && (Live & ~mask) != 0)
        {
            // The whole warp must come; the rest may be on its way.
            if (mask != fragment.Lanes)
                Split(ref fragment, fragment.Lanes & ~mask, fragment.Pc + 1);
            fragment.State = FragmentState.Waiting;
            fragment.Members = Live;
            return true;
        }
        if (mask != fragment.Lanes)
            Split(ref fragment, fragment.Lanes & ~mask, fragment.Pc + 1);
        fragment.Barrier = barrier.Arrive(this, mask);
        if (barrier.Waits)
            fragment.State = FragmentState.AtBarrier;
        else
            fragment.Pc++;
        return true;
    }

    private void Split(ref Fragment fragment, uint lanes, int pc)
    {
        fragment.Lanes &= ~lanes;
        _fragments[_count++] = new Fragment { Lanes = lanes, Pc = pc };
    }

    private void SplitByIndex(int chosen, BranchIndexed indexed, uint mask)
    {
        ref Fragment fragment = ref _fragments[chosen];
        uint* index = (uint*)(Registers + indexed.Index);
        int next = fragment.Pc + 1;
        uint left = mask;
        while (left != 0)
        {
            uint value = index[BitOperations.TrailingZeroCount(left)];
            if (value >= indexed.Targets.Length)
                throw Fault($"index {value} lies outside the {indexed.Targets.Length} targets", left);
            uint same = 0;
            for (uint rest = left; rest != 0; rest &= rest - 1)
                if (index[BitOperations.TrailingZeroCount(rest)] == value)
                    same |= 1u << BitOperations.TrailingZeroCount(rest);
            left &= ~same;
            if (same == fragment.Lanes)
                fragment.Pc = indexed.Targets[value];
            else
                Split(ref fragment, same, indexed.Targets[value]);
        }
        if ((fragment.Lanes & ~mask) != 0)
            fragment.Pc = next;
    }

    private void MarkWritten(Instruction instruction, uint mask)
    {
        foreach (int destination in instruction.Destinations)
        {
            _initialised[destination] |= mask;
            if (_anyUndefined && instruction is not ShuffleInstruction)
                _undefined[destination] &= ~mask;
        }
    }

    private void CheckInitialised(int register, uint mask)
    {
        if ((mask & ~_initialised[register]) != 0)
            throw Fault($"{Name(register)} is read but was never written by this thread", mask & ~_initialised[register]);
    }

    private string Name(int register) => _group.Program.RegisterNames[register];
}
