using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host;

/// <summary>One sentence for each failure that is not the command line's fault.</summary>
internal static class Failures
{
    public static int Report(Exception exception, string command, HostConsole console)
    {
        // The reader of our pipe has gone (gemma run … | head): nothing to say, nobody to say it to.
        if (exception is IOException && IsBrokenPipe(exception))
            return ExitCodes.Cancelled;
        string message = exception.Message.ReplaceLineEndings(" ").Trim();
        console.Error.WriteLine($"{command}: {message}");
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(CommandLine.TraceVariable)))
            console.Error.WriteLine(exception);
        else if (!IsExpected(exception))
            console.Error.WriteLine($"This is a fault of the program ({exception.GetType().Name}); {CommandLine.TraceVariable}=1 shows where.");
        return ExitCodes.Failure;
    }

    private static bool IsExpected(Exception exception) =>
        exception is ModelFileException or InputException or IOException or UnauthorizedAccessException or OutOfMemoryException || Devices.IsDeviceFailure(exception);

    private static bool IsBrokenPipe(Exception exception)
    {
        const int UnixBrokenPipe = 32, WindowsNoData = unchecked((int)0x800700E8);
        return exception.HResult is UnixBrokenPipe or WindowsNoData;
    }
}
