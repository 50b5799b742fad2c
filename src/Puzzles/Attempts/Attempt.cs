using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis.CSharp;

namespace GemmaIlgpu.Puzzles;

/// <summary>A file with somebody's kernel, compiled and loaded. Disposing lets the code go.</summary>
public sealed class Attempt : IDisposable
{
    private readonly string? _folder;
    private readonly AssemblyLoadContext? _context;

    internal Attempt(string file, CSharpSyntaxTree tree, IReadOnlyList<Complaint> complaints) => (File, Tree, Complaints) = (file, tree, complaints);

    internal Attempt(string file, CSharpSyntaxTree tree, MethodInfo? kernel, AssemblyLoadContext context, string folder)
        : this(file, tree, []) => (Kernel, _context, _folder) = (kernel, context, folder);

    /// <summary>Gets the file.</summary>
    public string File { get; }

    /// <summary>Gets what the compiler refuses; nothing if it compiles.</summary>
    public IReadOnlyList<Complaint> Complaints { get; }

    /// <summary>Gets the kernel; null if the file does not compile or has none.</summary>
    public MethodInfo? Kernel { get; }

    /// <summary>Gets the assembly's file; null if the file does not compile.</summary>
    public string? AssemblyFile => _folder is null ? null : Path.Combine(_folder, AttemptCompiler.AssemblyName + ".dll");

    internal CSharpSyntaxTree Tree { get; }

    /// <summary>A line of the file, from 1; null if it has no such line.</summary>
    public string? LineAt(int line)
    {
        var lines = Tree.GetText().Lines;
        return line >= 1 && line <= lines.Count ? lines[line - 1].ToString() : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _context?.Unload();
        if (_folder is null)
            return;
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows keeps a loaded assembly's file until the code has gone; the folder is a temporary one.
        }
    }
}
