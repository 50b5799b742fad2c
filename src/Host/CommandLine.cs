using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Host.Verbs;

namespace GemmaIlgpu.Host;

/// <summary>Builds the verbs, runs one, and turns every failure into one sentence and an exit code.</summary>
internal static partial class CommandLine
{
    /// <summary>Set to anything, this environment variable adds the stack trace to a failure.</summary>
    public const string TraceVariable = "GEMMA_TRACE";

    public static int Run(string[] args, HostConsole console)
    {
        ParseResult parsed = Parse(args, console);
        try
        {
            // An action that clears errors is --help or --version: it answers whatever else was typed.
            if (parsed.Action?.ClearsParseErrors != true && Complaint(parsed) is string complaint)
                throw new UsageException(complaint);
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Ctrl-C is Interrupt's business
            });
        }
        catch (UsageException e)
        {
            string path = PathOf(parsed.CommandResult);
            console.Error.WriteLine($"{path}: {e.Message}\nSee '{path} --help'.");
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Cancelled;
        }
        catch (Exception e)
        {
            return Failures.Report(e, PathOf(parsed.CommandResult), console);
        }
    }

    /// <summary>What is wrong with a command line, without running it; null when nothing is.</summary>
    public static string? Complaint(params string[] args) => Complaint(Parse(args, new HostConsole(TextReader.Null, TextWriter.Null, TextWriter.Null)));

    private static ParseResult Parse(string[] args, HostConsole console) =>
        Build(console).Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration
        {
            // A prompt may begin with '@'; it is text, not a file of options.
            ResponseFileTokenReplacer = null,
            EnablePosixBundling = false,
        });

    private static RootCommand Build(HostConsole console)
    {
        RootCommand root = new("Runs Google's Gemma models with C# kernels.") { HelpName = "gemma" };
        Verb[] verbs =
        [
            new RunVerb(), new ChatVerb(), new TokenizeVerb(), new LogitsVerb(), new InspectVerb(),
            new DevicesVerb(), new PlanVerb(), new SynthVerb(), new QuantizeVerb(), new PerplexityVerb(), new BenchVerb(), new KernelsVerb(), new LessonsVerb(), new PuzzlesVerb(),
        ];
        foreach (Verb verb in verbs)
            root.Add(verb.ToCommand(console));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, verbs, console);
        return root;
    }

    /// <summary>The words that lead to a command: "gemma kernels step".</summary>
    public static string PathOf(CommandResult result)
    {
        string name = result.Command is RootCommand ? "gemma" : result.Command.Name;
        return result.Parent is CommandResult parent ? $"{PathOf(parent)} {name}" : name;
    }

    // The parser words its complaints well except for the few that users meet most.
    private static string? Complaint(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (UnknownOption(parsed) is string option)
            return $"There is no option '{option}'{Suggestion(option, command.Options.Select(o => o.Name))}";
        if (parsed.Errors.Count == 0)
            return null;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return command.Subcommands.Count > 0
                ? $"There is no command '{token}'{TakerOf(token, parsed.CommandResult) ?? Suggestion(token, command.Subcommands.Select(c => c.Name))}"
                : $"One argument too many: '{token}'. Text with spaces goes in quotes.";
        }
        if (command.Subcommands.Count > 0)
            return $"Which one: {string.Join(", ", command.Subcommands.Select(c => c.Name))}?";
        if (parsed.Errors[0].SymbolResult is ArgumentResult { Tokens.Count: 0, Argument: { Arity.MinimumNumberOfValues: > 0 } missing })
            return $"{missing.Name} is missing. {missing.Description}";
        string message = parsed.Errors[0].Message.TrimEnd();
        return message.EndsWith('.') ? message : message + ".";
    }

    // "gemma lessons 06" forgets what to do with lesson 6.
    private static string? TakerOf(string token, CommandResult result) =>
        token.All(char.IsAsciiDigit) && result.Command.Subcommands.FirstOrDefault(part => part.Arguments.Any(argument => argument.Name == "NUMBER")) is { } taker
            ? $"; did you mean '{PathOf(result)} {taker.Name} {token}'?"
            : null;

    // The parser takes a mistyped option for an argument, as it cannot know better; after "--" it is one.
    private static string? UnknownOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            return null;
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> arguments = command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value);
        return arguments.Concat(parsed.UnmatchedTokens).FirstOrDefault(text => LooksLikeAnOption().IsMatch(text));
    }

    [GeneratedRegex("^--?[A-Za-z][A-Za-z0-9-]*(=.*)?$")]
    private static partial Regex LooksLikeAnOption();

    private static string Suggestion(string typed, IEnumerable<string> known)
    {
        string? nearest = known.Where(name => EditDistance(typed, name) <= 2).MinBy(name => EditDistance(typed, name));
        return nearest is null ? "." : $"; did you mean '{nearest}'?";
    }

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
