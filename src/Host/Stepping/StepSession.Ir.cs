using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Host.Stepping;

/// <content>The instructions behind the statement.</content>
internal sealed partial class StepSession
{
    /// <summary>The statement's instructions in this block, with what they gave; the next one is marked.</summary>
    private unsafe void ShowInstructions()
    {
        if (!_machine.IsInGroup || _machine.StateOf(_stepper.Thread) is not (SteppedState.Active or SteppedState.AtBarrier))
            throw new EvaluationException("The thread executes no instruction now.");
        LockstepWarp warp = _machine.WarpOf(_stepper.Thread);
        LockstepBlock block = _machine.Program.Blocks[warp.Block];
        int next = (warp.Waiting != null ? warp.Waiting : warp.Next)->Index, first = next, end = block.First + block.Count;
        while (first > block.First && _machine.Program.Values[first]?.Op != IrOp.Statement)
            first--;
        if (first == next && first > block.First && _machine.Program.Values[first]?.Op == IrOp.Statement)
            for (first--; first > block.First && _machine.Program.Values[first]!.Op != IrOp.Statement;)
                first--;
        for (int i = first; i < end && (i <= next || _machine.Program.Values[i]!.Op != IrOp.Statement); i++)
        {
            IrValue value = _machine.Program.Values[i]!;
            if (value.Op == IrOp.Statement)
                continue;
            string result = i < next && value.Type != IrType.Void ? $"   ; {Text(value)}" : "";
            _screen.Say($"{(i == next ? " →" : "  ")}  {value}{result}");
        }
        if (next >= end)
            _screen.Say($" →  {(block.Else is not null ? $"branch on {block.Source.Condition} = {Text(block.Source.Condition!)}" : "the next block")}");
    }

    private unsafe void MoveInstruction(Func<StopReason> move, string times)
    {
        Move(move, times);
        if (!_machine.IsInGroup || _machine.StateOf(_stepper.Thread) is not SteppedState.Active)
            return;
        LockstepWarp warp = _machine.WarpOf(_stepper.Thread);
        if (_machine.Program.Values[warp.Next->Index] is { } value)
            _screen.Say($" →  {(value.Op == IrOp.Statement ? "the next statement" : value)}");
    }

    private string Text(IrValue value)
    {
        long bits = _machine.Read(value, _stepper.Thread);
        return value.Type switch
        {
            IrType.Bool => bits != 0 ? "true" : "false",
            IrType.F32 => ValueText.Of(Scope, BitConverter.Int32BitsToSingle((int)bits)),
            IrType.F64 => ValueText.Of(Scope, BitConverter.Int64BitsToDouble(bits)),
            IrType.Ptr => $"0x{bits:x}",
            _ => $"{bits}",
        };
    }
}
