using System.Reflection;
using System.Text.RegularExpressions;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Our public surface in the ILGPU namespaces is a subset of ILGPU's own: nothing extra, nothing different.</summary>
internal sealed partial class SurfaceTests
{
    private const string More = "... further overloads of the same shape";

    /// <summary>Types that ILGPU 1.5.3 has and the list leaves out. Nothing else may be public without being on the list.</summary>
    private static readonly HashSet<string> s_leftOut =
    [
        // The list leaves interfaces out, which generic kernels and constraints need.
        "ILGPU.IIndex", "ILGPU.IGenericIndex<TIndex>", "ILGPU.IIntIndex", "ILGPU.IIntIndex<TIndex,TLongIndex>", "ILGPU.ILongIndex<TLongIndex,TIndex>",
        "ILGPU.IStride<TIndex>", "ILGPU.IStride<TIndex,TLongIndex>", "ILGPU.IStride1D", "ILGPU.IStride2D", "ILGPU.IStride3D",
        "ILGPU.IArrayView", "ILGPU.IArrayView<T>",
        "ILGPU.IContiguousArrayView", "ILGPU.IContiguousArrayView<T>",
        "ILGPU.Stride2D.GetLeadingDimensionSize", "ILGPU.Stride2D.BuildStride<TStride>", "ILGPU.Stride3D.GetLeadingDimensionSize", "ILGPU.Stride3D.BuildStride<TStride>",
        "ILGPU.NotInsideKernelAttribute", "ILGPU.Runtime.Cuda.LibDevice",
        "ILGPU.Runtime.IDevice", "ILGPU.Runtime.Cuda.ICudaAsmEmitParameter",

        // It shows Stride1D and Stride2D and leaves the like of them out.
        "ILGPU.Stride1D.Infinite", "ILGPU.Stride2D.General",
        "ILGPU.Stride3D", "ILGPU.Stride3D.DenseXY", "ILGPU.Stride3D.DenseZY", "ILGPU.Stride3D.General",
        "ILGPU.LongIndex3D",

        // Namespaces that it leaves out whole.
        "ILGPU.Util.DisposeBase",
        "ILGPU.AtomicOperations.*",
        "ILGPU.Backends.*",
        "ILGPU.Backends.EntryPoints.*",
        "ILGPU.Backends.OpenCL.*",
        "ILGPU.Backends.PTX.*",
        "ILGPU.Algorithms.ScanReduceOperations.*",
        "ILGPU.Algorithms.RadixSortOperations.*",
        "ILGPU.Algorithms.HistogramOperations.*",
        "ILGPU.Algorithms.ComparisonOperations.*",
        "ILGPU.Algorithms.Sequencers.*",
        "ILGPU.Algorithms.Random.*",

        // Of the algorithms for whole views it has none.
        "ILGPU.Algorithms.Initializer<T,TStride>", "ILGPU.Algorithms.InitializeExtensions", "ILGPU.Algorithms.SequenceExtensions",
        "ILGPU.Algorithms.Sequencer<T,TStride,TSequencer>", "ILGPU.Algorithms.RepeatedSequencer<T,TStride,TSequencer>",
        "ILGPU.Algorithms.BatchedSequencer<T,TStride,TSequencer>", "ILGPU.Algorithms.RepeatedBatchedSequencer<T,TStride,TSequencer>",
        "ILGPU.Algorithms.TransformExtensions", "ILGPU.Algorithms.ITransformer<TSource,TTarget>", "ILGPU.Algorithms.IdentityTransformer<T>",
        "ILGPU.Algorithms.Transformer<TSource,TTarget,TTransformer>",
        "ILGPU.Algorithms.Transformer<TSource,TSourceStride,TTarget,TTargetStride,TTransformer>", "ILGPU.Algorithms.ReductionExtensions",
        "ILGPU.Algorithms.Reduction<T,TStride>", "ILGPU.Algorithms.ScanExtensions", "ILGPU.Algorithms.ScanKind", "ILGPU.Algorithms.ScanProvider",
        "ILGPU.Algorithms.Scan<T,TStrideIn,TStrideOut>", "ILGPU.Algorithms.BufferedScan<T,TStrideIn,TStrideOut>",
        "ILGPU.Algorithms.RadixSortExtensions", "ILGPU.Algorithms.RadixSortProvider", "ILGPU.Algorithms.RadixSort<T,TStride>",
        "ILGPU.Algorithms.BufferedRadixSort<T,TStride>", "ILGPU.Algorithms.RadixSortPairs<TKey,TKeyStride,TValue,TValueStride>",
        "ILGPU.Algorithms.RadixSortPairs<TKey,TKeyStride,TValue,TValueStride,TSequencer>",
        "ILGPU.Algorithms.BufferedRadixSortPairs<TKey,TKeyStride,TValue,TValueStride>", "ILGPU.Algorithms.UniqueExtensions",
        "ILGPU.Algorithms.Unique<T>", "ILGPU.Algorithms.HistogramExtensions", "ILGPU.Algorithms.Histogram<T,TStride,TBinType>",
        "ILGPU.Algorithms.HistogramUnchecked<T,TStride,TBinType>",

        // Small types that the signatures on the list mention.
        "ILGPU.IndexType", "ILGPU.IntrinsicMath.IntegerParts", "ILGPU.ContextProperties", "ILGPU.ClearCacheMode",
        "ILGPU.StaticFieldMode", "ILGPU.ArrayMode", "ILGPU.CachingMode", "ILGPU.DebugSymbolsMode", "ILGPU.PageLockingMode", "ILGPU.Runtime.ScopedAcceleratorBinding",
        "ILGPU.Context.DeviceCollection<TDevice>", "ILGPU.Context.DeviceCollection<TDevice>.Enumerator",
    ];

    private static readonly Dictionary<string, (string Kind, HashSet<string> Members, HashSet<string> Shapes)> s_list = ReadList();

    private static IEnumerable<Type> PublicTypes => typeof(Context).Assembly.GetExportedTypes()
        .Where(type => type.Namespace is { } space && (space == "ILGPU" || space.StartsWith("ILGPU.", StringComparison.Ordinal)));

    [Test]
    public void The_list_can_be_read()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(s_list, Has.Count.GreaterThan(100));
            Assert.That(s_list["ILGPU.Group"].Members, Does.Contain("static void Barrier()"));
            Assert.That(s_list["ILGPU.Group"].Kind, Is.EqualTo("static class"));
            Assert.That(s_list["ILGPU.Runtime.KernelLoaders"].Shapes, Is.Not.Empty);
        }
    }

    [Test]
    public void Every_type_is_one_of_ILGPU()
    {
        var strangers = PublicTypes
            .Select(SignaturePrinter.Heading)
            .Where(name => !s_list.ContainsKey(name) && !IsLeftOut(name));
        Assert.That(strangers, Is.Empty);
    }

    [Test]
    public void Every_type_is_of_the_same_kind()
    {
        var different = PublicTypes
            .Where(type => s_list.ContainsKey(SignaturePrinter.Heading(type)))
            .Where(type => s_list[SignaturePrinter.Heading(type)].Kind != SignaturePrinter.Kind(type))
            .Select(type => $"{SignaturePrinter.Heading(type)} is a {SignaturePrinter.Kind(type)}, not a {s_list[SignaturePrinter.Heading(type)].Kind}");
        Assert.That(different, Is.Empty);
    }

    [Test]
    public void Every_member_is_one_of_ILGPU()
    {
        var strangers = new List<string>();
        foreach (Type type in PublicTypes)
        {
            string heading = SignaturePrinter.Heading(type);
            if (!s_list.TryGetValue(heading, out var listed))
                continue;
            foreach (string member in SignaturePrinter.Members(type))
            {
                bool isListed = listed.Members.Contains(member)
                    || listed.Members.Contains(member.Replace("{get;}", "{get;set;}", StringComparison.Ordinal))    // reading is a subset
                    || listed.Shapes.Contains(Shape(member));
                if (!isListed)
                    strangers.Add($"{heading}: {member}");
            }
        }

        Assert.That(strangers, Is.Empty, string.Join("\n", strangers));
    }

    [Test]
    public void Nothing_on_the_exception_list_is_stale()
    {
        HashSet<string> ours = [.. PublicTypes.Select(SignaturePrinter.Heading)];
        var stale = s_leftOut.Where(name => !name.EndsWith('*') && (s_list.ContainsKey(name) || !ours.Contains(name)));
        Assert.That(stale, Is.Empty);
    }

    private static bool IsLeftOut(string name) =>
        s_leftOut.Contains(name) || s_leftOut.Contains(name[..(name.LastIndexOf('.') + 1)] + "*");

    /// <summary>Makes overloads that differ only in the number of type parameters T1, T2, … the same.</summary>
    private static string Shape(string member) => Repeated().Replace(member, "");

    [GeneratedRegex(@", ?(?:ref )?T(?:[2-9]|[1-4][0-9])(?: arg\d+)?(?=[,>)])")]
    private static partial Regex Repeated();

    private static Dictionary<string, (string, HashSet<string>, HashSet<string>)> ReadList()
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", "ilgpu-1.5.3-api.txt");
        var list = new Dictionary<string, (string Kind, HashSet<string> Members, HashSet<string> Shapes)>();
        (string Kind, HashSet<string> Members, HashSet<string> Shapes) current = ("", [], []);
        var methods = new List<string>();
        foreach (string line in File.ReadLines(path))
        {
            if (!line.StartsWith(' '))
            {
                Match heading = Heading().Match(line);
                current = (heading.Groups["kind"].Value, [], []);
                list.Add(heading.Groups["name"].Value, current);
                methods.Clear();
            }
            else if (line.Trim().StartsWith(More, StringComparison.Ordinal))
            {
                // The overloads named like the last one go on.
                string name = NameOf(methods[^1]);
                current.Shapes.UnionWith(methods.Where(method => NameOf(method) == name).Select(Shape));
            }
            else if (current.Kind == "enum")
            {
                current.Members.UnionWith(line.Trim().Split(", "));
            }
            else
            {
                current.Members.Add(line.Trim());
                methods.Add(line.Trim());
            }
        }

        return list;
    }

    private static string NameOf(string member) => MemberName().Match(member).Groups["name"].Value;

    [GeneratedRegex(@"^(?<kind>(?:static class|abstract class|class|struct|enum|interface)) (?<name>[^ ]+)(?: : .*)?$")]
    private static partial Regex Heading();

    [GeneratedRegex(@" (?<name>\w+)(?:<[^(]*>)?\(")]
    private static partial Regex MemberName();
}
