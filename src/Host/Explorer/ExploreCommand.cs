using System.CommandLine;
using System.Globalization;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Host.Options;
using GemmaIlgpu.Host.Terminal;
#if !UPSTREAM_PACKAGES
using System.ComponentModel;
using System.Diagnostics;
using GemmaIlgpu.Host.Explorer.Serving;
#endif

namespace GemmaIlgpu.Host.Explorer;

/// <summary>Serves a page of this machine on which every kernel can be looked through, from its C# to what devices run.</summary>
internal sealed class ExploreCommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "The kernel or family to begin with, as 'list' names it.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly UserKernelOptions _own = new();

    private readonly Option<int?> _port = Numbers.Whole("--port", "The port to listen on; without it, a free one.", 1, 65535);

    private readonly Option<bool> _noOpen = new("--no-open") { Description = "Only print the address; do not open a browser." };

    public Command ToCommand(HostConsole console)
    {
        Command command = new("explore", "Serve a page on this machine: all stages of a kernel side by side, its launch and its memory accesses drawn.");
        command.Add(_name);
        command.Add(_port);
        command.Add(_noOpen);
        _own.AddTo(command);
        command.SetAction(parsed => Explore(parsed, console));
        return command;
    }

#if UPSTREAM_PACKAGES
    private static int Explore(ParseResult parsed, HostConsole console) =>
        throw new UsageException("The page shows the stages of our own compiler, which this build with the ILGPU packages leaves out; build without -p:UpstreamPackages=true.");
#else
    private int Explore(ParseResult parsed, HostConsole console)
    {
        KernelEntry? first = _own.CatalogueName(parsed, parsed.GetValue(_name), isRequired: false) is not { } name ? null : ExplorerCatalog.First(name)
            ?? throw new UsageException($"There is no kernel '{name}'; 'gemma kernels list' names them.");
        OwnKernels? own = _own.AssemblyOf(parsed) is { } file ? new(file, _own.ReadAll(parsed)) : null;
        using Interrupt interrupt = console.StartInterruptible();
        return Serve(first ?? own?.Entries[0], own, parsed.GetValue(_port) ?? 0, !parsed.GetValue(_noOpen) && console.OutputIsTerminal, console, interrupt.Token).GetAwaiter().GetResult();
    }

    private static async Task<int> Serve(KernelEntry? first, OwnKernels? own, int port, bool open, HostConsole console, CancellationToken ended)
    {
        await using ExplorerServer server = await ExplorerServer.Start(port, own);
        string address = first is null ? server.Address : $"{server.Address}#kernel={Uri.EscapeDataString(first.Name)}";
        console.Out.WriteLine(address);
        console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count(own)} kernels. Only this machine can see the page; Ctrl-C ends."));
        if (open)
            Open(address);
        try
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ended, server.Stopping);
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how it is meant to end, or a signal.
        }
        return ExitCodes.Success;
    }

    private static string Count(OwnKernels? own) => own is null ? $"{ExplorerCatalog.All.Count}" : $"{own.Entries.Count} of yours and {ExplorerCatalog.All.Count} other";

    // A machine without a desktop has nothing to open it with; the address stands in the terminal.
    private static void Open(string address)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return;
        }
    }
#endif
}
