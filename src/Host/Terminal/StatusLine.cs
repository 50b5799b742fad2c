namespace GemmaIlgpu.Host.Terminal;

/// <summary>One line on standard error that says what is being done, if a terminal shows it. It is drawn when it changes only, so that it disturbs no measurement.</summary>
internal sealed class StatusLine(HostConsole console) : IDisposable
{
    private const string ClearLine = "\r\u001b[2K";

    private readonly bool _isShown = console.ErrorIsTerminal && console.EscapeCodes;

    public void Show(string text)
    {
        if (_isShown)
            console.Error.Write(ClearLine + Tables.Cut(text, Tables.Width(console, console.Error) - 1));
    }

    public void Dispose() => Show("");
}
