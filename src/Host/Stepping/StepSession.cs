using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>The user has seen enough.</summary>
internal sealed class StepperQuitException : Exception
{
    public StepperQuitException()
        : base("The stepper was left.")
    {
    }
}

/// <summary>Reads commands and does what they say with one launch.</summary>
internal sealed partial class StepSession
{
    /// <summary>Said of kernels whose variables may be missing.</summary>
    public const string OptimizedNote = "This is a Release build, in which the C# compiler keeps some variables on its stack only; a Debug build shows them all.";

    private readonly HostConsole _console;
    private readonly TextReader _commands;
    private readonly bool _isInteractive;
    private readonly SteppedMachine _machine;
    private readonly Stepper _stepper;
    private readonly StepScreen _screen;
    private readonly LineEditor? _editor;
    private readonly Dictionary<string, Action<string>> _table;
    private readonly List<StepExpression> _displays = [];
    private string _last = "";
    private int _up;

    /// <summary>Prepares to debug a launch.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="commands">Where commands come from.</param>
    /// <param name="isInteractive">Whether somebody types them.</param>
    /// <param name="machine">The launch.</param>
    public StepSession(HostConsole console, TextReader commands, bool isInteractive, SteppedMachine machine)
    {
        (_console, _commands, _isInteractive, _machine) = (console, commands, isInteractive, machine);
        _stepper = new Stepper(machine);
        _screen = new StepScreen(console, machine);
        _editor = isInteractive && _screen.HasColours ? new LineEditor(console.Out) : null;
        _table = MakeTable();
        machine.HasReturned = () => ReadWatches();
    }

    /// <summary>Runs commands until there are no more, or until one says so.</summary>
    /// <exception cref="StepperQuitException">Always, in the end: what is left of the launch is not run.</exception>
    public void Run()
    {
        (int X, int Y, int Z) grid = _machine.Launch.Grid, group = _machine.Launch.Group;
        _screen.Say($"{_machine.Program.Kernel.Name}: {Size(grid)} {(_machine.Launch.Groups == 1 ? "group" : "groups")} of {Size(group)} threads, warps of {_machine.Program.Lanes}. 'help' lists the commands.");
        if (ThreadScope.IsOptimized(_machine.Statements[0]))
            _screen.Say(OptimizedNote);
        Report(_stepper.Begin());
        while (true)
        {
            string? line = ReadLine();
            if (line is null)
            {
                if (_isInteractive)
                    _screen.Say("");
                throw new StepperQuitException();
            }
            if (!_isInteractive)
                _screen.Say(line);
            Execute(line.Trim());
        }

        static string Size((int X, int Y, int Z) size) => size.Z > 1 ? $"{size.X} x {size.Y} x {size.Z}" : size.Y > 1 ? $"{size.X} x {size.Y}" : $"{size.X}";
    }

    /// <summary>Gets the statement whose variables are shown: the thread's, or that of a caller.</summary>
    private IrStatement? Shown
    {
        get
        {
            IrStatement? statement = _stepper.Statement;
            // Between groups and at the end the parameters can still be looked at.
            if (statement is null && !_machine.IsInGroup)
                return _machine.Statements.FirstOrDefault(first => first.Inlining.Depth == 0);
            for (int i = 0; i < _up && statement is not null && statement.Inlining.CallStatement >= 0; i++)
                statement = _machine.Statements[statement.Inlining.CallStatement];
            return statement;
        }
    }

    private ThreadScope Scope => new(_machine, _stepper.Thread, Shown);

    private string? ReadLine()
    {
        string prompt = Prompt();
        if (_editor is not null)
            return _editor.ReadLine(prompt);
        _console.Out.Write(prompt);
        return _commands.ReadLine();
    }

    private string Prompt()
    {
        string line = _stepper.Statement is { } statement ? $" {statement.Span}" : "";
        string at = _machine.HasEnded ? " (end)" : $" group {_screen.GroupName} thread {_screen.ThreadName(_stepper.Thread)}{line}";
        return $"{_machine.Program.Kernel.Name}{at}> ";
    }

    private void Execute(string line)
    {
        if (line.StartsWith('#'))
            return;
        if (line.Length == 0)
            line = _last;
        if (line.Length == 0)
            return;
        _last = line;
        // "p/x i" and "x/shared" have no space after the word.
        int end = 0;
        while (end < line.Length && !char.IsWhiteSpace(line[end]) && !(line[end] == '/' && end > 0))
            end++;
        string word = line[..end], rest = line[end..].Trim();
        try
        {
            Find(word)(rest);
        }
        catch (EvaluationException complaint)
        {
            _screen.Say(complaint.Message, "red");
        }
    }

    private Action<string> Find(string word)
    {
        if (_table.TryGetValue(word, out Action<string>? found))
            return found;
        string[] longer = [.. _table.Keys.Where(name => name.StartsWith(word, StringComparison.Ordinal))];
        string[] distinct = [.. longer.Where(name => longer.All(other => other == name || _table[other] != _table[name] || other.Length <= name.Length))];
        return distinct.Length switch
        {
            1 => _table[distinct[0]],
            0 => throw new EvaluationException($"There is no command '{word}'; 'help' lists them."),
            _ => throw new EvaluationException($"'{word}' may be {string.Join(", ", distinct)}."),
        };
    }

    private Dictionary<string, Action<string>> MakeTable()
    {
        var table = new Dictionary<string, Action<string>>(StringComparer.Ordinal);
        Add(text => Move(_stepper.Step, text), "s", "step");
        Add(text => Move(_stepper.Next, text), "n", "next");
        Add(text => Move(_stepper.Continue, text), "c", "continue", "cont");
        Add(text => MoveInstruction(_stepper.StepInstruction, text), "si", "stepi");
        Add(text => MoveInstruction(_stepper.StepInstructionBack, text), "rsi", "reverse-stepi");
        Add(_ => ShowInstructions(), "ir");
        Add(text => Move(_stepper.Finish, text), "finish", "fin");
        Add(text => Move(_stepper.StepBack, text), "rs", "reverse-step");
        Add(text => Move(_stepper.NextBack, text), "rn", "reverse-next");
        Add(text => Move(_stepper.ContinueBack, text), "rc", "reverse-continue");
        Add(text => Move(BackToCall, text), "rfinish", "rfin", "reverse-finish");
        Add(text => RunTo(text), "until", "u", "advance");
        Add(_ => Restart(), "run", "r", "start");
        Add(text => AddBreakpoint(text, isTemporary: false), "b", "break");
        Add(text => AddBreakpoint(text, isTemporary: true), "tb", "tbreak");
        Add(Delete, "delete", "d", "clear");
        Add(text => Enable(text, true), "enable");
        Add(text => Enable(text, false), "disable");
        Add(ChangeCondition, "condition");
        Add(AddWatch, "watch");
        Add(Print, "p", "print");
        Add(AddDisplay, "display");
        Add(RemoveDisplay, "undisplay");
        Add(Info, "info", "i");
        Add(ChooseThread, "thread", "t");
        Add(ChooseLane, "lane");
        Add(ChooseGroup, "group");
        Add(WarpTable, "warp");
        Add(SharedGrid, "x", "shared");
        Add(List, "list", "l");
        Add(_ => Where(), "where", "bt", "backtrace");
        Add(text => Climb(Count(text)), "up");
        Add(text => Climb(-Count(text)), "down");
        Add(Help, "help", "h", "?");
        Add(_ => throw new StepperQuitException(), "q", "quit", "exit");
        return table;

        void Add(Action<string> action, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                table[name] = action;
        }
    }

    private static int Count(string text) => text.Length == 0 ? 1
        : long.TryParse(text, out long count) && count > 0 ? (int)Math.Min(count, int.MaxValue)
        : throw new EvaluationException($"'{text}' is no number of times.");
}
