using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>The three standard streams and what is known about them. Tests pass their own.</summary>
internal sealed class HostConsole(TextReader input, TextWriter output, TextWriter error) : IDisposable
{
    /// <summary>Characters in a line before a table wraps; a pipe has no edge.</summary>
    private const int WidthWhenPiped = 1000;

    private Interrupt? _interrupt;

    public TextReader In { get; } = input;

    /// <summary>Results only: text, tables, JSON.</summary>
    public TextWriter Out { get; } = output;

    /// <summary>Everything about the run: progress, device, statistics, complaints.</summary>
    public TextWriter Error { get; } = error;

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether escape codes may be written to a terminal at all (https://no-color.org, TERM=dumb).</summary>
    public bool EscapeCodes { get; init; }

    public static HostConsole OfProcess()
    {
        // UTF-8 on a pipe whatever the locale or code page says: model text is Unicode. A terminal reads by lines itself.
        TextReader input = Console.IsInputRedirected
            ? new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false))
            : Console.In;
        if (OperatingSystem.IsWindows())
            Console.OutputEncoding = Encoding.UTF8;
        return new HostConsole(input, Utf8(OpenOutput()), Utf8(Console.OpenStandardError()))
        {
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            EscapeCodes = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") != "dumb",
        };

        // .NET's console stream keeps quiet when the reader of a pipe has gone, and a run would go on for nobody.
        // A file keeps that stream: it shares its position with what else the shell writes there.
        static Stream OpenOutput()
        {
            const int StandardOutput = 1;
            if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
                return Console.OpenStandardOutput();
            FileStream pipe = new(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
        }

        static StreamWriter Utf8(Stream stream) => new(stream, new UTF8Encoding(false)) { AutoFlush = true };
    }

    /// <summary>Starts work that Ctrl-C stops; dispose it when the work is over.</summary>
    public Interrupt StartInterruptible() => _interrupt = new Interrupt();

    /// <summary>What Ctrl-C does to the work in progress; for tests, which have no keyboard.</summary>
    public void PressCtrlC() => _interrupt?.Press();

    /// <summary>Spectre's view of standard output, for tables: plain text unless a terminal reads it.</summary>
    public IAnsiConsole Tables() => Rich(Out, OutputIsTerminal);

    /// <summary>Spectre's view of standard error, for progress.</summary>
    public IAnsiConsole Status() => Rich(Error, ErrorIsTerminal);

    public void Dispose() => _interrupt?.Dispose();

    private IAnsiConsole Rich(TextWriter writer, bool terminal)
    {
        bool escapes = terminal && EscapeCodes;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = escapes ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = escapes ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = WidthWhenPiped;
        return console;
    }
}
