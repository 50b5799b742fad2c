using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

public class ChatVerbTests
{
    private static readonly string[] s_greedy = ["chat", "--temperature", "0", "--max-tokens", "16"];

    [Test]
    public void The_first_answer_is_that_of_run_with_the_chat_template() =>
        Assert.That(
            Gemma.RunWith("Tell me a story about a wolf.\n", s_greedy).Output,
            Is.EqualTo(Gemma.Output("run", "--chat", "Tell me a story about a wolf.", "--temperature", "0", "--max-tokens", "16")));

    [Test]
    public void Each_line_gets_an_answer_until_quit()
    {
        Outcome outcome = Gemma.RunWith("Tell me a story about a wolf.\n\nAnd then?\n/quit\nnot read\n", s_greedy);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        Assert.That(outcome.Output, Does.Not.Contain('\u001b'));
        Outcome one = Gemma.RunWith("Tell me a story about a wolf.\n", s_greedy);
        Assert.That(outcome.Output, Does.StartWith(one.Output));
        Assert.That(outcome.Output[one.Output.Length..].Trim(), Is.Not.Empty);
    }

    [Test]
    public void Reset_forgets_and_what_was_said_before_matters()
    {
        string after = Gemma.RunWith("Tell me a story about a wolf.\nTell me a story about a ship.\n", s_greedy).Output;
        string reset = Gemma.RunWith("Tell me a story about a wolf.\n/reset\nTell me a story about a ship.\n", s_greedy).Output;
        string alone = Gemma.RunWith("Tell me a story about a ship.\n", s_greedy).Output;
        Assert.That(reset, Does.EndWith(alone));
        Assert.That(after, Does.Not.EndWith(alone));
    }

    [Test]
    public void Commands_answer_on_standard_error()
    {
        Outcome outcome = Gemma.RunWith("/help\n/stats\n/nonsense\nTell me a story about a wolf.\n/stats\n", s_greedy);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.Zero);
            Assert.That(outcome.Error, Does.Contain("/reset").And.Contain("There is no answer yet.").And.Contain("There is no command /nonsense"));
            Assert.That(outcome.Error, Does.Contain("of 512 tokens of context used."));
        }
    }

    [Test]
    public void Ctrl_C_stops_an_answer_and_the_conversation_goes_on()
    {
        using StringWriter error = new();
        using CtrlCAfter output = new(pieces: 4);
        using HostConsole console = new(new StringReader("Tell me a story about a wolf.\nTell me a story about a ship.\n/stats\n"), output, error);
        output.Console = console;
        int code = CommandLine.Run(["chat", "--temperature", "0", "--max-tokens", "100"], console);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.Zero, error.ToString());
            string[] answers = output.ToString().Trim('\n').Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(answers, Has.Length.EqualTo(2), output.ToString());
            Assert.That(error.ToString(), Does.Contain("stopped"));
        }
    }

    [Test]
    public void A_message_beyond_the_context_is_refused_and_the_conversation_goes_on()
    {
        string longMessage = string.Concat(Enumerable.Repeat("once ", 600));
        Outcome outcome = Gemma.RunWith($"{longMessage}\nTell me a story about a wolf.\n", s_greedy);
        Assert.That(outcome.ExitCode, Is.Zero);
        Assert.That(outcome.Error, Does.Contain("/reset"));
        Assert.That(outcome.Output, Is.EqualTo(Gemma.RunWith("Tell me a story about a wolf.\n", s_greedy).Output));
    }
}
