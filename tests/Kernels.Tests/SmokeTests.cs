namespace GemmaIlgpu.Kernels.Tests;

public class SmokeTests
{
    [Test]
    public void The_assembly_loads() => Assert.That(typeof(SmokeTests).Assembly.GetName().Name, Is.EqualTo("GemmaIlgpu.Kernels.Tests"));
}
