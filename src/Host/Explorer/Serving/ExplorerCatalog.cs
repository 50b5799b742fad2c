using System.Globalization;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Lessons;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>What the page lists: the model's kernels, then those of the lessons, each lesson a family.</summary>
internal static class ExplorerCatalog
{
    public static IReadOnlyList<KernelEntry> All { get; } = [.. KernelCatalog.All, .. KernelCatalog.OfLessons.OrderBy(entry => LessonKernels.LessonOf(entry.Method)?.Number).Select(InItsLesson)];

    /// <summary>A family's kernels, or the one named; the one that is called just "Kernel" first.</summary>
    public static KernelEntry? First(string name) => KernelCatalog.Named(name).OrderBy(entry => entry.Method.Name == "Kernel" ? 0 : 1).FirstOrDefault();

    private static KernelEntry InItsLesson(KernelEntry entry) => LessonKernels.LessonOf(entry.Method) is not { } lesson
        ? entry
        : entry with { Family = string.Create(CultureInfo.InvariantCulture, $"Lesson {lesson.Number:00}: {lesson.Title}") };
}
