using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host;

/// <summary>The <c>gemma</c> command.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        using HostConsole console = HostConsole.OfProcess();
        return CommandLine.Run(args, console);
    }
}
