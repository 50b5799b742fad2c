#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Puzzles;

/// <summary>Does something whenever a file is saved, until Ctrl-C.</summary>
internal static class PuzzleWatch
{
    // Editors save in several steps: look once things have been quiet for so long.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    public static int Run(HostConsole console, string file, Func<int> check)
    {
        using Interrupt interrupt = console.StartInterruptible();
        using SemaphoreSlim changed = new(0);
        using FileSystemWatcher watcher = new(Path.GetDirectoryName(file)!, Path.GetFileName(file));
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        try
        {
            while (true)
            {
                check();
                console.Out.WriteLine($"\nWaiting for {Path.GetFileName(file)} to be saved; Ctrl-C ends.\n");
                changed.Wait(interrupt.Token);
                while (changed.Wait(s_quiet, interrupt.Token))
                {
                }
            }
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Success;
        }
    }
}
#endif
