using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Host.Tests;

public class KernelsVerbTests
{
    private static IEnumerable<string> Families => KernelCatalog.All.Select(entry => entry.Family).Distinct();

    [Test]
    public void The_list_has_every_kernel_once()
    {
        string[] names = [.. Gemma.Output("kernels", "list").TrimEnd().Split('\n').Skip(1).Select(line => line.Split(" ArrayView")[0].TrimEnd())];
        Assert.That(names, Is.Unique.And.SupersetOf(new[]
        {
            "RmsNorm.Kernel", "AttentionDecode.SplitKernel<Int8Cache, byte>", "MatVecKernels.RowByRowKernel<BFloat16Format, ushort>", "MatVecKernels.RowByRowKernel<Float32Format, float>",
        }));
    }

    [TestCaseSource(nameof(Families))]
    public void Each_kernel_shows_at_every_stage(string family)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Gemma.Output("kernels", "show", family, "--stage", "source"), Does.Match(@"(?m)^public static void \w*Kernel"));
            Assert.That(Gemma.Output("kernels", "show", family, "--stage", "il"), Does.Match(@"(?m)^    IL_[0-9A-F]{4}: ret$"));
            Assert.That(Gemma.Output("kernels", "show", family, "--stage", "ir"), Does.Match(@"(?m)^kernel .*\n(.*\n)*b0:$"));
            // Of kernels that are instructions of NVIDIA's, nothing is left elsewhere.
            string ptx = Gemma.Output("kernels", "show", family, "--stage", "ptx:sm_80");
            Assert.That(ptx, Does.Contain(".visible .entry "));
            Assert.That(Gemma.Output("kernels", "show", family, "--stage", "simd"), Does.Contain(ptx.Contains("mma.sync", StringComparison.Ordinal) ? "ret" : "call Vector"));
            Assert.That(Gemma.Output("kernels", "show", family, "--stage", "opencl"), Does.Match(@"(?m)^__kernel void kernel_\w+\("));
        }
    }

    [Test]
    public void Source_is_the_method_with_what_is_written_above_it()
    {
        string source = Gemma.Output("kernels", "show", "rmsnorm.kernel");
        Assert.That(source, Does.Contain("// RmsNorm.cs, line "));
        Assert.That(source, Does.Contain("public static void Kernel(View x_TD, View weight_D, View y_TD, int width, float epsilon, float weightOffset)\n{\n"));
        Assert.That(source.TrimEnd(), Does.EndWith("\n}"));
    }
}
