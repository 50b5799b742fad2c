using System.Text.Json;
using System.Text.RegularExpressions;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Tests;

public class LessonsVerbTests
{
    [Test]
    public void The_list_has_twelve_lessons_with_a_promise_each()
    {
        string[] lines = Gemma.Output("lessons").Split('\n');
        using (Assert.EnterMultipleScope())
        {
            for (int number = 1; number <= 12; number++)
                Assert.That(lines[number], Does.StartWith($"{number:00} ").And.EndsWith("."));
            Assert.That(Gemma.Output("lessons", "list"), Is.EqualTo(string.Join('\n', lines)));
        }
    }

    [Test]
    public void A_run_says_of_every_rung_whether_it_is_right_what_it_moves_and_how_long_it_takes()
    {
        string output = Gemma.Output("lessons", "run", "6", "--device", "debug");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.StartWith("Lesson 06, Tiled matrix product: "));
            Assert.That(output, Does.Contain("Sizes      A [67, 21], B [21, 35], C [67, 35]"));
            Assert.That(output, Does.Contain("Must move  17.9 kB, 98,490 operations"));
            Assert.That(output, Does.Contain("Tolerance  0: "));
            foreach (string rung in new[] { "plain C#", "naive", "tiled", "four per thread", "sixteen per thread" })
                Assert.That(output, Does.Match($@"(?m)^{rung} +yes +0 +\d.*B +[\d.]+ .*s +[\d.]+ "));
        }
    }

    [Test]
    public void A_run_counts_what_a_gpu_would_do()
    {
        string output = Gemma.Output("lessons", "run", "04", "--device", "simd", "--size", "small");
        Assert.That(output, Does.Contain("Counted as on a GPU with warps of 32, for [67, 45] to [45, 67]:"));
        Assert.That(output, Does.Match(@"(?m)^tile +1 +31.6 kB +76.4 +24.1 kB +2,880 +6 ").And.Match(@"(?m)^padded tile +1 +31.6 kB +76.4 +24.1 kB +0 +6 "));
    }

    [Test]
    public void The_readers_rung_is_watched_and_compared_with_plain_code_and_the_first_kernel()
    {
        string output = Gemma.Output("lessons", "run", "3", "--only", "mine", "--device", "simd", "--size", "small");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(output, Does.Contain("Checked    at the small size, in warps of 32: no access outside memory, no race, no missed barrier"));
            Assert.That(output, Does.Match(@"(?m)^plain C# +yes ").And.Match(@"(?m)^atomics +yes ").And.Match(@"(?m)^mine +yes ").And.Match(@"(?m)^mine +2 +4.35 kB +93.8 "));
            Assert.That(output, Does.Not.Contain("grid-stride"));
        }

        Gemma.AssertComplains(Gemma.Run("lessons", "run", "3", "--only", "theirs"), ExitCodes.Usage, "Lesson 03 has no rung 'theirs'; it has 'plain C#', 'atomics', 'tree', 'warp first', 'grid-stride', 'mine'.");
    }

    [Test]
    public void Checking_and_counting_devices_say_what_they_are_for()
    {
        string watched = Gemma.Output("lessons", "run", "1", "--device", "checked");
        string counted = Gemma.Output("lessons", "run", "1", "--device", "counted");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(watched, Does.Contain("Checked    every access, barrier and race of these launches: nothing to complain about").And.Not.Contain("Counted as"));
            Assert.That(counted, Does.Contain("Counted as on a GPU with warps of 32, for a, b, sum [1,003]:"));
            Assert.That(watched + counted, Does.Not.Contain(" ms ").And.Not.Contain(" µs "), "their time says nothing of a kernel's");
        }
    }

    [Test]
    public void On_a_terminal_no_line_is_broken_by_its_edge()
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new();
        using HostConsole console = new(TextReader.Null, output, error) { OutputIsTerminal = true, ErrorIsTerminal = true, EscapeCodes = true };
        Assert.That(CommandLine.Run(["lessons", "run", "1", "--device", "debug"], console), Is.Zero);
        string[] lines = output.ToString().Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => Regex.Replace(line, "\u001b\\[[0-9;?]*[a-zA-Z]", "").Length), Is.All.AtMost(console.Tables().Profile.Width));
            Assert.That(error.ToString(), Does.Contain("Lesson 01: running grid-stride loop …").And.Contain("Lesson 01: counting grid-stride loop …").And.EndsWith("\r\u001b[2K"), "what is done is said, and taken away");
            Assert.That(lines, Has.Some.StartsWith("sixteen bytes a load: Four neighbours at once"), "the ideas stand below the figures");
            Assert.That(lines, Has.Some.Contain("% of lanes busy").And.Some.Contain("operations"), "no head of a column is cut");
        }
    }

    [Test]
    public void A_run_as_json()
    {
        JsonElement run = JsonDocument.Parse(Gemma.Output("lessons", "run", "12", "--device", "simd", "--size", "small", "--json")).RootElement;
        JsonElement[] rungs = [.. run.GetProperty("rungs").EnumerateArray()];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.GetProperty("unit").GetString(), Is.EqualTo("GFLOP/s"));
            Assert.That(run.GetProperty("operations").GetInt64(), Is.EqualTo(2 * 21 * 13 * 38));
            Assert.That(rungs.Take(4).Select(rung => rung.GetProperty("correct").GetBoolean()), Is.All.True);
            Assert.That(rungs.Take(4).Select(rung => rung.GetProperty("seconds").GetDouble()), Is.All.Positive);
            Assert.That(rungs[4].GetProperty("skipped").GetString(), Does.Contain("NVIDIA"));
            Assert.That(rungs[4].GetProperty("largestError").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [TestCase("13", "There is no lesson '13'; there are 01 to 12.")]
    [TestCase("add", "There is no lesson 'add'; there are 01 to 12.")]
    public void A_lesson_that_is_not_there(string number, string complaint) =>
        Gemma.AssertComplains(Gemma.Run("lessons", "run", number), ExitCodes.Usage, complaint);

    [Test]
    public void Devices_that_are_not_there_or_too_many()
    {
        Gemma.AssertComplains(Gemma.Run("lessons", "run", "1", "--device", "abacus"), ExitCodes.Failure, "There is no device \"abacus\"");
        Gemma.AssertComplains(Gemma.Run("lessons", "run", "1", "--device", "simd,debug"), ExitCodes.Usage, "A lesson runs on one device");
        Gemma.AssertComplains(Gemma.Run("lessons", "run", "1", "--size", "huge"), ExitCodes.Usage, "huge");
    }
}
