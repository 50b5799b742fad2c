using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Kernels.Tests;

public class MemoryReadTests
{
    // Below, at and above one round and four rounds of all threads.
    [Test]
    public void Every_word_is_read_once([Values(1, 31, 32, 33, 1000, 5003)] int packets)
    {
        int[] words = [.. Enumerable.Range(1, 4 * packets)];
        foreach (TestDevice device in Devices.All)
        {
            var read = new MemoryRead(device.Accelerator);
            using MemoryBuffer1D<int, Stride1D.Dense> source = device.Accelerator.Allocate1D(words), sums = device.Accelerator.Allocate1D<int>(read.Threads);
            read.Run(device.Accelerator.DefaultStream, source.View.BaseView.Cast<Packet>(), sums.View.BaseView);
            Assert.That(sums.GetAsArray1D().Sum(), Is.EqualTo(words.Sum()), $"{device}");
        }
    }
}
