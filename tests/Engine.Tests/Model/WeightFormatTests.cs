using System.Buffers.Binary;
using System.Text.Json;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Tests.Weights;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>The same weights in other files must compute the same.</summary>
public sealed class WeightFormatTests
{
    private static readonly int[] Text = [2, 17, 5, 300, 44, 9, 9, 511, 0, 73, 210, 8];

    [Test]
    public void Shards_equal_one_file()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> map = ModelFilesTests.Shard(TestPaths.Golden("gemma2-gqa"), folder, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
        File.WriteAllText(folder.File(SafetensorsIndex.FileName), JsonSerializer.Serialize(new { weight_map = map }));

        Assert.That(Logits(folder.Path), Is.EqualTo(Logits(TestPaths.Golden("gemma2-gqa"))));
    }

    [Test]
    public void Tensors_at_odd_bytes_equal_aligned_ones([Values("gemma2-gqa", "gemma2-gqa-f32")] string model, [Values(1, 2, 3)] int shift)
    {
        // Spaces at the end of the header move all data.
        using TemporaryFolder folder = new TemporaryFolder().With(TestPaths.Golden(model));
        byte[] file = File.ReadAllBytes(folder.File(ModelFiles.SingleFileName));
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        byte[] moved = [.. file[..end], .. Enumerable.Repeat((byte)' ', shift), .. file[end..]];
        BinaryPrimitives.WriteInt64LittleEndian(moved, end - 8 + shift);
        File.WriteAllBytes(folder.File(ModelFiles.SingleFileName), moved);

        Assert.That(Logits(folder.Path), Is.EqualTo(Logits(TestPaths.Golden(model))));
    }

    [Test]
    public void Half_precision_equals_the_same_values_in_f32()
    {
        using TemporaryFolder half = new TemporaryFolder(), single = new TemporaryFolder();
        Rewrite(half, TensorType.F16);
        Rewrite(single, TensorType.F32);

        TensorAssert.Close(Logits(single.Path), Logits(half.Path), 2e-5, 512, "f16");
    }

    // Rounds a model's weights to f16 and writes them as one of the types.
    private static void Rewrite(TemporaryFolder target, TensorType type)
    {
        string source = TestPaths.Golden("gemma2-gqa-f32");
        File.Copy(Path.Combine(source, "config.json"), target.File("config.json"));
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(source, ModelFiles.SingleFileName));
        using SafetensorsWriter writer = SafetensorsWriter.Create(target.File(ModelFiles.SingleFileName), reader.Tensors.Select(tensor => (tensor.Name, type, tensor.Shape.ToArray())));
        foreach (TensorInfo tensor in reader.Tensors)
        {
            Half[] values = Array.ConvertAll(reader.ReadFloats(tensor), value => (Half)value);
            if (type == TensorType.F16)
                writer.Write(tensor.Name, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            else
                writer.WriteFloats(tensor.Name, Array.ConvertAll(values, value => (float)value));
        }

        writer.Complete();
    }

    private static float[] Logits(string folder)
    {
        using Engine engine = Engine.Load(folder);
        using Generator generator = engine.CreateGenerator();
        return Trace.Of(generator, Text)["logits"];
    }
}
