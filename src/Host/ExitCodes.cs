namespace GemmaIlgpu.Host;

/// <summary>What the process returns; documented in docs/cli.md.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>A model, a file or the run itself is at fault.</summary>
    public const int Failure = 1;

    /// <summary>The command line is at fault.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}

/// <summary>The command line asks for something that cannot be; the message is one sentence for the user.</summary>
internal sealed class UsageException(string message) : Exception(message);
