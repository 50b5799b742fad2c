namespace GemmaIlgpu.PtxInterpreter.Execution;

// Values that the ISA leaves undefined: what a shuffle gives whose source lane takes no part. They may be computed with,
// since a warp that is not full does so and throws the results away; they may not decide anything or reach memory.
internal sealed unsafe partial class Warp
{
    /// <summary>Lanes whose value of a register is undefined.</summary>
    public uint Undefined(int register) => _undefined[register];

    /// <summary>Says for lanes of a register whether their new value is undefined.</summary>
    public void SetUndefined(int register, uint lanes, uint undefined)
    {
        _undefined[register] = (_undefined[register] & ~lanes) | undefined;
        _anyUndefined |= undefined != 0;
    }

    /// <summary>What is made of undefined values is undefined.</summary>
    private void SpreadUndefined(Instruction instruction, uint mask)
    {
        if (instruction.NeedsDefined)
        {
            foreach (int source in instruction.Sources)
                CheckDefined(source, mask);
        }
        uint undefined = instruction.Undefined(this) & mask;
        foreach (int destination in instruction.Destinations)
            _undefined[destination] = (_undefined[destination] & ~mask) | undefined;
    }

    private void CheckDefined(int register, uint mask)
    {
        if (_anyUndefined && (mask & _undefined[register]) != 0)
            throw Fault($"{Name(register)} was made of a shuffle's result from a lane that took no part, which is undefined", mask & _undefined[register]);
    }
}
