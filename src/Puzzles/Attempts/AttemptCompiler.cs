using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using System.Text;
using ILGPU;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace GemmaIlgpu.Puzzles;

/// <summary>Compiles a file with a kernel inside this process, against the runtime that this process uses.</summary>
public static unsafe class AttemptCompiler
{
    internal const string AssemblyName = "Attempt";

    // What an editor's project has as implicit usings.
    private const string Usings = "global using System; global using System.Collections.Generic; global using System.Linq; global using ILGPU; global using ILGPU.Runtime;";

    private static readonly string[] s_ofCuda = ["threadIdx", "blockIdx", "blockDim", "gridDim", "__syncthreads"];

    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Latest, DocumentationMode.None);

    private static readonly Lazy<MetadataReference[]> s_references = new(() =>
    [
        .. new[] { typeof(object).Assembly, Assembly.Load("System.Runtime"), Assembly.Load("System.Collections"), Assembly.Load("System.Console"), Assembly.Load("System.Linq"), typeof(ArrayView<float>).Assembly }
            .Select(Reference),
    ]);

    /// <summary>Compiles a file.</summary>
    /// <param name="file">Its path, which faults and complaints name.</param>
    /// <param name="source">Its text.</param>
    /// <param name="typeName">The class whose method Kernel is wanted; any other class will do if it has none.</param>
    public static Attempt Compile(string file, string source, string typeName)
    {
        SourceText text = SourceText.From(source, Encoding.UTF8);
        var tree = (CSharpSyntaxTree)CSharpSyntaxTree.ParseText(text, s_parsing, file);
        CSharpCompilation compilation = CSharpCompilation.Create(
            AssemblyName,
            [tree, CSharpSyntaxTree.ParseText(SourceText.From(Usings, Encoding.UTF8), s_parsing, "Usings.cs")],
            s_references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: Microsoft.CodeAnalysis.OptimizationLevel.Debug, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        if (!result.Success)
            return new Attempt(file, tree, [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(Complain).Distinct().OrderBy(complaint => complaint.Line)]);

        // From a file, because the runtime reads the symbols of an assembly there.
        string folder = Directory.CreateTempSubdirectory("gemma-puzzle-").FullName;
        string path = Path.Combine(folder, AssemblyName + ".dll");
        File.WriteAllBytes(path, image.ToArray());
        var context = new AssemblyLoadContext(AssemblyName, isCollectible: true);
        Assembly assembly = context.LoadFromAssemblyPath(path);
        MethodInfo[] kernels =
        [
            .. assembly.GetTypes().OrderBy(type => type.Name != typeName)
                .Select(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).FirstOrDefault(method => method.Name == "Kernel"))
                .OfType<MethodInfo>(),
        ];
        return new Attempt(file, tree, kernels.FirstOrDefault(), context, folder);
    }

    // The metadata as it lies in memory, which a program in a single file has as well.
    private static MetadataReference Reference(Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out byte* metadata, out int length))
            throw new NotSupportedException($"{assembly.GetName().Name} has no metadata to compile against.");
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)metadata, length)).GetReference();
    }

    private static Complaint Complain(Diagnostic diagnostic)
    {
        FileLinePositionSpan span = diagnostic.Location.GetLineSpan();
        bool known = diagnostic.Location.IsInSource;
        return new(known ? span.StartLinePosition.Line + 1 : 0, known ? span.StartLinePosition.Character + 1 : 0, diagnostic.Id, Advise(diagnostic.Id, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
    }

    // What the compiler cannot know: how views count, and where somebody comes from who writes threadIdx.
    private static string Advise(string code, string message) => message.TrimEnd('.') + (code switch
    {
        "CS0266" or "CS0029" or "CS1503" when message.Contains("'long'", StringComparison.Ordinal) && message.Contains("'int'", StringComparison.Ordinal) => ". The Length of a view is a long; IntLength is the same as an int.",
        "CS0266" or "CS0664" when message.Contains("double", StringComparison.Ordinal) => ". 1.5 is a double, 1.5f a float; and Math computes with doubles, MathF with floats.",
        "CS0103" when s_ofCuda.Any(word => message.Contains($"'{word}'", StringComparison.Ordinal)) => ". CUDA's threadIdx.x is Group.IdxX here, blockIdx.x Grid.IdxX, blockDim.x Group.DimX, gridDim.x Grid.DimX and __syncthreads() Group.Barrier().",
        _ => "",
    });
}
