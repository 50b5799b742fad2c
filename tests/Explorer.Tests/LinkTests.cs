using System.Text.RegularExpressions;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Host.Explorer.Serving;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>Which C# lines the lines of a stage came from.</summary>
public class LinkTests
{
    // What has no line: phis of constants only, and what the C# compiler itself made (hidden sequence points, record members).
    private const double LeastShare = 0.95;

    private static readonly Dictionary<string, Func<string, bool>> s_instructions = new()
    {
        ["il"] = line => line.StartsWith("    IL_", StringComparison.Ordinal),
        ["ir"] = line => line.StartsWith("    ", StringComparison.Ordinal) && !line.StartsWith("    ;", StringComparison.Ordinal),
        ["ptx"] = line => line.EndsWith(';') && !line.TrimStart().StartsWith('.'),
        ["simd"] = line => line.StartsWith("    ", StringComparison.Ordinal) && !line.StartsWith("    ;", StringComparison.Ordinal),
        ["opencl"] = line => Regex.IsMatch(line, @"^\s+(\w+ )?v\d+ = "),
    };

    public static IEnumerable<TestCaseData> Families => ExplorerCatalog.All.GroupBy(entry => entry.Family).Select(family => new TestCaseData(family.Key));

    [TestCaseSource(nameof(Families))]
    public void Instructions_of_every_stage_lead_to_lines_that_are_shown(string family)
    {
        KernelEntry[] entries = [.. ExplorerCatalog.All.Where(entry => entry.Family == family)];
        foreach (KernelEntry entry in entries)
        {
            HashSet<string> shown = [.. SourceSections.Of(entry).Sections.SelectMany(section => section.Lines.Select((_, i) => $"{section.File}:{section.FirstLine + i}"))];
            foreach ((string stage, Func<string, bool> isInstruction) in s_instructions)
            {
                // One instance of a generic kernel is enough for the stages that are slow to make.
                if (stage is "simd" or "opencl" && entry != entries.First(other => other.SourceName == entry.SourceName))
                    continue;
                LinkedText text = Stages.Compile(entry, stage, Stages.All.Single(info => info.Id == stage).Variant);
                if (text.Refusal is not null)
                    continue;
                Assert.That(text.Links, Has.Count.EqualTo(text.Lines.Count), stage);
                int[] instructions = [.. Enumerable.Range(0, text.Lines.Count).Where(i => isInstruction(text.Lines[i]))];
                int[] linked = [.. instructions.Where(i => text.Links[i].TakeWhile(place => place >= 0).Any(place => shown.Contains(text.Places[place])))];
                Assert.That((double)linked.Length, Is.GreaterThanOrEqualTo(LeastShare * instructions.Length),
                    () => $"{entry.Name}, {stage}: without a line are {string.Join(" | ", instructions.Except(linked).Take(5).Select(i => text.Lines[i].Trim()))}");
            }
        }
    }

    [Test]
    public void A_load_leads_to_its_line_in_every_stage()
    {
        KernelEntry entry = KernelCatalog.All.Single(kernel => kernel.Name == "Add.Kernel");
        SourceSection section = SourceSections.Of(entry).Sections[0];
        int line = section.FirstLine + section.Lines.ToList().FindIndex(text => text.Contains("+=", StringComparison.Ordinal) && text.Contains('['));
        string place = $"{section.File}:{line}";
        foreach ((string stage, string instruction) in new[] { ("il", "ldind.r4|ldobj|call .*Item"), ("ir", "load.f32"), ("simd", "LoadUnsafe|Load|ldind"), ("opencl", @"\*\(__global m_float\*\)"), ("ptx", @"ld\.global\.f32") })
        {
            LinkedText text = Stages.Compile(entry, stage, Stages.All.Single(info => info.Id == stage).Variant);
            IEnumerable<string> linked = text.Lines.Where((_, i) => text.Links[i].Any(link => link >= 0 && text.Places[link] == place));
            Assert.That(linked, Has.Some.Matches(instruction), $"{stage} of {place}");
        }
    }

    [Test]
    public void What_was_inlined_leads_to_the_call_as_well()
    {
        KernelEntry entry = KernelCatalog.All.Single(kernel => kernel.Name == "RmsNorm.Kernel");
        SourceSections source = SourceSections.Of(entry);
        SourceSection kernel = source.Sections[0];
        int call = kernel.FirstLine + kernel.Lines.ToList().FindIndex(text => text.Contains("InverseRms(", StringComparison.Ordinal));
        LinkedText ir = Stages.Compile(entry, "ir", "");
        int barrier = ir.Lines.ToList().FindIndex(line => line.Trim() == "barrier");
        string[] places = [.. ir.Links[barrier].Where(place => place >= 0).Select(place => ir.Places[place])];
        Assert.That(ir.Links[barrier], Does.Contain(-1));
        Assert.That(places[0], Does.StartWith("Kernels/Device/GroupReduce.cs:"));
        Assert.That(places, Does.Contain($"{kernel.File}:{call}"));
    }

    [TestCase("RmsNorm.Kernel")]
    [TestCase("MatVecKernels.EightRowsKernel<BFloat16Format, ushort>")]
    [TestCase("AttentionPrefill.Kernel<Float32Cache, float>")]
    public void A_map_changes_nothing_in_the_text(string name)
    {
        KernelEntry entry = KernelCatalog.All.Single(kernel => kernel.Name == name);
        LineMap Map() => new();
        Assert.That(IlPrinter.Print(entry.Method, Map()), Is.EqualTo(KernelStages.Il(entry)));
        Assert.That(IrPrinter.Print(KernelStages.Translate(entry), Map()), Is.EqualTo(KernelStages.Ir(entry)));
        Assert.That(SimdKernel.Describe(KernelStages.Translate(entry), SimdOptions.Widest, Map()), Is.EqualTo(KernelStages.Simd(entry)));
        Assert.That(OpenCLCompiler.Compile(KernelStages.Read(entry), OpenCLTarget.Generic, Map()).Source, Is.EqualTo(KernelStages.OpenCL(entry)));
        Assert.That(PtxCompiler.Compile(KernelStages.Read(entry, forPtx: true), PtxTarget.Parse("sm_90a"), null, Map()).Text, Is.EqualTo(KernelStages.Ptx(entry, "sm_90a")));
    }
}
