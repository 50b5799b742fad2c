using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;
using GemmaIlgpu.Compute.Ir.Passes;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>From which blocks lanes can come to a certain block in a certain round of the loops around it.</summary>
internal sealed class WaysTo
{
    private readonly bool[] _inThisRound, _inSomeRound;
    private readonly int _depth;

    public WaysTo(LockstepProgram program, int goal)
    {
        Dictionary<IrBlock, int> numbers = program.Blocks.Select((block, i) => (block.Source, i)).ToDictionary();
        IrBlock target = program.Blocks[goal].Source;
        List<Loop> all = Loops.Find(program.Kernel)?.Loops ?? [];
        Loop[] loops = [.. all.Where(loop => loop.Blocks.Contains(target))];
        // Where loops lie deeper than rounds are counted, the innermost count is of all of them and says nothing of one.
        bool isCounted = all.TrueForAll(loop => all.Count(outer => outer.Blocks.Contains(loop.Header)) <= Rounds.Counted);
        _depth = isCounted ? loops.Length : Math.Min(loops.Length, Rounds.Counted - 1);
        _inThisRound = Find((from, to) => !Array.Exists(loops, loop => loop.Header == to && loop.Blocks.Contains(from)));
        _inSomeRound = Find((_, _) => true);

        bool[] Find(Func<IrBlock, IrBlock, bool> isWay)
        {
            var leads = new bool[program.Blocks.Length];
            leads[goal] = true;
            for (bool found = true; found;)
            {
                found = false;
                for (int b = 0; b < leads.Length; b++)
                {
                    IrBlock from = program.Blocks[b].Source;
                    if (!leads[b] && from.Successors.Any(to => leads[numbers[to]] && isWay(from, to)))
                        found = leads[b] = true;
                }
            }
            return leads;
        }
    }

    /// <summary>Gets whether lanes that have made some rounds are in the round of those who wait.</summary>
    public bool IsRound(long rounds, long wanted) => Rounds.At(rounds, _depth) == Rounds.At(wanted, _depth);

    /// <summary>Gets whether lanes that are at a block may still come in the round of those who wait: they are in it, or in one before.</summary>
    public bool Leads(int block, long rounds, long wanted)
    {
        if (IsRound(rounds, wanted))
            return _inThisRound[block];
        for (int depth = 1; depth <= _depth; depth++)
        {
            long own = Rounds.At(rounds, depth), other = Rounds.At(wanted, depth);
            if (own != other)
                return own < other && _inSomeRound[block];
        }
        return false;
    }
}
