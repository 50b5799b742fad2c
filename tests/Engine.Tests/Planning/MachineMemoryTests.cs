using GemmaIlgpu.Engine.Planning;

namespace GemmaIlgpu.Engine.Tests.Planning;

public sealed class MachineMemoryTests
{
    private const string MemInfo = "MemTotal:       24684092 kB\nMemFree:         1000000 kB\nMemAvailable:   20000000 kB\nBuffers:               0 kB\n";

    private static readonly MachineMemory Machine = new(24_684_092L * 1024, 20_000_000L * 1024);

    [Test]
    public void Meminfo_is_read() => Assert.That(MachineMemory.Parse(MemInfo), Is.EqualTo(Machine));

    [TestCase("")]
    [TestCase("MemTotal:       24684092 kB\n")]
    [TestCase("MemTotal: much\nMemAvailable: 5 kB")]
    public void Other_text_gives_nothing(string text) => Assert.That(MachineMemory.Parse(text), Is.Null);

    [TestCase("max", "5000")]
    [TestCase("9223372036854771712\n", "5000")]      // what version 1 writes for "no limit"
    [TestCase(null, null)]
    public void No_limit_changes_nothing(string? limit, string? usage) =>
        Assert.That(Machine.Within(limit, usage, "inactive_file 7"), Is.EqualTo(Machine));

    [Test]
    public void A_limit_leaves_what_is_not_in_use_and_what_is_kept_of_files() =>
        Assert.That(Machine.Within("8000000000\n", "5000000000\n", "anon 3\ninactive_file 1000000000\nactive_file 500000000\n"), Is.EqualTo(new MachineMemory(8_000_000_000, 4_500_000_000)));

    [Test]
    public void A_limit_gives_no_more_than_the_machine_has_left() =>
        Assert.That((Machine with { Available = 1000 }).Within("8000000000", "0", null), Is.EqualTo(new MachineMemory(8_000_000_000, 1000)));

    [Test]
    public void This_machine_has_memory()
    {
        MachineMemory memory = MachineMemory.Read();
        Assert.That(memory.Available, Is.InRange(1 << 20, memory.Total));
    }
}
