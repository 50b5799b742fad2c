using GemmaIlgpu.Engine.Configuration;
using Microsoft.Win32.SafeHandles;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>What became of one tensor.</summary>
/// <param name="Name">Its name in the new file.</param>
/// <param name="From">How it was stored.</param>
/// <param name="To">How it is stored now.</param>
/// <param name="Bytes">Its size now.</param>
/// <param name="RelativeError">Root of the squared differences over the squared values: 0 when nothing was lost.</param>
/// <param name="LargestError">Largest difference of one weight.</param>
public sealed record ConvertedTensor(string Name, TensorType From, TensorType To, long Bytes, double RelativeError, double LargestError);

/// <summary>Copies a model into a GGUF file of another weight type, a few rows at a time: memory does not grow with the model.</summary>
/// <remarks>
/// Norms become F32 and get the 1 that safetensors leave out. With types of 5 bits and fewer the embedding table, which is
/// the output table as well and suffers most, gets Q8_0 beside the simple types and Q6_K beside the K types. Rows that are
/// not whole blocks of 256 get the next simple type up, and F16 where they are not whole blocks of 32 either.
/// </remarks>
public static class ModelConverter
{
    // Weights in memory per thread: 4 MiB as floats.
    private const int ChunkWeights = 1 << 20;

    // general.file_type, for display in other programs.
    private static readonly Dictionary<TensorType, uint> s_fileTypes = new()
    {
        [TensorType.F32] = 0,
        [TensorType.F16] = 1,
        [TensorType.Q4_0] = 2,
        [TensorType.Q4_1] = 3,
        [TensorType.Q8_0] = 7,
        [TensorType.Q5_0] = 8,
        [TensorType.Q5_1] = 9,
        [TensorType.Q2K] = 10,
        [TensorType.Q3K] = 11,
        [TensorType.Q4K] = 14,
        [TensorType.Q5K] = 16,
        [TensorType.Q6K] = 18,
        [TensorType.BF16] = 32,
    };

    /// <summary>Writes the file; a failure or a cancellation leaves nothing behind.</summary>
    /// <param name="model">Where the weights come from.</param>
    /// <param name="path">The GGUF file to make; an existing one is replaced in one step at the end.</param>
    /// <param name="type">A weight type.</param>
    /// <param name="progress">Told about the bytes read.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>A report for each tensor, in the order of the file.</returns>
    public static IReadOnlyList<ConvertedTensor> Write(
        ModelFiles model, string path, TensorType type, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (!BlockFormats.IsWeight(type))
            throw new InputException($"{type.FileName()} is no type of weights.");
        if (model.Gguf is not null && Path.GetFullPath(model.Gguf.FilePath) == Path.GetFullPath(path))
            throw new InputException($"{path} is the model itself; name another file.");

        ModelConfig config = model.Config;
        WeightMap target = WeightMap.ForGguf(config);
        Plan[] plans =
        [
            .. WeightMap.For(config, model).RequiredTensors(config).Zip(target.RequiredTensors(config), (from, to) =>
            {
                model.TryGet(from.Name, out ITensorFile file, out TensorInfo tensor);
                return new Plan(file, tensor, to.Name, ChooseType(type, to.Shape, isTable: to.Name == target.Embedding || to.Name == target.Output));
            }),
        ];

        using GgufWriter writer = GgufWriter.Create(path, Metadata(model, type), [.. plans.Select(plan => (plan.Name, plan.Type, plan.Source.Shape.ToArray()))]);
        long total = plans.Sum(plan => plan.Source.Bytes), done = 0;
        var reports = new List<ConvertedTensor>();
        foreach (Plan plan in plans)
        {
            reports.Add(Convert(plan, plan.Source.Shape.Count == 1 ? model.NormOffset : 0, writer, cancellation, bytes =>
                progress?.Report(new LoadProgress("Writing weights", Interlocked.Add(ref done, bytes), total))));
        }

        writer.Complete();
        return reports;
    }

    /// <summary>How a tensor is stored in a file of a wanted type; see the remarks above.</summary>
    internal static TensorType ChooseType(TensorType wanted, long[] shape, bool isTable)
    {
        if (shape.Length == 1)
            return TensorType.F32;
        TensorType type = !isTable ? wanted : wanted switch
        {
            TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q5_0 or TensorType.Q5_1 => TensorType.Q8_0,
            TensorType.Q2K or TensorType.Q3K or TensorType.Q4K or TensorType.Q5K => TensorType.Q6K,
            _ => wanted,
        };
        if (shape[^1] % type.BlockLength() != 0)
        {
            type = type switch
            {
                TensorType.Q2K or TensorType.Q3K => TensorType.Q4_0,
                TensorType.Q4K => TensorType.Q5_0,
                TensorType.Q5K => TensorType.Q5_1,
                _ => TensorType.Q8_0,
            };
        }

        return shape[^1] % type.BlockLength() == 0 ? type : TensorType.F16;
    }

    private static Dictionary<string, object> Metadata(ModelFiles model, TensorType type)
    {
        Dictionary<string, object> metadata = model.Gguf is null
            ? GgufConfigWriter.ToMetadata(model.Config, model.LoadTokenizer())
            : new(model.Gguf.Metadata.Values);
        metadata.Remove(GgufHeader.AlignmentKey);
        metadata["general.file_type"] = s_fileTypes[type];
        metadata["general.quantization_version"] = 2u;
        return metadata;
    }

    private static ConvertedTensor Convert(Plan plan, float offset, GgufWriter writer, CancellationToken cancellation, Action<long> done)
    {
        TensorInfo source = plan.Source;
        long width = source.Shape[^1], rows = source.Elements / width;
        long rowsPerChunk = Math.Clamp(ChunkWeights / width, 1, rows);
        // Read through the file, not the mapping, whose pages would count as memory of this process.
        using SafeFileHandle handle = File.OpenHandle(plan.File.FilePath);
        var total = new Errors();
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, (rows + rowsPerChunk - 1) / rowsPerChunk, options, () => (new Chunk(plan, width * rowsPerChunk), new Errors()), (number, _, local) =>
        {
            (Chunk chunk, Errors errors) = local;
            long first = number * rowsPerChunk * width, count = Math.Min(rowsPerChunk * width, source.Elements - first);
            chunk.Convert(handle, plan, first, (int)count, offset, errors, writer);
            done(source.Type.Bytes(count));
            return local;
        }, local =>
        {
            lock (total)
                total.Add(local.Item2);
        });
        if (!double.IsFinite(total.Squared))
            throw new ModelFileException($"{source.Name} holds values that are not finite or that {plan.Type.FileName()} cannot hold; bf16 holds the largest.");
        double relative = total.Squared == 0 ? 0 : Math.Sqrt(total.Squared / total.Values);
        return new ConvertedTensor(plan.Name, source.Type, plan.Type, plan.Type.Bytes(source.Elements), relative, total.Largest);
    }

    private sealed record Plan(ITensorFile File, TensorInfo Source, string Name, TensorType Type);

    private sealed class Errors
    {
        public double Squared, Values, Largest;

        public void Add(Errors other)
        {
            Squared += other.Squared;
            Values += other.Values;
            Largest = Math.Max(Largest, other.Largest);
        }
    }

    /// <summary>The working memory of one thread.</summary>
    private sealed class Chunk(Plan plan, long weights)
    {
        private readonly byte[] _read = new byte[plan.Source.Type.Bytes(weights)], _packed = new byte[plan.Type.Bytes(weights)];
        private readonly float[] _values = new float[weights], _unpacked = new float[weights];

        public void Convert(SafeFileHandle handle, Plan plan, long first, int count, float offset, Errors errors, GgufWriter writer)
        {
            Span<byte> read = _read.AsSpan(0, (int)plan.Source.Type.Bytes(count)), packed = _packed.AsSpan(0, (int)plan.Type.Bytes(count));
            Fill(handle, plan.File.FileOffset(plan.Source) + plan.Source.Type.Bytes(first), read);
            if (plan.Source.Type == plan.Type && offset == 0)
            {
                writer.WriteAt(plan.Name, plan.Type.Bytes(first), read);
                return;
            }

            Span<float> values = _values.AsSpan(0, count), unpacked = _unpacked.AsSpan(0, count);
            BlockFormats.Unpack(plan.Source.Type, read, values);
            if (offset != 0)
            {
                foreach (ref float value in values)
                    value += offset;
            }

            BlockPacking.Pack(plan.Type, values, packed);
            writer.WriteAt(plan.Name, plan.Type.Bytes(first), packed);
            BlockFormats.Unpack(plan.Type, packed, unpacked);
            for (int i = 0; i < count; i++)
            {
                double difference = Math.Abs((double)unpacked[i] - values[i]);
                errors.Squared += difference * difference;
                errors.Values += (double)values[i] * values[i];
                errors.Largest = Math.Max(errors.Largest, difference);
            }
        }

        private static void Fill(SafeFileHandle handle, long position, Span<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int got = RandomAccess.Read(handle, bytes, position);
                if (got == 0)
                    throw new IOException("The model file has become shorter.");
                bytes = bytes[got..];
                position += got;
            }
        }
    }
}
