using GemmaIlgpu.Compute.Backends.Lockstep;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Kernels of tests are small: what Checked compiles when it has run often is compiled here when it runs again.</summary>
[SetUpFixture]
public class CompiledRegions
{
    [OneTimeSetUp]
    public void Hurry() => (LaneRegions.Threshold, LaneRegions.IsEager) = (2, true);

    [OneTimeTearDown]
    public void Rest() => (LaneRegions.Threshold, LaneRegions.IsEager) = (LaneRegions.UsualThreshold, false);
}
