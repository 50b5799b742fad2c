namespace GemmaIlgpu.Host.Tests;

public class CommandLineTests
{
    private static readonly string[] s_verbs = ["run", "chat", "tokenize", "logits", "inspect", "devices", "synth", "quantize", "perplexity", "bench", "kernels"];

    [Test]
    public void No_arguments_show_the_help()
    {
        Outcome outcome = Gemma.Run();
        Assert.That(outcome.ExitCode, Is.Zero);
        Assert.That(outcome.Output, Is.EqualTo(Gemma.Output("--help")));
        foreach (string verb in s_verbs)
            Assert.That(outcome.Output, Does.Contain($"  {verb}"));
    }

    [TestCaseSource(nameof(s_verbs))]
    public void Help_of_a_verb_ends_with_examples(string verb)
    {
        string help = Gemma.Output(verb, "--help");
        Assert.That(help, Does.Contain("Usage:"));
        Assert.That(help[help.IndexOf("Examples:", StringComparison.Ordinal)..], Does.Contain($"gemma {verb}"));
    }

    [TestCase("kernels", "list", "show", "count", "explore", "step")]
    [TestCase("lessons", "list", "run")]
    [TestCase("puzzles", "list", "start", "check", "hint", "step", "solution")]
    public void Help_of_a_command_under_a_verb_ends_with_its_own_examples(string verb, params string[] commands)
    {
        foreach (string command in commands)
        {
            string help = Gemma.Output(verb, command, "--help");
            string[] examples = [.. help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Skip(1).Select(line => line.Trim()).Where(line => line.Length > 0)];
            Assert.That(examples, Is.Not.Empty.And.All.StartsWith($"gemma {verb} {command}"));
        }
    }

    [Test]
    public void Every_example_in_a_help_text_parses()
    {
        foreach (string verb in s_verbs)
        {
            string help = Gemma.Output(verb, "--help");
            IEnumerable<string> examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Skip(1).Where(line => line.Trim().Length > 0);
            foreach (string example in examples)
            {
                string command = example[example.IndexOf("gemma ", StringComparison.Ordinal)..].Split('>')[0];
                string[] words = [.. System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(command).Skip(1)];
                Assert.That(CommandLine.Complaint(words), Is.Null, command);
            }
        }
    }

    [TestCase("rnu", "There is no command 'rnu'; did you mean 'run'?")]
    [TestCase("kernels", "list, show")]
    [TestCase("kernels lsit", "did you mean 'list'?")]
    [TestCase("lessons 06", "There is no command '06'; did you mean 'gemma lessons run 06'?")]
    [TestCase("puzzles 7", "did you mean 'gemma puzzles check 7'?")]
    [TestCase("lessons run", "NUMBER is missing. The lesson: 06, or 6.")]
    [TestCase("run --tpo-k 3", "There is no option '--tpo-k'; did you mean '--top-k'?")]
    [TestCase("run one two", "One argument too many: 'two'.")]
    [TestCase("run x --top-k", "--top-k")]
    [TestCase("run x --top-k many", "--top-k takes a whole number of at least 0, not 'many'.")]
    [TestCase("run x --top-k -1", "--top-k takes a whole number of at least 0, not '-1'.")]
    [TestCase("run x --top-k 99999999999", "--top-k takes a whole number of at least 0")]
    [TestCase("run x --temperature nan", "--temperature takes a number from 0 to 100, not 'nan'.")]
    [TestCase("run x --temperature -0.5", "--temperature takes a number from 0 to 100, not '-0.5'.")]
    [TestCase("run x --temperature 0,5", "--temperature takes a number from 0 to 100, not '0,5'.")]
    [TestCase("run x --top-p 1.5", "--top-p takes a number from 0 to 1, not '1.5'.")]
    [TestCase("run x --seed -3", "--seed takes a whole number")]
    [TestCase("run x --seed 18446744073709551616", "--seed takes a whole number")]
    [TestCase("run x --stop=", "--stop")]
    [TestCase("run x --device gpu", "There is no device \"gpu\"; here are auto, ")]
    [TestCase("run x --threads 0", "--threads takes a whole number from 1 to 1024, not '0'.")]
    [TestCase("run x --context 0", "--context takes a whole number")]
    [TestCase("run x --raw --chat", "--raw and --chat exclude each other.")]
    [TestCase("logits --ids 2", "--out")]
    [TestCase("logits --out x", "--ids")]
    [TestCase("logits --out x --ids 2,a", "'a' is none.")]
    [TestCase("logits --out x --ids 2,,3", "'' is none.")]
    [TestCase("logits --out x --ids -1", "'-1' is none.")]
    [TestCase("logits --out x --ids 99999999999", "'99999999999' is none.")]
    [TestCase("tokenize --jsonl x", "--jsonl and --out go together.")]
    [TestCase("tokenize x --special odd", "--special takes plain or hf, not 'odd'.")]
    [TestCase("synth --like gpt-5 --out x", "--like takes one of")]
    [TestCase("synth --like gemma-2-2b --out x --type q4", "--type takes bf16, f16 or f32, not 'q4'.")]
    [TestCase("synth --like gemma-2-2b --out x --layers 27", "--layers is 27, but gemma-2-2b has 26.")]
    [TestCase("kernels show NoSuchKernel", "There is no kernel 'NoSuchKernel'")]
    [TestCase("bench --repetitions 0", "--repetitions takes a whole number from 1 to 1000, not '0'.")]
    public void A_wrong_command_line_gets_one_sentence_and_exit_code_2(string line, string sentence)
    {
        Outcome outcome = Gemma.Run(line.Split(' '));
        Gemma.AssertComplains(outcome, ExitCodes.Usage, sentence);
        string[] lines = outcome.Error.TrimEnd().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(2));
        Assert.That(lines[1], Does.StartWith("See 'gemma").And.EndsWith("--help'."));
    }

    [Test]
    public void An_empty_pipe_is_no_prompt() =>
        Gemma.AssertComplains(Gemma.RunWith("\n", "run"), ExitCodes.Usage, "Standard input holds no prompt.");

    [TestCase("@nosuchfile")]
    [TestCase("[diagram]")]
    [TestCase("-5 degrees")]
    [TestCase("/help")]
    public void Text_that_looks_like_syntax_is_text(string text) =>
        Assert.That(Gemma.Output("tokenize", text), Is.Not.Empty.And.EqualTo(Gemma.RunWith(text, "tokenize").Output));

    [Test]
    public void After_two_dashes_an_option_is_text() =>
        Assert.That(Gemma.Run("tokenize", "--", "--top-k").ExitCode, Is.Zero);

    [Test]
    public void The_trace_variable_adds_the_stack()
    {
        Environment.SetEnvironmentVariable(CommandLine.TraceVariable, "1");
        try
        {
            Assert.That(Gemma.Run("inspect", "/no/such/folder").Error, Does.Contain("   at "));
        }
        finally
        {
            Environment.SetEnvironmentVariable(CommandLine.TraceVariable, null);
        }
    }
}
