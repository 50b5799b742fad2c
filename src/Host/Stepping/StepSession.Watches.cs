using System.Numerics;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Watches: they stop where a value changes, whoever changes it.</content>
internal sealed partial class StepSession
{
    private sealed class Watched
    {
        public required int Number { get; init; }

        public required StepExpression Expression { get; init; }

        public required int Thread { get; init; }

        public required long Group { get; init; }

        public string? Value { get; set; }

        /// <summary>Gets or sets where the element lies that is watched; 0 if it is a variable.</summary>
        public long Address { get; set; }
    }

    private readonly List<Watched> _watches = [];
    private readonly Dictionary<long, string> _watchTexts = [];     // by time

    private void AddWatch(string text)
    {
        StepExpression expression = StepExpression.Parse(text);
        var watch = new Watched { Number = ++_numbers, Expression = expression, Thread = _stepper.Thread, Group = _machine.GroupNumber };
        if (!_machine.IsInGroup)
            throw new EvaluationException("No group runs here, so there is nothing to watch; rs, run and group lead back into one.");
        watch.Value = ValueNow(watch) ?? throw new EvaluationException(TryEvaluate(expression, Scope));
        _watches.Add(watch);
        _screen.Say($"Watch {watch.Number} of {expression.Text} in thread {_screen.ThreadName(watch.Thread)} of group {_screen.GroupName}; it is {watch.Value}.");
    }

    private void ReadWatches()
    {
        foreach (Watched watch in _watches)
            watch.Value = ValueNow(watch);
    }

    // Null where the expression has no value.
    private string? ValueNow(Watched watch)
    {
        if (!_machine.IsInGroup || _machine.GroupNumber != watch.Group)
            return null;
        try
        {
            var scope = new ThreadScope(_machine, watch.Thread, _machine.StatementOf(watch.Thread));
            object value = watch.Expression.Evaluate(scope);
            watch.Address = scope.LastAddress;
            return ValueText.Of(scope, value);
        }
        catch (EvaluationException)
        {
            return null;
        }
    }

    private int WatchedBy(StepEvent done)
    {
        foreach (Watched watch in _watches)
        {
            string? now = ValueNow(watch);
            if (now is null || now == watch.Value)
                continue;
            string? before = watch.Value;
            watch.Value = now;
            if (before is null || done.Warp < 0)
                continue;
            _watchTexts[_machine.Time] = $"Watch {watch.Number}, {watch.Expression.Text}: {before} → {now}.";
            return WriterOf(done, watch) ?? watch.Thread;
        }
        return -1;
    }

    // The lane whose store it was; null if it was none.
    private unsafe int? WriterOf(StepEvent done, Watched watch)
    {
        LockstepWarp warp = _machine.Group.Warps[done.Warp];
        if (done.Kind != StepKind.Instruction || watch.Address == 0 || warp.HasEnded || warp.Next == _machine.Program.Code)
            return null;
        Instruction* store = warp.Next - 1;
        if (_machine.Program.Values[store->Index] is not { Op: IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange } value)
            return null;
        for (int lane = _machine.Program.Lanes - 1; lane >= 0; lane--)
        {
            int thread = warp.Number * _machine.Program.Lanes + lane;
            if ((warp.Mask >> lane & 1) != 0 && _machine.Read(value.Operands[0], thread) + store->Offset is var address && watch.Address >= address && watch.Address < address + store->Size)
                return thread;
        }
        return null;
    }
}
