using System.Reflection;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>Writes source lines, names of threads and tables, with colours where a terminal shows them.</summary>
/// <param name="console">Where to.</param>
/// <param name="machine">The launch.</param>
internal sealed class StepScreen(HostConsole console, SteppedMachine machine)
{
    private readonly Dictionary<(Module, string), string[]?> _files = [];

    public bool HasColours { get; } = console.OutputIsTerminal && console.EscapeCodes;

    public void Say(string text) => console.Out.WriteLine(text);

    /// <summary>A sentence in a colour.</summary>
    public void Say(string text, string style)
    {
        if (HasColours)
            console.Tables().MarkupLine($"[{style}]{Markup.Escape(text)}[/]");
        else
            Say(text);
    }

    public void Write(Table table) => Tables.Write(console, table);

    public Table NewTable(params ReadOnlySpan<string> columns) => Tables.Create(console, columns);

    /// <summary>A group or thread: one number where the launch has one dimension.</summary>
    public static string Name(ILGPU.Index3D index, (int X, int Y, int Z) size) =>
        size.Z > 1 ? $"({index.X}, {index.Y}, {index.Z})" : size.Y > 1 ? $"({index.X}, {index.Y})" : $"{index.X}";

    public string ThreadName(int thread) => Name(machine.Group.ThreadIndex(thread), machine.Launch.Group);

    public string GroupName => Name(machine.Group.Index, machine.Launch.Grid);

    /// <summary>Threads as ranges: "0-15, 32".</summary>
    public string ThreadNames(IReadOnlyList<int> threads)
    {
        if (machine.Launch.Group.Y > 1 || machine.Launch.Group.Z > 1)
        {
            const int MostNames = 8;
            return string.Join(", ", threads.Take(MostNames).Select(ThreadName)) + (threads.Count > MostNames ? $", … ({threads.Count})" : "");
        }
        var ranges = new List<string>();
        for (int i = 0; i < threads.Count; i++)
        {
            int first = i;
            while (i + 1 < threads.Count && threads[i + 1] == threads[i] + 1)
                i++;
            ranges.Add(first == i ? $"{threads[i]}" : $"{threads[first]}-{threads[i]}");
        }
        return string.Join(", ", ranges);
    }

    /// <summary>The lines of a method's file; null if they are not there.</summary>
    public string[]? Lines(IrStatement statement)
    {
        (Module, string) key = (statement.Inlining.Code.Module, statement.Span.File);
        if (!_files.TryGetValue(key, out string[]? lines))
            _files[key] = lines = KernelSource.Lines(key.Item1, key.Item2) ?? (File.Exists(key.Item2) ? File.ReadAllLines(key.Item2) : null);
        return lines;
    }

    /// <summary>The text of a statement, for sentences.</summary>
    public string? TextOf(IrStatement statement)
    {
        if (Lines(statement) is not { } lines || statement.Span.Line > lines.Length)
            return null;
        string line = lines[statement.Span.Line - 1];
        int end = statement.Span.EndLine == statement.Span.Line ? Math.Min(statement.Span.EndColumn - 1, line.Length) : line.Length;
        return statement.Span.Column - 1 < end ? line[(statement.Span.Column - 1)..end].Trim() : line.Trim();
    }

    /// <summary>The line of a place, trimmed.</summary>
    public string? TextAt(IrStatement near, int line) => Lines(near) is { } lines && line >= 1 && line <= lines.Length ? lines[line - 1].Trim() : null;

    /// <summary>The line of a statement with a mark, and under it which part is meant if it is not all.</summary>
    public void ShowLine(IrStatement statement, bool isBreakpoint)
    {
        string[]? lines = Lines(statement);
        if (lines is null || statement.Span.Line > lines.Length)
        {
            Say($"{statement.Span} (the source {statement.Span.File} is neither in the symbols nor on this machine)");
            return;
        }
        WriteLine(lines, statement.Span.Line, statement, isBreakpoint);
    }

    /// <summary>Lines of a file, the statement's marked.</summary>
    public void ShowLines(IrStatement statement, int first, int last, Func<int, bool> isBreakpoint)
    {
        if (Lines(statement) is not { } lines)
        {
            ShowLine(statement, false);
            return;
        }
        for (int line = Math.Max(1, first); line <= Math.Min(last, lines.Length); line++)
            WriteLine(lines, line, line == statement.Span.Line ? statement : null, isBreakpoint(line));
    }

    private void WriteLine(string[] lines, int number, IrStatement? here, bool isBreakpoint)
    {
        string text = lines[number - 1].Replace("\t", "    ", StringComparison.Ordinal);
        string margin = $"{(isBreakpoint ? "*" : " ")}{(here is not null ? "→" : " ")}{number,5}  ";
        if (HasColours)
            console.Tables().MarkupLine($"[{(isBreakpoint ? "red" : "grey")}]{margin}[/][{(here is not null ? "bold yellow" : "default")}]{Markup.Escape(text)}[/]");
        else
            Say((margin + text).TrimEnd());
        if (here is null || here.Span.Line != here.Span.EndLine || lines[number - 1].Contains('\t', StringComparison.Ordinal))
            return;
        string code = WithoutComment(text);
        int first = here.Span.Column - 1, end = Math.Min(here.Span.EndColumn - 1, text.Length);
        if (first > code.Length - code.TrimStart().Length || end < code.TrimEnd().Length)
            Say(new string(' ', margin.Length + first) + new string('~', Math.Max(1, end - first)));
    }

    private static string WithoutComment(string line)
    {
        int comment = line.IndexOf("//", StringComparison.Ordinal);
        return comment >= 0 ? line[..comment] : line;
    }
}
