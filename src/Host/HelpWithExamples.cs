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
        Command command = parseResult.CommandResult.Command;
        Verb? verb = verbs.FirstOrDefault(v => v.Name == command.Name);
        IEnumerable<string> examples = verb?.Examples
            ?? (command is RootCommand ? verbs.Select(v => v.Examples[0]) : []);
        if (examples.Any())
        {
            console.Out.WriteLine("Examples:");
            foreach (string example in examples)
                console.Out.WriteLine($"  {example}");
            console.Out.WriteLine();
        }
        return ExitCodes.Success;
    }
}
