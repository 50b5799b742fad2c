using System.Text;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>Reads lines from a terminal with the keys that shells have: arrows, history, Ctrl-A, Ctrl-E, Ctrl-U; Ctrl-C drops the
/// line, Ctrl-D ends the input.</summary>
/// <param name="output">The terminal.</param>
internal sealed class LineEditor(TextWriter output)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _line = new();
    private int _at, _recalled;

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">What stands before it.</param>
    /// <returns>The line; null at the end of the input.</returns>
    public string? ReadLine(string prompt)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            output.Write(prompt);
            _line.Clear();
            (_at, _recalled) = (0, _history.Count);
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter)
                {
                    output.WriteLine();
                    return Keep(_line.ToString());
                }
                if (key is { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } && _line.Length == 0)
                    return null;
                if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                {
                    output.WriteLine("^C");
                    _line.Clear();
                    _at = 0;
                }
                else
                {
                    Edit(key);
                }
                Show(prompt);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    private string Keep(string line)
    {
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
            _history.Add(line);
        return line;
    }

    private void Edit(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers == ConsoleModifiers.Control;
        switch (key.Key)
        {
            case ConsoleKey.Backspace when _at > 0: _line.Remove(--_at, 1); break;
            case ConsoleKey.Delete when _at < _line.Length: _line.Remove(_at, 1); break;
            case ConsoleKey.LeftArrow: _at = Math.Max(0, _at - 1); break;
            case ConsoleKey.RightArrow: _at = Math.Min(_line.Length, _at + 1); break;
            case ConsoleKey.Home: _at = 0; break;
            case ConsoleKey.End: _at = _line.Length; break;
            case ConsoleKey.A when control: _at = 0; break;
            case ConsoleKey.E when control: _at = _line.Length; break;
            case ConsoleKey.U when control: _line.Remove(0, _at); _at = 0; break;
            case ConsoleKey.K when control: _line.Length = _at; break;
            case ConsoleKey.UpArrow or ConsoleKey.P when control || key.Key == ConsoleKey.UpArrow: Recall(-1); break;
            case ConsoleKey.DownArrow or ConsoleKey.N when control || key.Key == ConsoleKey.DownArrow: Recall(1); break;
            default:
                if (!char.IsControl(key.KeyChar))
                    _line.Insert(_at++, key.KeyChar);
                break;
        }
    }

    private void Recall(int by)
    {
        if (_recalled + by < 0 || _recalled + by > _history.Count)
            return;
        _recalled += by;
        _line.Clear().Append(_recalled < _history.Count ? _history[_recalled] : "");
        _at = _line.Length;
    }

    // Writes the line anew, as much of it as fits, and puts the cursor where it belongs.
    private void Show(string prompt)
    {
        const int LeastRoom = 10;
        int room = Math.Max(LeastRoom, Console.WindowWidth - prompt.Length - 1), first = Math.Max(0, _at - room);
        string seen = _line.ToString(first, Math.Min(_line.Length - first, room));
        output.Write($"\r{prompt}{seen}\u001b[K");
        if (_at - first < seen.Length)
            output.Write($"\u001b[{seen.Length - (_at - first)}D");
    }
}
