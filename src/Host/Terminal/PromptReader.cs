using System.Text;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>The prompt of <c>run</c>: the argument, or standard input.</summary>
internal static class PromptReader
{
    /// <summary>More characters than any context holds; a larger input is a mistake, not a prompt.</summary>
    private const int LongestPrompt = 1 << 24;

    public static string Read(string? argument, HostConsole console)
    {
        if (argument is not null and not "-")
            return argument;
        if (argument is null && console.InputIsTerminal)
            throw new UsageException("There is no prompt; give one in quotes, or pipe one in.");

        StringBuilder text = new();
        char[] buffer = new char[8192];
        while (console.In.Read(buffer) is int count && count > 0)
        {
            text.Append(buffer, 0, count);
            if (text.Length > LongestPrompt)
                throw new UsageException($"Standard input holds more than {Quantity.Count(LongestPrompt)} characters; no context is that long.");
        }
        // The newline that ends a file or an echo is not part of the text.
        if (text.Length > 0 && text[^1] == '\n')
            text.Length -= text.Length > 1 && text[^2] == '\r' ? 2 : 1;
        return text.Length > 0 ? text.ToString() : throw new UsageException("Standard input holds no prompt.");
    }
}
