namespace GemmaIlgpu.Kernels.Tests;

public class EmbeddingTests
{
    [TestCase(1, 1)]
    [TestCase(2, 31)]
    [TestCase(3, 32)]
    [TestCase(5, 33)]
    public void Rows_come_out_in_the_order_of_the_ids_times_the_scale(int tokens, int width)
    {
        const int vocabulary = 7;
        const float scale = 6.9282f;
        int[] ids = [.. Enumerable.Range(0, tokens).Select(t => (t * 3 + 6) % vocabulary)];
        foreach (WeightType type in Enum.GetValues<WeightType>())
        {
            var (bytes, values) = Inputs.Weights(vocabulary * width, type, seed: 1);
            float[] expected = [.. ids.SelectMany(id => values[(id * width)..((id + 1) * width)]).Select(v => v * scale)];
            foreach (TestDevice device in Devices.AllAndWide)
            {
                using var idBuffer = device.Upload(ids);
                using var table = device.Upload(bytes);
                using var x = device.Room(tokens * width);
                var matrix = new WeightMatrix(table.View, type, vocabulary, width);
                new Embedding(device.Accelerator, device.Tuning).Run(device.Stream, idBuffer.View, matrix, x.View, scale);
                Assert.That(device.Download(x), Is.EqualTo(expected), $"{type} on {device}");     // one rounding on both sides
            }
        }
    }
}
