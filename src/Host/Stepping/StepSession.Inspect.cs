using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using GemmaIlgpu.Host.Inspection;
using Spectre.Console;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Looking at values, threads and source.</content>
internal sealed partial class StepSession
{
    private int _listed;

    private static string TryEvaluate(StepExpression expression, ThreadScope scope)
    {
        try
        {
            return ValueText.Of(scope, expression.Evaluate(scope));
        }
        catch (EvaluationException complaint)
        {
            return complaint.Message;
        }
    }

    private void Print(string text)
    {
        bool hexadecimal = text.StartsWith("/x", StringComparison.Ordinal);
        if (hexadecimal)
            text = text[2..].Trim();
        if (text.Length == 0)
            throw new EvaluationException("What? p sum, p x[3], p x[0..8], p i * width + 1.");
        foreach (StepExpression expression in StepExpression.ParseList(text))
        {
            ThreadScope scope = Scope;
            object value = expression.Evaluate(scope);
            _screen.Say($"{expression.Text} = {ValueText.Of(scope, value, hexadecimal)}{(value is UnwrittenValue ? " (not written yet)" : "")}");
        }
    }

    private void AddDisplay(string text)
    {
        if (text.Length > 0)
            _displays.AddRange(StepExpression.ParseList(text));
        ShowDisplays();
    }

    private void ShowDisplays()
    {
        ThreadScope scope = Scope;
        foreach (StepExpression display in _displays)
            _screen.Say($"{display.Text} = {Short(display, scope)}");
    }

    private void RemoveDisplay(string text)
    {
        if (text.Length == 0)
            _displays.Clear();
        else if (_displays.RemoveAll(display => display.Text == text) == 0)
            throw new EvaluationException($"'{text}' is not displayed.");
    }

    private void Info(string text)
    {
        string[] words = text.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string what = words.Length > 0 ? words[0] : "", rest = words.Length > 1 ? words[1] : "";
        if (Is("locals", 1)) ShowVariables(variable => !variable.IsArgument, "locals");
        else if (Is("args", 1)) ShowVariables(variable => variable.IsArgument, "parameters");
        else if (Is("breakpoints", 1) || what == "watchpoints") ShowBreakpoints();
        else if (Is("threads", 1)) ShowThreads();
        else if (Is("warps", 1)) WarpTable(rest);
        else if (Is("shared", 1)) ShowShared();
        else if (Is("frame", 1) || what == "stack") Where();
        else if (Is("line", 2) || Is("position", 1)) _screen.Say($"{DescribePosition(_stepper.Thread)}{(_stepper.Statement is { } at ? $", at {at.Span}" : "")}; step {_machine.Time} of {_machine.Frontier} known.");
        else if (Is("groups", 1)) _screen.Say($"Group {_screen.GroupName} runs, number {_machine.GroupNumber} of {_machine.Launch.Groups}; groups run one after the other here.");
        else throw new EvaluationException("info takes locals, args, threads, warp, shared, breakpoints, frame, group or position.");

        bool Is(string name, int least) => what.Length >= least && name.StartsWith(what, StringComparison.Ordinal);
    }

    private void ShowVariables(Func<IrVariable, bool> which, string kind)
    {
        if (Shown is not { } statement)
            throw new EvaluationException("The thread is at no statement.");
        IrVariable[] variables = [.. statement.Variables.Where(which)];
        if (variables.Length == 0)
            _screen.Say($"No {kind} have a value here.");
        foreach (IrVariable variable in variables)
            _screen.Say($"{variable.Name} = {Value(variable, Scope)}");
    }

    private static string Value(IrVariable variable, ThreadScope scope)
    {
        try
        {
            return ValueText.Of(scope, scope.ValueOf(variable));
        }
        catch (EvaluationException complaint)
        {
            return variable.Count == 0 ? "(not kept by the compiler here)" : complaint.Message;
        }
    }

    private void ShowBreakpoints()
    {
        if (_breakpoints.Count + _watches.Count == 0)
            _screen.Say("There are no breakpoints.");
        foreach (Breakpoint breakpoint in _breakpoints)
            _screen.Say($"{breakpoint.Number}  {breakpoint.Where}{(breakpoint.Condition is null ? "" : $" if {breakpoint.Condition.Text}")}{(breakpoint.IsTemporary ? ", once" : "")}{(breakpoint.IsEnabled ? "" : ", disabled")}, hit {breakpoint.Hits} {(breakpoint.Hits == 1 ? "time" : "times")}");
        foreach (Watched watch in _watches)
            _screen.Say($"{watch.Number}  watch {watch.Expression.Text} in thread {_screen.ThreadName(watch.Thread)}, now {ValueNow(watch) ?? "without a value"}");
    }

    private void ShowThreads()
    {
        var groups = new List<(string State, List<int> Threads)>();
        for (int thread = 0; thread < _machine.ThreadCount; thread++)
        {
            string state = Describe(thread);
            int found = groups.FindIndex(group => group.State == state && group.Threads[0] / _machine.Program.Lanes == thread / _machine.Program.Lanes);
            if (found < 0)
                groups.Add((state, [thread]));
            else
                groups[found].Threads.Add(thread);
        }
        Table table = _screen.NewTable("warp", "threads", "state");
        foreach ((string state, List<int> threads) in groups)
            table.AddRow($"{(threads.Contains(_stepper.Thread) ? "*" : " ")} {threads[0] / _machine.Program.Lanes}", Markup.Escape(_screen.ThreadNames(threads)), Markup.Escape(state));
        _screen.Write(table);

        string Describe(int thread)
        {
            string at = _machine.StatementOf(thread) is { } statement ? $" at {statement.Span}" : "";
            return _machine.StateOf(thread) switch
            {
                SteppedState.NotBegun => "not begun",
                SteppedState.Idle => "takes no part: beyond the launch's extent",
                SteppedState.Ended => "has returned",
                SteppedState.AtBarrier => $"waits for the group{at}",
                SteppedState.MaskedOff => $"masked off: {WhyMasked(thread)}",
                _ => $"active{at}",
            };
        }
    }

    /// <summary>Variables, or expressions, of all lanes of the warp.</summary>
    private void WarpTable(string text)
    {
        if (Shown is not { } statement)
            throw new EvaluationException("The warp is at no statement.");
        IReadOnlyList<StepExpression> columns = text.Length > 0
            ? StepExpression.ParseList(text)
            : [.. statement.Variables.Where(variable => variable.Count == 1).Select(variable => StepExpression.Parse(variable.Name))];
        int lanes = _machine.Program.Lanes, first = _stepper.Thread / lanes * lanes;
        Table table = _screen.NewTable([" lane", "thread", "state", .. columns.Select(column => column.Text)]);
        for (int thread = first; thread < Math.Min(first + lanes, _machine.ThreadCount); thread++)
        {
            SteppedState state = _machine.StateOf(thread);
            if (state == SteppedState.Idle)
                continue;
            IrStatement? own = _machine.StatementOf(thread);
            IrStatement? seen = own?.Inlining == _stepper.Statement?.Inlining && _up > 0 ? statement : own;
            string place = own is null ? "" : $" {own.Span.Line}";
            string word = state switch { SteppedState.Active => "active", SteppedState.MaskedOff => "masked", SteppedState.AtBarrier => "barrier", SteppedState.Ended => "returned", _ => "not begun" };
            bool lives = state is SteppedState.Active or SteppedState.MaskedOff or SteppedState.AtBarrier;
            var scope = new ThreadScope(_machine, thread, seen);
            table.AddRow([
                $"{(thread == _stepper.Thread ? "*" : " ")}{thread - first}", Markup.Escape(_screen.ThreadName(thread)), word + (lives ? place : ""),
                .. columns.Select(column => Markup.Escape(lives ? Short(column, scope) : ""))]);
        }
        _screen.Write(table);
    }

    private static string Short(StepExpression expression, ThreadScope scope)
    {
        try
        {
            return ValueText.Of(scope, expression.Evaluate(scope));
        }
        catch (EvaluationException)
        {
            return "-";
        }
    }

    private void ShowShared()
    {
        ViewValue[] all = [.. SharedMemory.All(_machine)];
        if (all.Length == 0)
            _screen.Say("The kernel has no shared memory.");
        foreach (ViewValue view in all)
            _screen.Say($"{view.Name}: {TypeNames.Short(view.Element)}[{view.Length}]; x/shared {view.Name} shows it");
    }
}
