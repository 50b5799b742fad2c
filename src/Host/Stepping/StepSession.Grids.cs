using System.Globalization;
using GemmaIlgpu.Host.Inspection;
using Spectre.Console;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Memory as grids.</content>
internal sealed partial class StepSession
{
    private const int MostRows = 32;

    /// <summary>Shared memory, or any view, as a grid: "x/shared", "x/shared tile", "x/shared tile 8", "x tile[32..64]".</summary>
    private void SharedGrid(string text)
    {
        string[] words = [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)];
        if (words.Length > 0 && words[0].TrimStart('/') is "shared" or "s")
            words = words[1..];
        int columns = words.Length > 1 && int.TryParse(words[^1], out int given) && given > 0 ? given : 0;
        string name = words.Length > 0 ? string.Concat(columns > 0 ? words[..^1] : words) : "";
        ThreadScope scope = Scope;
        if (name.Length == 0 && !SharedMemory.All(_machine).Any())
            throw new EvaluationException("The kernel has no shared memory; x NAME shows a view as a grid.");
        object[] values = name.Length == 0 ? [.. SharedMemory.All(_machine)] : [StepExpression.Parse(name).Evaluate(scope)];
        foreach (object value in values)
        {
            switch (value)
            {
                case ViewValue { Extents.Length: 2 } plane: ShowPlane(scope, plane); break;
                case ViewValue view: ShowGrid(scope, view, columns); break;
                case SliceValue slice: WriteGrid(slice.First, slice.Elements.Length, columns, i => slice.Elements[i - slice.First], scope); break;
                default: throw new EvaluationException($"{name} is no view; p {name} prints it.");
            }
        }
    }

    private void ShowGrid(ThreadScope scope, ViewValue view, int columns)
    {
        _screen.Say($"{view.Name}: {TypeNames.Short(view.Element)}[{string.Join(", ", view.Extents)}]");
        ViewValue line = view.Extents.Length == 1 ? view : view with { Extents = [view.Length], Strides = [1] };
        int width = Width(columns);
        long shown = Math.Min(line.Length, MostRows * width);
        WriteGrid(0, shown, columns, i => StepValues.Element(scope, line, i), scope);
        if (shown < line.Length)
            _screen.Say($"… {line.Length - shown} more; x {view.Name}[{shown}..{Math.Min(line.Length, 2 * shown)}] goes on.");
    }

    private void ShowPlane(ThreadScope scope, ViewValue view)
    {
        const int MostColumns = 32;
        int rows = (int)Math.Min(view.Extents[0], MostRows), columns = (int)Math.Min(view.Extents[1], MostColumns);
        bool isPart = rows < view.Extents[0] || columns < view.Extents[1];
        _screen.Say($"{view.Name}: {TypeNames.Short(view.Element)}[{string.Join(", ", view.Extents)}], the first index downwards{(isPart ? $"; the first {rows} x {columns}" : "")}");
        Table table = NewGrid(columns);
        bool isUnwritten = false;
        for (int row = 0; row < rows; row++)
        {
            var cells = new List<string> { $"{row}" };
            for (int column = 0; column < columns; column++)
                cells.Add(Cell(StepValues.Element(scope, view, row, column), scope, ref isUnwritten));
            table.AddRow([.. cells]);
        }
        WriteGrid(table, isUnwritten);
    }

    private static int Width(int columns)
    {
        const int Usual = 8;
        return columns > 0 ? columns : Usual;
    }

    private void WriteGrid(long first, long count, int columns, Func<long, object> element, ThreadScope scope)
    {
        int width = (int)Math.Min(Width(columns), Math.Max(1, count));
        Table table = NewGrid(width);
        bool isUnwritten = false;
        for (long row = 0; row * width < count; row++)
        {
            var cells = new List<string> { (first + row * width).ToString(CultureInfo.InvariantCulture) };
            for (long i = row * width; i < Math.Min(count, (row + 1) * width); i++)
                cells.Add(Cell(element(first + i), scope, ref isUnwritten));
            table.AddRow([.. cells]);
        }
        WriteGrid(table, isUnwritten);
    }

    private void WriteGrid(Table table, bool isUnwritten)
    {
        _screen.Write(table);
        if (isUnwritten)
            _screen.Say($"{ValueText.Unwritten} is not written yet.");
    }

    private static string Cell(object value, ThreadScope scope, ref bool isUnwritten)
    {
        isUnwritten |= value is UnwrittenValue;
        return Markup.Escape(ValueText.Of(scope, value));
    }

    private Table NewGrid(int columns) => _screen.NewTable(["", .. Enumerable.Range(0, columns).Select(column => $"{column}")]);
}
