#if !UPSTREAM_PACKAGES
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Puzzles;

/// <summary>Checks whenever a file is saved.</summary>
internal static class PuzzleWatch
{
    // Editors save in several steps: look once things have been quiet for so long.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs checks until Ctrl-C.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="folder">What is watched, with the folders in it.</param>
    /// <param name="pattern">Which files.</param>
    /// <param name="check">The check.</param>
    public static int Run(HostConsole console, string folder, string pattern, Action check)
    {
        using Interrupt interrupt = console.StartInterruptible();
        using SemaphoreSlim changed = new(0);
        using FileSystemWatcher watcher = new(folder, pattern) { IncludeSubdirectories = true };
        watcher.Changed += (_, _) => changed.Release();
        watcher.Created += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        try
        {
            while (true)
            {
                try
                {
                    check();
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or InputException)
                {
                    console.Out.WriteLine(e.Message);   // some editors take a file away before they put the new one there
                }
                console.Out.WriteLine("\nWaiting for a file to be saved; Ctrl-C ends.\n");
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
