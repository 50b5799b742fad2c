using System.Diagnostics;
using System.Text;

namespace GemmaIlgpu.Host.Tests;

/// <summary>The command as a user's shell starts it.</summary>
public class ProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Test]
    public void The_version_is_printed()
    {
        using Process process = Start("--version");
        Assert.That(process.StandardOutput.ReadToEnd(), Does.Match(@"^\d+\.\d+\.\d+"));
        AssertExits(process, ExitCodes.Success);
    }

    [Test]
    public void Text_goes_through_pipes_as_utf_8_without_escape_codes()
    {
        using Process process = Start("tokenize");
        process.StandardInput.BaseStream.Write("schön – 好\n"u8);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        Assert.That(output, Does.Not.Contain('\u001b').And.Not.Contain("\uFFFD"));
        Assert.That(output, Is.EqualTo(Gemma.Output("tokenize", "schön – 好").ReplaceLineEndings()));
        AssertExits(process, ExitCodes.Success);
    }

    [Test]
    public void A_usage_error_is_exit_code_2()
    {
        using Process process = Start("run", "x", "--top-p", "2");
        Assert.That(process.StandardError.ReadToEnd(), Does.StartWith("gemma run: --top-p takes a number"));
        AssertExits(process, ExitCodes.Usage);
    }

    [Test]
    public void Text_streams_and_works_from_any_folder()
    {
        using Process process = Start("run", Expected.Prompts[0].Text, "--temperature", "0", "--max-tokens", "40");
        string output = process.StandardOutput.ReadToEnd();
        Assert.That(output, Is.EqualTo(Expected.Prompts[0].GreedyText + Environment.NewLine), process.StandardError.ReadToEnd());
        AssertExits(process, ExitCodes.Success);
    }

    [Test]
    public void A_reader_that_goes_away_ends_the_run_quietly()
    {
        using Process process = Start("run", Expected.Prompts[0].Text, "--temperature", "0", "--max-tokens", "0");
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.BaseStream.ReadByte();
        process.StandardOutput.Close();
        Assert.That(process.WaitForExit(s_patience), Is.True);
        Assert.That(error.Result, Is.Empty);
        if (!OperatingSystem.IsWindows())
            Assert.That(process.ExitCode, Is.EqualTo(ExitCodes.Cancelled));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "signals are sent with kill")]
    public void An_interrupt_ends_the_run_with_130()
    {
        using Process process = Start("run", Expected.Prompts[0].Text, "--temperature", "0", "--max-tokens", "0");
        process.StandardOutput.BaseStream.ReadByte();
        Interrupt(process);
        AssertExits(process, 130);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "signals are sent with kill")]
    public void An_interrupt_of_a_chat_ends_the_answer_only()
    {
        using Process process = Start("chat", "--max-tokens", "0");
        process.StandardInput.WriteLine("Tell me a story about a wolf.");
        process.StandardInput.Flush();
        process.StandardOutput.BaseStream.ReadByte();     // the answer has begun
        Interrupt(process);                               // ends the answer
        string answer = process.StandardOutput.ReadLine()!;
        process.StandardInput.WriteLine("/stats");
        process.StandardInput.Close();
        Assert.That(process.StandardError.ReadToEnd(), Does.Contain("tokens of context used"), answer);
        AssertExits(process, ExitCodes.Success);
    }

    private static Process Start(params string[] args)
    {
        // What is started in the background of a script ignores Ctrl-C, and so does all that it starts, if nothing says otherwise.
        string[] command = [.. OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : Array.Empty<string>(), "dotnet", typeof(CommandLine).Assembly.Location, .. args];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        return Process.Start(start)!;
    }

    private static void Interrupt(Process process)
    {
        using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static void AssertExits(Process process, int code)
    {
        Assert.That(process.WaitForExit(s_patience), Is.True, "still running");
        Assert.That(process.ExitCode, Is.EqualTo(code));
    }
}
