using System.Text;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>Sentences: a terminal would break their lines in the middle of words; a pipe has no edge.</summary>
internal static class Prose
{
    private const int WidestText = 110, NarrowestText = 20;

    /// <summary>Writes a text to standard output, between words of lines that fit.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="text">The text; lines of its own stay lines.</param>
    /// <param name="first">What stands before the first line.</param>
    /// <param name="others">What stands before the others.</param>
    public static void Write(HostConsole console, string text, string first = "", string others = "")
    {
        int width = console.OutputIsTerminal ? Math.Clamp(console.Tables().Profile.Width - 1, NarrowestText, WidestText) : int.MaxValue;
        StringBuilder line = new(first);
        int start = line.Length;
        foreach (string paragraph in text.Split('\n'))
        {
            foreach (string word in paragraph.Split(' '))
            {
                if (line.Length > start && line.Length + word.Length + 1 > width)
                    End();
                line.Append(line.Length > start ? " " : "").Append(word);
            }
            End();
        }

        void End()
        {
            console.Out.WriteLine(line.ToString().TrimEnd());
            line.Clear().Append(others);
            start = line.Length;
        }
    }
}
