using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests.Stepping;

/// <summary>What `kernels step` says when it cannot, and that every kernel of the catalogue can be stepped through.</summary>
public class StepVerbTests
{
    private static string Own => typeof(StepVerbTests).Assembly.Location;

    private static IEnumerable<string> Kernels => Inspection.KernelCatalog.All
        .Where(entry => Inspection.Samples.KernelSamples.For(entry) is not null)
        .GroupBy(entry => entry.SourceName).Select(instances => instances.First().Name);

    [TestCase("There is no kernel 'Nothing'", ExitCodes.Usage, "Nothing")]
    [TestCase("Which kernel", ExitCodes.Usage)]
    [TestCase("runs on CUDA devices only", ExitCodes.Failure, "FlashKernels")]
    [TestCase("--warp takes a power of two up to 64, not 3", ExitCodes.Usage, "RmsNorm", "--warp", "3")]
    [TestCase("--length is for kernels of your own", ExitCodes.Usage, "RmsNorm", "--length", "3")]
    [TestCase("There is no file 'nothing.txt' with commands", ExitCodes.Failure, "RmsNorm", "--commands", "nothing.txt")]
    [TestCase("There is no file 'nothing.dll'", ExitCodes.Failure, "--assembly", "nothing.dll", "--kernel", "A.B")]
    [TestCase("has no type Nothing", ExitCodes.Failure, "--assembly", "OWN", "--kernel", "Nothing.Kernel")]
    [TestCase("StepKernels has no method Nothing", ExitCodes.Failure, "--assembly", "OWN", "--kernel", "StepKernels.Nothing")]
    [TestCase("StepKernels.NoKernel is no kernel", ExitCodes.Failure, "--assembly", "OWN", "--kernel", "StepKernels.NoKernel")]
    [TestCase("Scale is generic; name its types", ExitCodes.Usage, "--assembly", "OWN", "--kernel", "StepKernels.Scale")]
    [TestCase("There is no type Nothing", ExitCodes.Failure, "--assembly", "OWN", "--kernel", "StepKernels.Scale<Nothing>")]
    [TestCase("--host takes a static method", ExitCodes.Failure, "--assembly", "OWN", "--host", "StepKernels.NoKernel")]
    [TestCase("--kernel TYPE.METHOD says which method", ExitCodes.Failure, "--assembly", "OWN")]
    public void What_cannot_be_is_one_sentence(string about, int exitCode, params string[] args) =>
        Gemma.AssertComplains(Gemma.Run(["kernels", "step", .. args.Select(arg => arg == "OWN" ? Own : arg)]), exitCode, about);

    [Test]
    public void A_launch_that_does_not_come_is_missed()
    {
        Outcome outcome = Gemma.Run("kernels", "step", "--assembly", Own, "--kernel", "StepKernels.Blur", "--host", "StepKernels.LaunchBlur", "--launch", "3");
        Assert.That(outcome.Error, Does.Contain("StepKernels.LaunchBlur launched StepKernels.Blur twice; there is no launch 3"));
    }

    [Test]
    public void A_kernel_in_a_generic_type_is_named_with_its_types()
    {
        Outcome outcome = Gemma.RunWith("n\np value\n", "kernels", "step", "--assembly", Own, "--kernel", "GenericKernels<float>.Swap<int>", "--group", "1");
        Assert.That(outcome.Output, Does.Contain("x = float[64], from = int[64]").And.Contain("value = 0\n"), outcome.Error);
        Gemma.AssertComplains(Gemma.Run("kernels", "step", "--assembly", Own, "--kernel", "GenericKernels.Swap"), ExitCodes.Failure, "name its types: --kernel 'GenericKernels<float>.Swap'");
    }

    [Test]
    public void Ctrl_C_brings_the_prompt_back()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new();
        HostConsole? pressed = null;
        using HostConsole console = new(new Impatient("c\np i > 0\nrs\n", () => pressed!.PressCtrlC()), output, error);
        pressed = console;
        int code = CommandLine.Run(["kernels", "step", "--assembly", Own, "--kernel", "StepKernels.Forever", "--warp", "4"], console);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, error.ToString());
            Assert.That(output.ToString(), Does.Contain("> c\nStopped.").And.Contain("i > 0 = true"));
        }
    }

    // Gives lines, and after the first soon presses a key.
    private sealed class Impatient(string lines, Action press) : StringReader(lines)
    {
        private bool _isFirst = true;

        public override string? ReadLine()
        {
            if (_isFirst)
                _ = Task.Delay(500).ContinueWith(_ => press(), TaskScheduler.Default);
            _isFirst = false;
            return base.ReadLine();
        }
    }

    [TestCaseSource(nameof(Kernels))]
    public void Every_kernel_runs_to_its_end_and_back(string kernel)
    {
        Outcome outcome = Gemma.RunWith("c\nrs\nrun\nn\nrs\ninfo locals\ninfo threads\ninfo warp\n", "kernels", "step", kernel);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
            Assert.That(outcome.Output, Does.Contain("The launch has ended without a mistake"));
            Assert.That(outcome.Error, Is.Empty);
        }
    }

    [TestCase("bogus", "There is no command 'bogus'")]
    [TestCase("p nothing", "There is no 'nothing' here")]
    [TestCase("p stride", "stride has no value here yet")]
    [TestCase("p 1 +", "'1 +' ends too early")]
    [TestCase("p partial[8]", "Index 8 is outside partial of length 8")]
    [TestCase("p x + 1", "x is a view; '+' takes numbers")]
    [TestCase("p 1 / 0", "1 is divided by 0")]
    [TestCase("b 4000", "There is no statement of this kernel at or after line 4000")]
    [TestCase("b nothing", "'nothing' is neither a line nor a method")]
    [TestCase("b 14 if nothing == 1", "There is no 'nothing' here")]
    [TestCase("delete 5", "There is no breakpoint 5")]
    [TestCase("thread 8", "There is no thread 8; the group has 8 threads")]
    [TestCase("group 9", "There is no group 9; the launch has 2 groups")]
    [TestCase("lane 4", "There is no lane 4; a warp has lanes 0 to 3")]
    [TestCase("info nothing", "info takes")]
    [TestCase("up", "No method calls this one")]
    [TestCase("c -1", "'-1' is no number of times")]
    public void A_mistyped_command_is_one_sentence(string command, string answer)
    {
        string[] args = ["kernels", "step", "--assembly", Own, "--kernel", "StepKernels.Sum", "--length", "16", "--group", "8", "--warp", "4"];
        Outcome outcome = Gemma.RunWith($"{command}\np thread + 40\n", args);
        Assert.That(outcome.Output, Does.Contain("> " + command + "\n" + answer));
        Assert.That(outcome.Output, Does.Contain("thread + 40 = 40"), "the session goes on");
    }

    [TestCase("1 + 2 * 3", "7")]
    [TestCase("7 / 2 == 3 && !(1 > 2)", "true")]
    [TestCase("(float)7 / 2", "3.5")]
    [TestCase("x[3] * 2f", "6")]
    [TestCase("x[0..3]", "0, 1, 2")]
    [TestCase("x.Length - 1", "15")]
    [TestCase("1 << 4 | 3", "19")]
    [TestCase("-thread % 8", "0")]
    [TestCase("0x1F & 0xF", "15")]
    [TestCase("Group.DimX * Grid.DimX + Warp.WarpSize", "20")]
    [TestCase("lane == 0 || nothing == 1", "true")]
    [TestCase("~0", "-1")]
    [TestCase("2147483647 + 1", "-2147483648")]
    [TestCase("1.5e3", "1500")]
    [TestCase("3000000000", "3000000000")]
    public void Expressions_are_those_of_CSharp(string expression, string value)
    {
        Outcome outcome = Gemma.RunWith($"p {expression}\n", "kernels", "step", "--assembly", Own, "--kernel", "StepKernels.Sum", "--length", "16", "--group", "8", "--warp", "4");
        Assert.That(outcome.Output, Does.Contain($"{expression} = {value}\n"));
    }
}
