using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>The source lines of one method, from the portable PDB inside or beside its assembly.</summary>
internal sealed class SourceMap
{
    private const int HiddenLine = 0xFEEFEE;    // the compiler's mark for code without source

    private static readonly CodeCache<Module, MetadataReaderProvider?> s_providers = new(static module => module.Assembly.IsCollectible);

    private readonly List<(int Offset, SourceLocation? Location)> _points = [];
    private readonly Dictionary<int, SourceSpan> _spans = [];
    private readonly List<(int Start, int End, int Slot, string Name)> _variables = [];

    /// <summary>The map of a method, or null when there are no symbols.</summary>
    public static SourceMap? For(MethodBase method)
    {
        MetadataReader? reader = s_providers.GetOrAdd(method.Module, Open)?.GetMetadataReader();
        if (reader is null)
            return null;
        var handle = (MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken);
        if (MetadataTokens.GetRowNumber(handle) > reader.GetTableRowCount(TableIndex.MethodDebugInformation))
            return null;
        var map = new SourceMap();
        foreach (SequencePoint point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (point.StartLine == HiddenLine)
                continue;
            string file = reader.GetString(reader.GetDocument(point.Document).Name);
            map._points.Add((point.Offset, new(file, point.StartLine)));
            map._spans[point.Offset] = new(file, point.StartLine, point.StartColumn, point.EndLine, point.EndColumn);
        }
        foreach (LocalScope scope in reader.GetLocalScopes(handle).Select(reader.GetLocalScope))
            foreach (LocalVariable variable in scope.GetLocalVariables().Select(reader.GetLocalVariable))
                map._variables.Add((scope.StartOffset, scope.EndOffset, variable.Index, reader.GetString(variable.Name)));
        return map._points.Count > 0 ? map : null;
    }

    /// <summary>The C# name of a local variable at an offset, if it has one.</summary>
    public string? VariableAt(int slot, int offset) =>
        _variables.Find(variable => variable.Slot == slot && offset >= variable.Start && offset < variable.End).Name;

    /// <summary>The line that the instruction at an offset came from.</summary>
    public SourceLocation? At(int offset)
    {
        int low = 0, high = _points.Count;      // the last point at or before the offset is in [low, high)
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = _points[middle].Offset <= offset ? (middle, high) : (low, middle);
        }
        return _points[low].Location;
    }

    /// <summary>The slots and names of the local variables that can be seen at an offset.</summary>
    public IEnumerable<(int Slot, string Name)> VariablesAt(int offset) =>
        _variables.Where(variable => offset >= variable.Start && offset < variable.End).OrderBy(variable => variable.Start).Select(variable => (variable.Slot, variable.Name));

    /// <summary>The slots whose variables begin to be seen at an offset.</summary>
    public IEnumerable<int> VariablesFrom(int offset) => _variables.Where(variable => variable.Start == offset).Select(variable => variable.Slot);

    /// <summary>The statement, or the part of one, that begins exactly at an offset.</summary>
    public SourceSpan? SpanAt(int offset) => _spans.GetValueOrDefault(offset);

    /// <summary>The line that begins exactly at an offset, if one does.</summary>
    public SourceLocation? StartingAt(int offset) => _points.Find(point => point.Offset == offset).Location;

    // Providers are kept for the life of the process: readers point into their memory.
    private static MetadataReaderProvider? Open(Module module)
    {
        string path = module.FullyQualifiedName;
        if (!File.Exists(path))
            return null;
        try
        {
            using var image = new PEReader(File.OpenRead(path), PEStreamOptions.PrefetchEntireImage);
            return image.TryOpenAssociatedPortablePdb(path, name => File.Exists(name) ? File.OpenRead(name) : null, out MetadataReaderProvider? provider, out _)
                ? provider
                : null;
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return null;    // symbols are a convenience; without them messages only lose the line
        }
    }
}
