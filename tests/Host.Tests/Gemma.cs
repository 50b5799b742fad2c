using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

/// <summary>What one run of <c>gemma</c> gave.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs <c>gemma</c> inside the test process, with streams in place of a terminal.</summary>
internal static class Gemma
{
    public static string DemoModel => Path.Combine(AppContext.BaseDirectory, "models", "demo");

    public static Outcome Run(params string[] args) => RunWith("", args);

    /// <summary>Runs with this on standard input.</summary>
    public static Outcome RunWith(string input, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        using HostConsole console = new(new StringReader(input), output, error);
        int code = CommandLine.Run(args, console);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs and demands success, with the complaint in the failure if there is one.</summary>
    public static string Output(params string[] args)
    {
        Outcome outcome = Run(args);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        return outcome.Output;
    }

    /// <summary>One sentence, the verb it is about, no stack trace, and the exit code.</summary>
    public static void AssertComplains(Outcome outcome, int exitCode, string about)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcome.ExitCode, Is.EqualTo(exitCode), outcome.Error);
            Assert.That(outcome.Error, Does.Contain(about));
            Assert.That(outcome.Error, Does.StartWith("gemma"));
            Assert.That(outcome.Error, Does.Not.Contain("   at ").And.Not.Contain("fault of the program"));
            Assert.That(outcome.Output, Is.Empty);
        }
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gemma-host-tests-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
