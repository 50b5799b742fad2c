using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Choosing threads, groups and callers; source lines; help.</content>
internal sealed partial class StepSession
{
    private const string HelpText = """
        An empty line repeats the last command. Words can be shortened as long as they are clear.

        s, step [N]         to the thread's next statement, into methods      rs, reverse-step
        n, next [N]         the same, over methods                            rn, reverse-next
        c, continue [N]     to the next breakpoint of any thread              rc, reverse-continue
        si, ir              one instruction of the IR; those of the statement rsi, reverse-stepi
        finish              until the method returns to its caller            rfinish, reverse-finish
        until LINE          until the thread comes to a line
        run                 back to the beginning of the launch
        b 23                stop at line 23 (b File.cs:23, b Method)          tbreak 23: once
        b 23 if i == 5      stop at line 23 in the first thread for which that holds
        watch tile[3]       stop where a value changes; with rc, where it was changed
        delete [N]          take a breakpoint or watch away                   disable N, enable N, condition N EXPRESSION
        p sum, p x[0..8]    print variables, elements, expressions            p/x: to the base 16
        display sum         print it after every stop                         undisplay sum
        info locals         variables here                                    info args, info shared, info breakpoints
        info threads        where all threads of the group are, and why
        info warp           the variables of all lanes as a table             warp i, sum: these
        x/shared tile 16    shared memory, or any view, as a grid of 16 columns; x tile[32..64]: a part
        thread 17           look at another thread (thread 3,0)               lane 5: of this warp
        group 2             go to the beginning of a group
        where, up, down     the methods that call this one
        list [23]           source                                            q, quit

        Expressions are C#'s: variables, x[i], x.Length, Group.IdxX, Grid.IdxX, Warp.LaneIdx, thread, lane, warp, group,
        numbers, + - * / % << >> & | ^ ~, comparisons, && || !, casts to int, uint, long, float, double.
        """;

    private void Help(string text) => _screen.Say(HelpText);

    private void ChooseThread(string text)
    {
        if (text.Length == 0)
        {
            _screen.Say(DescribePosition(_stepper.Thread) + (_stepper.Statement is { } at ? $", at {at.Span}" : "") + ".");
            return;
        }
        int[] index = Index(text, "thread");
        (int X, int Y, int Z) size = _machine.Launch.Group;
        Select(index.Length == 1 ? index[0] : Within(index, size) ? _stepper.Linear(new ILGPU.Index3D(index[0], index[1], index.Length > 2 ? index[2] : 0)) : -1, text);
    }

    private void ChooseLane(string text)
    {
        int lanes = _machine.Program.Lanes;
        int[] lane = Index(text, "lane");
        if (lane.Length != 1 || lane[0] >= lanes)
            throw new EvaluationException($"There is no lane {text}; a warp has lanes 0 to {lanes - 1}.");
        Select(_stepper.Thread / lanes * lanes + lane[0], text);
    }

    private void Select(int thread, string text)
    {
        if (thread < 0 || thread >= _machine.ThreadCount)
            throw new EvaluationException($"There is no thread {text}; the group has {Extent(_machine.Launch.Group)} threads.");
        _stepper.Thread = thread;
        _up = 0;
        ShowPosition();
    }

    private void ChooseGroup(string text)
    {
        if (text.Length == 0)
        {
            Info("group");
            return;
        }
        int[] index = Index(text, "group");
        (int X, int Y, int Z) grid = _machine.Launch.Grid;
        long group = index.Length == 1 ? index[0] : Within(index, grid) ? index[0] + grid.X * (index[1] + (long)grid.Y * (index.Length > 2 ? index[2] : 0)) : -1;
        if (group < 0 || group >= _machine.Launch.Groups)
            throw new EvaluationException($"There is no group {text}; the launch has {Extent(grid)} groups.");
        StopReason reason = StopReason.Step;
        Guard(() => reason = _stepper.GoToGroup(group));
        if (reason == StopReason.Step)
            _screen.Say("Groups run one after the other here; this is the beginning of that one.");
        Report(reason);
    }

    private static bool Within(int[] index, (int X, int Y, int Z) size) =>
        index.Length <= 3 && index[0] < size.X && index[1] < size.Y && (index.Length < 3 || index[2] < size.Z);

    private static string Extent((int X, int Y, int Z) size) => size.Z > 1 ? $"{size.X} x {size.Y} x {size.Z}" : size.Y > 1 ? $"{size.X} x {size.Y}" : $"{size.X}";

    private static int[] Index(string text, string what)
    {
        int[] numbers = [.. text.Trim('(', ')').Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(part => int.TryParse(part, out int number) && number >= 0 ? number : -1)];
        return numbers.Length is >= 1 and <= 3 && !numbers.Contains(-1) ? numbers : throw new EvaluationException($"Which {what}? {what} 3, or with several dimensions {what} 3,0.");
    }

    private void Where()
    {
        if (_stepper.Statement is not { } statement)
            throw new EvaluationException("The thread is at no statement.");
        for (int i = 0; ; i++)
        {
            _screen.Say($"{(i == _up ? "*" : " ")}#{i} {statement.Inlining.Method} at {statement.Span}{(_screen.TextOf(statement) is { } text ? $": {text}" : "")}");
            if (statement.Inlining.CallStatement < 0)
                return;
            statement = _machine.Statements[statement.Inlining.CallStatement];
        }
    }

    private void Climb(int by)
    {
        int most = _stepper.Statement?.Inlining.Depth ?? 0, wanted = _up + by;
        if (wanted < 0 || wanted > most)
            throw new EvaluationException(by > 0 ? "No method calls this one." : "This is the innermost method.");
        _up = wanted;
        IrStatement shown = Shown!;
        _screen.Say($"#{_up} {shown.Inlining.Method} at {shown.Span}");
        _screen.ShowLine(shown, IsBreakpoint(shown, shown.Span.Line));
    }

    private void List(string text)
    {
        if (Shown is not { } statement)
            throw new EvaluationException("The thread is at no statement.");
        string[] parts = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        bool goesOn = parts.Length == 0 && _listed > 0 && _lastListed == statement;
        int first = goesOn ? _listed + 1 : statement.Span.Line - 5, last = first + 10;
        if (parts.Length > 0)
        {
            int[] lines = [.. parts.Select(part => int.TryParse(part, out int line) ? line : throw new EvaluationException($"'{part}' is no line; list 23, or list 20,40."))];
            (first, last) = lines.Length > 1 ? (lines[0], lines[1]) : (lines[0] - 5, lines[0] + 5);
        }
        if (_screen.Lines(statement) is { } file && (first > file.Length || last < 1))
        {
            throw new EvaluationException(goesOn ? "The file ends here; list 1 begins again." : $"{Path.GetFileName(statement.Span.File)} has lines 1 to {file.Length}.");
        }
        (_listed, _lastListed) = (last, statement);
        _screen.ShowLines(statement, first, last, line => IsBreakpoint(statement, line));
    }

    private IrStatement? _lastListed;
}
