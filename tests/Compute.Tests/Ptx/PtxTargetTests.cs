using GemmaIlgpu.Compute.Backends.Ptx;

namespace GemmaIlgpu.Compute.Tests.Ptx;

/// <summary>Targets of PTX and the versions of the language that know them.</summary>
internal sealed class PtxTargetTests
{
    [TestCase("sm_70", 60)]
    [TestCase("sm_72", 61)]
    [TestCase("sm_75", 63)]
    [TestCase("sm_80", 70)]
    [TestCase("sm_86", 71)]
    [TestCase("sm_87", 74)]
    [TestCase("sm_89", 78)]
    [TestCase("sm_90", 78)]
    [TestCase("sm_90a", 80)]
    [TestCase("sm_100", 86)]
    [TestCase("sm_100a", 86)]
    [TestCase("sm_103a", 88)]
    [TestCase("sm_120", 87)]
    [TestCase("sm_121", 88)]
    public void A_name_gets_the_lowest_version_that_knows_it(string name, int isa)
    {
        PtxTarget target = PtxTarget.Parse(name);
        Assert.That((target.Name, target.Isa), Is.EqualTo((name, isa)));
    }

    [Test]
    public void A_newer_device_gets_a_number_and_the_latest_version()
    {
        PtxTarget target = PtxTarget.For(15, 3);
        Assert.That((target.Name, target.Isa), Is.EqualTo(("sm_153", 91)));
    }

    // An H200 with drivers before and after what knows sm_90a.
    [TestCase(9, 0, 12040, "sm_90a", 84)]
    [TestCase(9, 0, 11080, "sm_90", 78)]
    [TestCase(8, 0, 12020, "sm_80", 82)]
    [TestCase(7, 0, 11040, "sm_70", 74)]
    [TestCase(12, 0, 13000, "sm_120a", 90)]
    public void A_device_gets_what_its_driver_can_do(int major, int minor, int driver, string name, int isa)
    {
        PtxTarget target = PtxTarget.ForDevice(major, minor, driver);
        Assert.That((target.Name, target.Isa), Is.EqualTo((name, isa)));
    }

    [TestCase("sm_61", "need 7.0")]
    [TestCase("sm_80a", "from sm_90 on")]
    [TestCase("sm_", "write sm_80, sm_90a")]
    [TestCase("gfx90a", "write sm_80, sm_90a")]
    [TestCase("sm_90x", "write sm_80, sm_90a")]
    public void What_is_no_target_is_refused(string name, string part) =>
        Assert.That(() => PtxTarget.Parse(name), Throws.ArgumentException.With.Message.Contains(part));
}
