using System.CommandLine;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>One word after <c>gemma</c>: its options, its examples and what it does.</summary>
internal abstract class Verb
{
    public abstract string Name { get; }

    /// <summary>Shown under the help text, one command a line.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>The command with its options and its action.</summary>
    public abstract Command ToCommand(HostConsole console);
}
