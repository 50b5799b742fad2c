using System.CommandLine;
#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Host.Puzzles;
#endif
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Kernels to complete: lists them, checks one like a teacher, helps, and shows how it can be done.</summary>
internal sealed class PuzzlesVerb : Verb
{
    private readonly Argument<string?> _optional = new("NUMBER") { Description = "The puzzle: 7, or all; without it the first that is not solved.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Argument<string> _number = new("NUMBER") { Description = "The puzzle: 7." };

    private readonly Argument<string?> _target = new("DIR") { Description = "Where to; gemma-puzzles if not given.", Arity = ArgumentArity.ZeroOrOne };

    private readonly Option<string?> _file = new("--file") { Description = "The file with the kernel, if it is not in the folder of puzzles.", HelpName = "FILE" };

    private readonly Option<string?> _folder = new("--folder") { Description = "The folder of puzzles; found from the current directory upwards if not given.", HelpName = "DIR", Recursive = true };

    private readonly Option<bool> _all = new("--all") { Description = "Check every puzzle." };

    private readonly Option<bool> _watch = new("--watch") { Description = "Check again whenever the file is saved, until Ctrl-C." };

    private readonly Option<int?> _level = new("--level") { Description = "How much help: 1 is a nudge, 3 nearly the answer; without it each call gives one more.", HelpName = "N" };

    private readonly Option<string?> _commands = new("--commands") { Description = "Read the stepper's commands from a file, then end.", HelpName = "FILE" };

    public override string Name => "puzzles";

    public override IReadOnlyList<string> Examples =>
    [
        "gemma puzzles",
        "gemma puzzles list",
        "gemma puzzles start my-puzzles",
        "gemma puzzles check 7",
        "gemma puzzles check all",
        "gemma puzzles check --watch",
        "gemma puzzles hint 7",
        "gemma puzzles step 7",
        "gemma puzzles solution 7",
    ];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "Learn by doing: twenty small kernels to complete, from map to flash attention, with a teacher.");
        Command start = new("start", "Write the files to complete to a folder, with a project for your editor.") { _target };
        Command check = new("check", "Check a kernel: is it right, in every launch, and does it cost no more than it has to?") { _optional, _file, _all, _watch };
        Command hint = new("hint", "Help a little; asked again, help more.") { _number, _level };
        Command step = new("step", "Step through the launch that fails, line by line, forwards and backwards; as 'gemma kernels step'.") { _number, _file, _commands };
        Command solution = new("solution", "Show a kernel that solves the puzzle.") { _number };
        Command list = new("list", "List the puzzles, and which are solved.");
        command.Add(_folder);
        foreach (Command part in new[] { list, start, check, hint, step, solution })
            command.Add(part);
#if UPSTREAM_PACKAGES
        foreach (Command part in new[] { command, list, start, check, hint, step, solution })
            part.SetAction(_ => Refuse(console));
#else
        command.SetAction(parsed => PuzzleCommands.List(console, parsed.GetValue(_folder)));
        list.SetAction(parsed => PuzzleCommands.List(console, parsed.GetValue(_folder)));
        start.SetAction(parsed => PuzzleCommands.Start(console, parsed.GetValue(_target) ?? PuzzleFolder.UsualName));
        check.SetAction(parsed => PuzzleCommands.Check(console, parsed.GetValue(_optional), parsed.GetValue(_file), parsed.GetValue(_folder), parsed.GetValue(_all), parsed.GetValue(_watch)));
        hint.SetAction(parsed => PuzzleCommands.Hint(console, parsed.GetValue(_number)!, parsed.GetValue(_folder), parsed.GetValue(_level)));
        step.SetAction(parsed => PuzzleCommands.Step(console, parsed.GetValue(_number)!, parsed.GetValue(_file), parsed.GetValue(_folder), parsed.GetValue(_commands)));
        solution.SetAction(parsed => PuzzleCommands.Solution(console, parsed.GetValue(_number)!));
#endif
        return command;
    }

#if UPSTREAM_PACKAGES
    private static int Refuse(HostConsole console)
    {
        console.Error.WriteLine("gemma puzzles: This build runs kernels on the ILGPU packages, which cannot check or count them; build without -p:UpstreamPackages=true.");
        return ExitCodes.Failure;
    }
#endif
}
