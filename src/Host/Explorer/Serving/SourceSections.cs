using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>A method in C#.</summary>
/// <param name="File">The file, from the project's folder on; places name it so.</param>
/// <param name="Method">Type and method.</param>
/// <param name="FirstLine">The number of the first line.</param>
/// <param name="Lines">The text.</param>
internal sealed record SourceSection(string File, string Method, int FirstLine, IReadOnlyList<string> Lines);

/// <summary>The C# of a kernel: its own method, then those whose code the compiler put into it.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Sections">Its methods.</param>
/// <param name="Refusal">Why there is no source: a sentence; null if there is.</param>
internal sealed record SourceSections(string Name, string Parameters, IReadOnlyList<SourceSection> Sections, string? Refusal)
{
    private static readonly ConcurrentDictionary<KernelEntry, Lazy<SourceSections>> s_known = new();

    /// <summary>Reads a kernel's source.</summary>
    public static SourceSections Of(KernelEntry entry) => s_known.GetOrAdd(entry, _ => new(() => Read(entry))).Value;

    /// <summary>A line of a file, as both the source and the stages name it: "Kernels/RmsNorm.cs:45".</summary>
    public static string Place(string document, int line) => string.Create(CultureInfo.InvariantCulture, $"{FileOf(document)}:{line}");

    private static SourceSections Read(KernelEntry entry)
    {
        var sections = new List<SourceSection>();
        try
        {
            foreach (MethodBase method in Stages.MethodsOf(entry))
                if (IlPrinter.HasLines(method) && Section(method) is var section && !sections.Exists(known => known.File == section.File && known.FirstLine == section.FirstLine))
                    sections.Add(section);
        }
        catch (IOException exception)
        {
            return new(entry.Name, entry.Parameters, [], exception.Message);
        }
        return new(entry.Name, entry.Parameters, sections, null);
    }

    private static SourceSection Section(MethodBase method)
    {
        MethodSource source = KernelSource.Of(method);
        return new(FileOf(source.Document), $"{TypeNames.Short(method.DeclaringType!)}.{method.Name}", source.FirstLine, source.Text.Split('\n'));
    }

    private static string FileOf(string document)
    {
        string path = document.Replace('\\', '/');
        int sources = path.LastIndexOf("/src/", StringComparison.Ordinal), lessons = path.LastIndexOf("/lessons/", StringComparison.Ordinal);
        if (lessons >= 0 || sources >= 0)
            return lessons > sources ? path[(lessons + 1)..] : path[(sources + 5)..];
        // Two files of the same name lie in different folders.
        return string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries)[^2..]);
    }
}
