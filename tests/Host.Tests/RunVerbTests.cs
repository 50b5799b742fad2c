using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

public class RunVerbTests
{
    private static Expected.Prompt First => Expected.Prompts[0];

    [Test]
    public void Greedy_text_is_that_of_the_independent_implementation() =>
        Assert.That(Gemma.Output("run", First.Text, "--temperature", "0", "--max-tokens", "40"), Is.EqualTo(First.GreedyText + "\n"));

    [Test]
    public void The_prompt_may_come_through_a_pipe()
    {
        string expected = Gemma.Output("run", First.Text, "--temperature", "0", "--max-tokens", "8");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Gemma.RunWith(First.Text + "\n", "run", "--temperature", "0", "--max-tokens", "8").Output, Is.EqualTo(expected));
            Assert.That(Gemma.RunWith(First.Text + "\r\n", "run", "-", "--temperature", "0", "--max-tokens", "8").Output, Is.EqualTo(expected));
        }
    }

    [Test]
    public void One_seed_one_text()
    {
        string Text(int seed) => Gemma.Output("run", "The fox", "--seed", $"{seed}", "--max-tokens", "24");
        string first = Text(1);
        Assert.That(Text(1), Is.EqualTo(first));
        Assert.That(Enumerable.Range(2, 4).Select(Text), Has.Some.Not.EqualTo(first));
    }

    [Test]
    public void A_stop_string_ends_the_text_and_is_not_printed()
    {
        // The greedy text begins " the King's daughter was sitting in a corner, and when".
        string text = Gemma.Output("run", First.Text, "--temperature", "0", "--max-tokens", "40", "--stop", "no such text", "--stop", " in a cor");
        Assert.That(text, Is.EqualTo(" the King's daughter was sitting\n"));
    }

    [Test]
    public void In_a_pipe_there_is_only_the_text()
    {
        Outcome quiet = Gemma.Run("run", First.Text, "--max-tokens", "4");
        Outcome verbose = Gemma.Run("run", First.Text, "--max-tokens", "4", "--verbose", "--seed", "7");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(quiet.Error, Is.Empty);
            Assert.That(quiet.Output, Does.Not.Contain(First.Text));
            Assert.That(verbose.Error, Does.Contain("demo model on ").And.Contain("4 tokens").And.Contain("seed 7"));
            Assert.That(quiet.Output + verbose.Output + verbose.Error, Does.Not.Contain('\u001b'));
        }
    }

    [Test]
    public void A_chat_prompt_gives_another_answer_than_a_raw_one()
    {
        string[] options = ["--temperature", "0", "--max-tokens", "12"];
        string raw = Gemma.Output(["run", "Tell me a story about a princess.", .. options]);
        string chat = Gemma.Output(["run", "Tell me a story about a princess.", "--chat", .. options]);
        string typed = Gemma.Output(["run", "<start_of_turn>user\nTell me a story about a princess.<end_of_turn>\n<start_of_turn>model\n", .. options]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(chat, Is.Not.EqualTo(raw));
            Assert.That(chat, Is.EqualTo(typed));
        }
    }

    [Test]
    public void A_prompt_beyond_the_context_gets_one_sentence()
    {
        Outcome outcome = Gemma.Run("run", string.Concat(Enumerable.Repeat("once ", 600)));
        Assert.That(outcome.ExitCode, Is.Not.Zero);
        Gemma.AssertComplains(outcome, outcome.ExitCode, "512");
    }

    [Test]
    public void A_context_beyond_the_models_gets_one_sentence()
    {
        Outcome outcome = Gemma.Run("run", "Once", "--context", "100000");
        Assert.That(outcome.ExitCode, Is.Not.Zero);
        Gemma.AssertComplains(outcome, outcome.ExitCode, "512");
    }

    [Test]
    public void A_missing_model_gets_one_sentence() =>
        Gemma.AssertComplains(Gemma.Run("run", "Once", "--model", "/no/such/model"), ExitCodes.Failure, "/no/such/model");

    [Test]
    public void Ctrl_C_ends_the_text_with_exit_code_130()
    {
        using StringWriter error = new();
        using CtrlCAfter output = new(pieces: 3);
        using HostConsole console = new(TextReader.Null, output, error);
        output.Console = console;
        int code = CommandLine.Run(["run", First.Text, "--temperature", "0", "--max-tokens", "400"], console);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(ExitCodes.Cancelled));
            Assert.That(First.GreedyText, Does.StartWith(output.ToString().TrimEnd()));
            Assert.That(output.ToString().Length, Is.LessThan(60));
        }
    }
}

/// <summary>Presses Ctrl-C when the n-th piece of text is written, and again at each n-th piece after that.</summary>
internal sealed class CtrlCAfter(int pieces) : StringWriter
{
    private int _count;

    public HostConsole? Console { get; set; }

    public override void Write(string? value)
    {
        base.Write(value);
        if (!string.IsNullOrEmpty(value) && ++_count % pieces == 0)
            Console?.PressCtrlC();
    }
}
