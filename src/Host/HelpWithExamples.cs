using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using GemmaIlgpu.Host.Terminal;
using GemmaIlgpu.Host.Verbs;

namespace GemmaIlgpu.Host;

/// <summary>The parser's own help, followed by the verb's examples.</summary>
internal sealed class HelpWithExamples(HelpAction help, IReadOnlyList<Verb> verbs, HostConsole console)
    : SynchronousCommandLineAction
{
    private const int WidthWhenPiped = 120;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        if (!console.OutputIsTerminal)
            help.MaxWidth = WidthWhenPiped;
        help.Invoke(parseResult);
        IEnumerable<string> examples = Examples(CommandLine.PathOf(parseResult.CommandResult));
        if (examples.Any())
        {
            console.Out.WriteLine("Examples:");
            foreach (string example in examples)
                console.Out.WriteLine($"  {example}");
            console.Out.WriteLine();
        }
        return ExitCodes.Success;
    }

    // A verb's examples; of a command under it those that begin with it, and of the program the first of each verb.
    private IEnumerable<string> Examples(string path)
    {
        string[] words = path.Split(' ');
        return words.Length == 1
            ? verbs.Select(verb => verb.Examples[0])
            : verbs.Single(verb => verb.Name == words[1]).Examples.Where(example => $"{example} ".StartsWith($"{path} ", StringComparison.Ordinal));
    }
}
