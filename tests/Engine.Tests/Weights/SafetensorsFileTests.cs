using System.Text;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Weights;

public class SafetensorsFileTests
{
    [Test]
    public void What_is_written_is_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("x.safetensors");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, [("ids", TensorType.I32, [3]), ("values", TensorType.F32, [2, 2]), ("wide", TensorType.I64, [1])]))
        {
            writer.WriteFloats("values", [1f, 2f]);
            writer.WriteIds("ids", [7, 8, 9]);
            writer.WriteFloats("values", [3f, float.NegativeInfinity]);
            writer.Write("wide", BitConverter.GetBytes(5L));
            writer.Complete();
        }

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.That(reader.ReadFloats(Tensor(reader, "values")), Is.EqualTo(new[] { 1f, 2f, 3f, float.NegativeInfinity }));
        Assert.That(reader.ReadIds(Tensor(reader, "ids")), Is.EqualTo(new[] { 7, 8, 9 }));
        Assert.That(reader.ReadIds(Tensor(reader, "wide")), Is.EqualTo(new[] { 5 }));
        Assert.That(reader.Pointer(Tensor(reader, "wide")) % 8, Is.EqualTo((nint)0));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void An_unfinished_file_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder.File("x.safetensors"), [("values", TensorType.F32, [2])]))
        {
            writer.WriteFloats("values", [1f]);
            Assert.That(writer.Complete, Throws.InvalidOperationException);
        }

        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [Test]
    public void Widens_half_precision()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("x.safetensors");
        float[] values = [0f, 1f, -2.5f, 0.099975586f, float.PositiveInfinity];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, [("f16", TensorType.F16, [5]), ("bf16", TensorType.BF16, [2])]))
        {
            foreach (float value in values)
                writer.Write("f16", BitConverter.GetBytes((Half)value));
            writer.Write("bf16", [0x80, 0x3F, 0x20, 0xC0]);
            writer.Complete();
        }

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.That(reader.ReadFloats(Tensor(reader, "f16")), Is.EqualTo(values));
        Assert.That(reader.ReadFloats(Tensor(reader, "bf16")), Is.EqualTo(new[] { 1f, -2.5f }));
    }

    [Test]
    public void Refuses_files_cut_anywhere()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("cut.safetensors");
        byte[] whole = File.ReadAllBytes(Path.Combine(TestPaths.Golden("gemma1-mha"), ModelFiles.SingleFileName));
        foreach (int length in new[] { 0, 1, 7, 8, 9, 1000, 4000, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.That(() => SafetensorsReader.Open(path), Throws.TypeOf<ModelFileException>(), $"{length} bytes");
        }

        File.WriteAllBytes(path, [.. whole, 0]);
        Assert.That(() => SafetensorsReader.Open(path), Throws.TypeOf<ModelFileException>(), "one byte more");
    }

    [Test]
    public void Refuses_what_is_not_a_file()
    {
        using var folder = new TemporaryFolder();

        Assert.That(() => SafetensorsReader.Open(folder.File("none.safetensors")), Throws.TypeOf<ModelFileException>().With.Message.Contains("cannot be read"));
        Assert.That(() => SafetensorsReader.Open(folder.Path), Throws.TypeOf<ModelFileException>());
        File.WriteAllBytes(folder.File("x"), Encoding.UTF8.GetBytes("<html>Access denied, please log in to download.</html>"));
        Assert.That(() => SafetensorsReader.Open(folder.File("x")), Throws.TypeOf<ModelFileException>().With.Message.Contains("Is it a safetensors file?"));
    }

    private static TensorInfo Tensor(SafetensorsReader reader, string name) =>
        reader.TryGet(name, out TensorInfo tensor) ? tensor : throw new KeyNotFoundException(name);
}
