using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Going forwards and backwards, and saying where that led.</content>
internal sealed partial class StepSession
{
    private (long Group, int Thread, IrInlining? Inlining, ulong Mask) _reported = (-1, -1, null, 0);

    private void Move(Func<StopReason> move, string times)
    {
        int count = Count(times);
        if (_machine.HasEnded && move == _stepper.Continue)
            throw new EvaluationException("The launch has ended; rs and rc go back, run begins again, q quits.");
        StopReason reason = StopReason.Step;
        Guard(() =>
        {
            for (int i = 0; i < count && reason is StopReason.Step or StopReason.Breakpoint; i++)
            {
                reason = move();
                if (reason == StopReason.Breakpoint && i + 1 < count && move != _stepper.Continue && move != _stepper.ContinueBack)
                    break;
            }
        });
        Report(reason);
    }

    // While the kernel runs, Ctrl-C brings the prompt back.
    private void Guard(Action run)
    {
        _up = 0;
        _hits.Clear();
        _watchTexts.Clear();
        _complaint = null;
        ReadWatches();
        _stepper.WatchesEverything = _watches.Count > 0;
        _stepper.Watch = _breakpoints.Count + _watches.Count > 0 ? HitBy : null;
        using Interrupt interrupt = _console.StartInterruptible();
        _stepper.Cancellation = interrupt.Token;
        run();
        _stepper.Cancellation = default;
    }

    private StopReason BackToCall() => _stepper.Statement is { Inlining.Caller: null }
        ? throw new EvaluationException("No method calls this one; rc goes back to the beginning.")
        : _stepper.FinishBack();

    private void Restart()
    {
        Guard(() => _machine.GoTo(0));
        Report(_stepper.Begin());
    }

    private void RunTo(string text)
    {
        HashSet<int> statements = Locate(text, isConditional: true, out _);
        StopReason reason = StopReason.Step;
        Guard(() =>
        {
            do
                reason = _stepper.Step();
            while (reason == StopReason.Step && !(_stepper.Statement is { } at && statements.Contains(at.Index)));
        });
        Report(reason);
    }

    private void Report(StopReason reason)
    {
        switch (reason)
        {
            case StopReason.Fault:
                _screen.Say(_machine.Fault!.Message, "bold red");
                _screen.Say("The kernel stops here; rs and rc go back to see why.");
                break;
            case StopReason.End:
                _screen.Say("The launch has ended without a mistake; rs and rc go back, q quits.");
                return;
            case StopReason.ThreadEnded:
                _screen.Say($"Thread {_screen.ThreadName(_stepper.Thread)} of group {_screen.GroupName} has returned; s goes on with the next thread that runs.");
                return;
            case StopReason.Beginning:
                _screen.Say(_machine.GroupNumber == 0
                    ? "Nothing comes before this: it is the beginning."
                    : $"Thread {_screen.ThreadName(_stepper.Thread)} of group {_screen.GroupName} begins here; rc goes back into the groups before.");
                break;
            case StopReason.Cancelled:
                _screen.Say("Stopped.");
                break;
            case StopReason.Breakpoint:
                ReportHits();
                break;
        }
        ShowPosition();
    }

    private void ShowPosition()
    {
        IrStatement? statement = _stepper.Statement;
        int thread = _stepper.Thread;
        ulong mask = _machine.IsInGroup ? _machine.WarpOf(thread).Mask : 0;
        var now = (_machine.GroupNumber, thread, statement?.Inlining, mask);
        bool isElsewhere = now != _reported;
        bool isFar = (now.GroupNumber, now.thread, now.Inlining) != (_reported.Group, _reported.Thread, _reported.Inlining);
        _reported = now;
        if (isElsewhere)
            _screen.Say($"[{DescribePosition(thread)}]", "blue");
        if (statement is null)
            return;
        if (isFar)
            _screen.ShowLines(statement, statement.Span.Line - 2, statement.Span.Line + 2, line => IsBreakpoint(statement, line));
        else
            _screen.ShowLine(statement, IsBreakpoint(statement, statement.Span.Line));
        if (_complaint is not null)
            _screen.Say(_complaint);
        _complaint = null;
        ShowDisplays();
    }

    private string DescribePosition(int thread)
    {
        IrStatement? statement = _machine.StatementOf(thread);
        string method = statement is not null ? statement.Inlining.Method : _machine.Program.Kernel.Name;
        int lanes = _machine.Program.Lanes;
        string who = $"{method}, group {_screen.GroupName}, thread {_screen.ThreadName(thread)} (warp {thread / lanes}, lane {thread % lanes})";
        return $"{who}{DescribeState(thread)}";
    }

    private string DescribeState(int thread)
    {
        switch (_machine.StateOf(thread))
        {
            case SteppedState.NotBegun: return ", not begun";
            case SteppedState.Idle: return ", takes no part: it lies beyond the launch's extent";
            case SteppedState.Ended: return ", has returned";
            case SteppedState.AtBarrier: return $", waits at a barrier for the rest of the group";
            case SteppedState.MaskedOff: return $", masked off: {WhyMasked(thread)}";
        }
        var warp = _machine.WarpOf(thread);
        return $", {System.Numerics.BitOperations.PopCount(warp.Mask)} of {System.Numerics.BitOperations.PopCount(warp.Start)} lanes active";
    }

    /// <summary>Which branch a lane went another way at than those that run.</summary>
    private string WhyMasked(int thread)
    {
        IrStatement? statement = _machine.StatementOf(thread);
        string goesOn = statement is null ? "" : $"; it goes on at {statement.Span}";
        if (_machine.SeparationOf(thread) is not { Where: { } where })
            return $"other lanes of its warp run{goesOn}";
        string? text = statement is null ? null : _screen.TextAt(NearOf(where) ?? statement, where.Line);
        return $"it went the other way at {where}{(text is null ? "" : $", '{text}'")}{goesOn}";
    }

    // A statement of the same file, which leads to its source.
    private IrStatement? NearOf(SourceLocation where) => _machine.Statements.FirstOrDefault(statement => statement.Span.File == where.File);
}
