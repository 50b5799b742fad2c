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

    /// <summary>Writes a table with a name and many numbers a row; where a terminal is too narrow for it, as several below each other.</summary>
    public static void WriteWide(HostConsole console, IReadOnlyList<string> columns, IReadOnlyList<string[]> rows, TextWriter to)
    {
        const int Gap = 3, Edge = 1, ShortestName = 20;
        int width = Width(console, to);
        int[] widths = [.. columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Length).Max())];
        int longest = Math.Min(widths[0], Math.Max(ShortestName, width / 2));
        for (int first = 1; first < columns.Count;)
        {
            int last = first, left = width - Edge - longest - (2 * Gap) - widths[first];
            while (last + 1 < columns.Count && (left -= widths[last + 1] + Gap) >= 0)
                last++;
            Table table = Create(console, [columns[0], .. columns.Take(first..(last + 1))]);
            foreach (TableColumn column in table.Columns.Skip(1))
                column.RightAligned().NoWrap();
            foreach (string[] row in rows)
                table.AddRow([Markup.Escape(Cut(row[0], longest)), .. row[first..(last + 1)].Select(Markup.Escape)]);
            Write(console, table, to);
            first = last + 1;
        }
    }

    /// <summary>Columns of characters that a line has room for; a pipe has no edge.</summary>
    public static int Width(HostConsole console, TextWriter to) =>
        (ReferenceEquals(to, console.Error) ? console.ErrorIsTerminal ? console.Status() : null : console.OutputIsTerminal ? console.Tables() : null)?.Profile.Width ?? int.MaxValue / 2;

    /// <summary>A text that is too long ends with an ellipsis.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : text[..Math.Max(0, length - 1)] + "…";
}
