using Spectre.Console;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>Tables with lines on a terminal and plain columns in a pipe.</summary>
internal static class Tables
{
    public static Table Create(HostConsole console, params ReadOnlySpan<string> columns)
    {
        Table table = new() { Border = console.OutputIsTerminal ? TableBorder.Simple : TableBorder.None };
        // The first column holds names, which are there to be copied.
        foreach (string column in columns)
            table.AddColumn(new TableColumn(Markup.Escape(column)) { NoWrap = !console.OutputIsTerminal || table.Columns.Count == 0 });
        return table;
    }

    /// <summary>Writes a table to standard output, without the padding at line ends where no terminal needs it.</summary>
    public static void Write(HostConsole console, Table table) => Write(console, table, console.Out);

    /// <summary>Writes a table to standard output or standard error.</summary>
    public static void Write(HostConsole console, Table table, TextWriter to)
    {
        if (ReferenceEquals(to, console.Error) ? console.ErrorIsTerminal : console.OutputIsTerminal)
        {
            (ReferenceEquals(to, console.Error) ? console.Status() : console.Tables()).Write(table);
            return;
        }
        StringWriter text = new();
        new HostConsole(TextReader.Null, text, TextWriter.Null).Tables().Write(table);
        foreach (string line in text.ToString().TrimEnd().ReplaceLineEndings("\n").Split('\n'))
            to.WriteLine(line.TrimEnd());
    }
}
