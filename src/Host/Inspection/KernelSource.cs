using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;

namespace GemmaIlgpu.Host.Inspection;

/// <summary>A method as it was written.</summary>
/// <param name="Document">The file, as the compiler recorded it.</param>
/// <param name="FirstLine">The line where its comment begins, from 1.</param>
/// <param name="Text">The comment, the signature and the body.</param>
internal sealed record MethodSource(string Document, int FirstLine, string Text)
{
    /// <summary>Gets the file's name.</summary>
    public string File => Path.GetFileName(Document.Replace('\\', '/'));
}

/// <summary>The C# of a kernel, from the sources embedded in the symbols, so that it is there wherever the program is.</summary>
internal static class KernelSource
{
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>The file's name and the method with its comment and signature.</summary>
    public static MethodSource Of(MethodBase method)
    {
        // A program published as one file has no assemblies to open.
        if (!File.Exists(method.Module.FullyQualifiedName))
            throw new IOException("This program is a single file, without the symbols that lead to the source; other stages need none.");
        using PEReader image = new(File.OpenRead(method.Module.FullyQualifiedName));
        if (!image.TryOpenAssociatedPortablePdb(method.Module.FullyQualifiedName, path => File.Exists(path) ? File.OpenRead(path) : null, out MetadataReaderProvider? provider, out _))
            throw new IOException($"The symbols of {method.Module.Name} are not beside it; the source comes from there.");
        using (provider)
        {
            MetadataReader symbols = provider!.GetMetadataReader();
            MethodDefinitionHandle handle = (MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken);
            SequencePoint[] points = [.. symbols.GetMethodDebugInformation(handle).GetSequencePoints().Where(point => !point.IsHidden)];
            if (points.Length == 0)
                throw new IOException($"The symbols of {method.Module.Name} do not name the lines of {method.Name}.");
            DocumentHandle document = points[0].Document;
            string[] lines = Text(symbols, document).ReplaceLineEndings("\n").Split('\n');
            int last = points.Max(point => point.EndLine) - 1;
            int open = points.Min(point => point.StartLine) - 2;
            // An optimised build marks no closing brace.
            if (open >= 0 && last + 1 < lines.Length && lines[open].Trim() == "{" && lines[last + 1].Trim() == "}" && Indent(lines[open]) == Indent(lines[last + 1]))
                last++;
            int first = Beginning(lines, points.Min(point => point.StartLine) - 1, last);
            return new(symbols.GetString(symbols.GetDocument(document).Name), first + 1, Outdent(lines[first..(last + 1)]));
        }
    }

    /// <summary>The lines of a file that an assembly was compiled from: those in its symbols, or else the file as it is now; null if
    /// there is neither.</summary>
    public static string[]? Lines(Module module, string file)
    {
        try
        {
            if (File.Exists(module.FullyQualifiedName))
            {
                using PEReader image = new(File.OpenRead(module.FullyQualifiedName));
                if (image.TryOpenAssociatedPortablePdb(module.FullyQualifiedName, path => File.Exists(path) ? File.OpenRead(path) : null, out MetadataReaderProvider? provider, out _))
                {
                    using (provider)
                    {
                        MetadataReader symbols = provider!.GetMetadataReader();
                        DocumentHandle document = symbols.Documents.FirstOrDefault(handle => symbols.GetString(symbols.GetDocument(handle).Name) == file);
                        return document.IsNil ? null : Text(symbols, document).ReplaceLineEndings("\n").Split('\n');
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            return null;
        }
        return null;
    }

    // Members are separated by blank lines, so the comment and the signature reach up to the one before. What is indented
    // less than the closing brace belongs to the class, whose first member follows its brace.
    private static int Beginning(string[] lines, int body, int last)
    {
        int indent = lines[last].Trim() == "}" ? Indent(lines[last]) : 0, line = body;
        while (line > 0 && lines[line - 1].Trim() is not ("" or "}") && Indent(lines[line - 1]) >= indent)
            line--;
        return line;
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    private static string Outdent(string[] lines)
    {
        int indent = lines.Where(line => line.Trim().Length > 0).Min(Indent);
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..] : line.Trim()));
    }

    private static string Text(MetadataReader symbols, DocumentHandle document)
    {
        foreach (CustomDebugInformationHandle handle in symbols.GetCustomDebugInformation(document))
        {
            CustomDebugInformation information = symbols.GetCustomDebugInformation(handle);
            if (symbols.GetGuid(information.Kind) != s_embeddedSource)
                continue;
            // Four bytes of length, 0 meaning "not compressed", then the text.
            byte[] blob = symbols.GetBlobBytes(information.Value);
            if (BitConverter.ToInt32(blob) == 0)
                return Encoding.UTF8.GetString(blob.AsSpan(4)).TrimStart('\uFEFF');
            using DeflateStream inflated = new(new MemoryStream(blob, 4, blob.Length - 4), CompressionMode.Decompress);
            using StreamReader reader = new(inflated, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        string path = symbols.GetString(symbols.GetDocument(document).Name);
        return File.Exists(path) ? File.ReadAllText(path) : throw new IOException($"The source file '{path}' is neither in the symbols nor on this machine.");
    }
}
