using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Tests.Support;

namespace GemmaIlgpu.Engine.Tests;

public sealed class DevicesTests
{
    [Test]
    public void Every_kind_of_processor_device_is_listed_and_the_first_usable_device_is_automatic()
    {
        IReadOnlyList<DeviceInfo> devices = Devices.List();
        Assert.That(devices.Where(device => device.IsProcessor).Select(device => device.Name), Is.EqualTo(new[] { "simd", "debug", "checked", "counted" }));
        Assert.That(devices.Where(device => device.IsProcessor).Select(device => device.UnusableReason), Is.All.Null);
        Assert.That(devices.Where(device => !device.IsUsable).Select(device => device.UnusableReason), Is.All.Not.Empty);

        using Engine engine = Engine.Load(TestPaths.Golden("gemma1-mha"), new EngineOptions { Device = Devices.Auto });
        Assert.That(engine.DeviceName, Is.EqualTo(devices.First(device => device.IsUsable).Description));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void The_number_of_threads_is_obeyed(int threads)
    {
        using Engine engine = Engine.Load(TestPaths.Golden("gemma1-mha"), new EngineOptions { Device = "simd", Threads = threads });

        Assert.That(engine.DeviceName, Does.Contain(threads == 1 ? "1 thread" : "2 threads"));
    }
}
