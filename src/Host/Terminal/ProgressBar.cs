using GemmaIlgpu.Engine;
using Spectre.Console;

namespace GemmaIlgpu.Host.Terminal;

/// <summary>A bar on standard error while something long runs, if a terminal shows it.</summary>
internal static class ProgressBar
{
    public static T Show<T>(HostConsole console, bool wanted, Func<IProgress<LoadProgress>?, T> work)
    {
        if (!wanted || !console.ErrorIsTerminal || !console.EscapeCodes)
            return work(null);

        T? result = default;
        console.Status().Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("Loading");
                result = work(new Reporter(task));
                task.Value = task.MaxValue;
            });
        return result!;
    }

    public static void Show(HostConsole console, bool wanted, Action<IProgress<LoadProgress>?> work) =>
        Show(console, wanted, progress =>
        {
            work(progress);
            return 0;
        });

    // System.Progress would post to the thread pool and reorder; the bar is safe to update from any thread.
    private sealed class Reporter(ProgressTask task) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value)
        {
            task.Description = Markup.Escape(value.Stage);
            task.IsIndeterminate = value.Total <= 0;
            if (value.Total > 0)
            {
                task.MaxValue = value.Total;
                task.Value = value.Done;
            }
        }
    }
}
