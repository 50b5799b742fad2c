using System.CommandLine;
using System.Text.Json;
using GemmaIlgpu.Host;
using GemmaIlgpu.Host.Explorer.Serving;
using GemmaIlgpu.Host.Inspection;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>Kernels that the user brings along.</summary>
public class OwnKernelTests
{
    private static readonly string s_assembly = typeof(OwnKernelTests).Assembly.Location;

    [Test]
    public async Task Come_first_with_their_source_stages_and_launch()
    {
        await using ExplorerServer server = await ExplorerServer.Start(0, Own());
        JsonElement[] kernels = [.. (await Ask(server, "api/kernels")).GetProperty("kernels").EnumerateArray()];
        Assert.That(kernels[0].GetProperty("family").GetString(), Is.EqualTo("GemmaIlgpu.Explorer.Tests.dll"));
        string[] names = [.. kernels.Select(kernel => kernel.GetProperty("name").GetString()!)];
        Assert.That(names, Is.Unique.And.Contains("OwnSamples.Scale").And.Contains("OwnSamples.Scale (2)").And.Contains("RmsNorm.Kernel"));
        Assert.That(names, Has.Some.EqualTo("RmsNorm.Kernel of GemmaIlgpu.Explorer.Tests.dll"), "the program has one of that name");
        Assert.That(names, Has.None.Contains("Copy"), "types for type parameters nobody has named");

        JsonElement source = await Ask(server, "api/source?kernel=OwnSamples.Scale");
        Assert.That(source.GetProperty("sections")[0].GetProperty("lines").EnumerateArray().Select(line => line.GetString()), Has.Some.Contains("y[i] = x[i] * factor"));
        foreach (string stage in new[] { "il", "ir", "simd", "opencl", "ptx" })
            Assert.That((await Ask(server, $"api/stage?kernel=OwnSamples.Scale&stage={stage}")).GetProperty("lines").GetArrayLength(), Is.GreaterThan(5), stage);
        JsonElement answer = await Ask(server, "api/launch?kernel=OwnSamples.Scale&warp=16");
        Assert.That(answer.GetProperty("description").GetString(), Does.StartWith("Made up for the launch: x = float[100], y = float[100], factor = 3"));
        JsonElement launch = answer.GetProperty("launch");
        Assert.That(launch.GetProperty("warpSize").GetInt32(), Is.EqualTo(16));
        Assert.That(launch.GetProperty("globalLoads").GetProperty("requests").GetInt64(), Is.EqualTo(7), "warps of 16 with one of the 100 values");
    }

    [Test]
    public async Task A_launch_with_a_mistake_is_refused_with_the_mistake()
    {
        await using ExplorerServer server = await ExplorerServer.Start(0, Own());
        JsonElement answer = await Ask(server, "api/launch?kernel=OwnSamples.Beyond");
        Assert.That(answer.GetProperty("refusal").GetString(), Does.Contain("index 100 is outside x of length 100").And.Contains("OwnKernelTests.cs:"));
    }

    [Test]
    public async Task What_cannot_be_compiled_is_shown_as_it_is_written()
    {
        await using ExplorerServer server = await ExplorerServer.Start(0, Own());
        JsonElement source = await Ask(server, "api/source?kernel=OwnSamples.Speaks"), ir = await Ask(server, "api/stage?kernel=OwnSamples.Speaks&stage=ir"), launch = await Ask(server, "api/launch?kernel=OwnSamples.Speaks");
        Assert.That(source.GetProperty("sections").GetArrayLength(), Is.EqualTo(1));
        Assert.That(ir.GetProperty("refusal").GetString(), Does.Contain("OwnKernelTests.cs:"));
        Assert.That(launch.GetProperty("refusal").GetString(), Is.EqualTo(ir.GetProperty("refusal").GetString()));
    }

    [Test]
    public async Task A_host_method_says_by_what_it_launches_which_kernels_there_are()
    {
        OwnKernels own = Read("--host", "OwnSamples.Run");
        Assert.That(own.Entries.Select(entry => entry.Name), Is.EqualTo(new[] { "OwnSamples.Copy<double>", "OwnSamples.Scale" }));
        await using ExplorerServer server = await ExplorerServer.Start(0, own);
        JsonElement answer = await Ask(server, $"api/launch?kernel={Uri.EscapeDataString("OwnSamples.Copy<double>")}");
        Assert.That(answer.GetProperty("description").GetString(), Is.EqualTo("launched by OwnSamples.Run"));
        Assert.That(answer.GetProperty("launches").GetInt32(), Is.EqualTo(2));
    }

    [TestCase("OwnSamples.Copy<int>", "--kernel", "OwnSamples.Copy<int>")]
    [TestCase("OwnSamples.Copy<double>", "--kernel", "OwnSamples.Copy", "--host", "OwnSamples.Run")]
    public void One_can_be_chosen(string name, params string[] options) =>
        Assert.That(Read(options).Entries.Select(entry => entry.Name), Is.EqualTo(new[] { name }));

    [TestCase("OwnSamples has no method Nothing.", "--kernel", "OwnSamples.Nothing")]
    [TestCase("Copy is generic; name its types", "--kernel", "OwnSamples.Copy")]
    [TestCase("--set takes NAME=VALUE, not 'x'.", "--set", "x")]
    [TestCase("OwnSamples.Nobody did not launch a kernel.", "--host", "OwnSamples.Nobody")]
    public void What_makes_no_sense_gets_a_sentence(string part, params string[] options) =>
        Assert.That(() => Read(options), Throws.Exception.With.Message.Contains(part));

    private static OwnKernels Own() => Read("--length", "100", "--set", "factor=3");

    private static OwnKernels Read(params string[] options)
    {
        var own = new UserKernelOptions();
        var command = new RootCommand();
        own.AddTo(command);
        ParseResult parsed = command.Parse(["--assembly", s_assembly, .. options]);
        return new(s_assembly, own.ReadAll(parsed));
    }

    private static async Task<JsonElement> Ask(ExplorerServer server, string path)
    {
        using JsonDocument document = JsonDocument.Parse(await Site.Client.GetStringAsync(new Uri(server.Address + path)));
        return document.RootElement.Clone();
    }
}

/// <summary>Somebody's kernels.</summary>
public static class OwnSamples
{
    public static void Scale(ArrayView<float> x, ArrayView<float> y, float factor)
    {
        int i = Grid.GlobalIndex.X;
        if (i < x.Length)
            y[i] = x[i] * factor;
    }

    public static void Scale(ArrayView<int> x, int factor) => x[Group.IdxX] *= factor;

    public static void Beyond(ArrayView<int> x, int factor) => x[Grid.GlobalIndex.X] = factor;

    public static void Speaks(ArrayView<int> x, int factor) => x[0] = $"{factor}".Length;

    public static void Copy<T>(ArrayView<T> x, ArrayView<T> y)
        where T : unmanaged => y[Group.IdxX] = x[Group.IdxX];

    public static void Run(Accelerator accelerator)
    {
        using MemoryBuffer1D<double, Stride1D.Dense> numbers = accelerator.Allocate1D(new double[32]);
        using MemoryBuffer1D<float, Stride1D.Dense> floats = accelerator.Allocate1D(new float[32]);
        var copy = accelerator.LoadStreamKernel<ArrayView<double>, ArrayView<double>>(Copy);
        copy(new KernelConfig(1, 16), numbers.View, numbers.View.SubView(16, 16));
        copy(new KernelConfig(1, 8), numbers.View, numbers.View.SubView(16, 16));
        accelerator.LoadStreamKernel<ArrayView<float>, ArrayView<float>, float>(Scale)(new KernelConfig(1, 32), floats.View, floats.View, 2f);
        accelerator.Synchronize();
    }

    public static void Nobody(Accelerator accelerator) => Assert.That(accelerator.WarpSize, Is.Positive);
}

/// <summary>A kernel with the name of one of the program's.</summary>
public static class RmsNorm
{
    public static void Kernel(ArrayView<float> x, float factor) => x[Group.IdxX] = factor;
}
