using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>docs/first-kernel.md shows what Samples/FirstKernel*.cs hold, and what they print.</summary>
public class FirstKernelTests
{
    private static string Read(string path, [CallerFilePath] string thisFile = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(thisFile)!, path);
        if (!File.Exists(file))
            Assert.Ignore("The tests run away from the repository.");
        return File.ReadAllText(file).ReplaceLineEndings("\n");
    }

    private static string Page => Read("../../docs/first-kernel.md");

    [Test]
    public void The_wrong_program_is_shown_as_it_is() =>
        Assert.That(Page, Does.Contain("```csharp\n" + Read("Samples/FirstKernelWrong.cs").Replace("FirstKernelWrong", "FirstKernel", StringComparison.Ordinal) + "```"));

    [Test]
    public void The_right_kernel_and_its_device_are_shown_as_they_are()
    {
        string[] program = Read("Samples/FirstKernel.cs").Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Page, Does.Contain(string.Join('\n', program[9..14])));
            Assert.That(Page, Does.Contain(program.Single(line => line.Contains("Simd()", StringComparison.Ordinal))));
            Assert.That(program[9], Does.Contain("Smooth(").And.Not.Contain("//"));
        }
    }

    [Test]
    public void The_right_program_prints_what_the_page_says()
    {
        string output = SampleTests.Output("FirstKernel");
        Assert.That(output, Does.EndWith(": 1 1 4 4 4 1 1 4 7 10"));
        Assert.That(Page, Does.Contain(": 1 1 4 4 4 1 1 4 7 10"));
    }

    [Test]
    public void The_wrong_program_fails_with_the_message_on_the_page()
    {
        KernelFaultException? fault = Assert.Throws<KernelFaultException>(() => SampleTests.Output("FirstKernelWrong"));
        string message = fault!.Message.Replace("FirstKernelWrong.cs", "Program.cs", StringComparison.Ordinal);
        Assert.That(Page, Does.Contain(message));
    }

    private static void Smooth(Index1D i, ArrayView<float> values) => Console.WriteLine(i);

    private sealed class Smoother
    {
        private readonly float _factor = 2;

        public void Smooth(Index1D i, ArrayView<float> values) => values[i] *= _factor;
    }

    [Test]
    public void What_a_kernel_cannot_be_is_said_as_on_the_page()
    {
        using Context context = Context.Create(builder => builder.Simd());
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        float factor = 2;
        (Action<Index1D, ArrayView<float>> Kernel, string Says)[] kernels =
        [
            (Smooth, "it uses the console (Console.WriteLine) in"),
            (new Smoother().Smooth, "Kernel Smoother.Smooth is an instance method; make it static, "),
            ((i, values) => values[i] *= factor, "that is to be a kernel captures the variable factor; "),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach ((Action<Index1D, ArrayView<float>> kernel, string says) in kernels)
            {
                Assert.That(() => accelerator.LoadAutoGroupedStreamKernel(kernel), Throws.Exception.With.Message.Contains(says));
                Assert.That(Page, Does.Contain(says));
            }
        }
    }

    [Test]
    public void The_race_is_shown_as_it_is_and_reported_with_the_message_on_the_page()
    {
        KernelFaultException? fault = Assert.Throws<KernelFaultException>(() => SampleTests.Output("FirstKernelRace"));
        string message = fault!.Message.Replace("FirstKernelRace.cs", "Program.cs", StringComparison.Ordinal);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Page, Does.Contain("```csharp\n" + Read("Samples/FirstKernelRace.cs").Replace("FirstKernelRace", "FirstKernel", StringComparison.Ordinal) + "```"));
            Assert.That(Page, Does.Contain(message));
        }
    }
}
