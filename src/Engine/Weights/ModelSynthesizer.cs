using System.Runtime.InteropServices;
using GemmaIlgpu.Engine.Configuration;

namespace GemmaIlgpu.Engine.Weights;

/// <summary>Writes models of random weights in the shape of a real size, for measurements.</summary>
public static class ModelSynthesizer
{
    // Elements drawn from one random state. Blocks are numbered, so the file does not depend on the number of threads.
    private const int BlockElements = 1 << 20;

    private const int TableSize = 1 << 16;

    /// <summary>Bytes of weights that <see cref="Write"/> will write.</summary>
    public static long SizeInBytes(ModelConfig config, TensorType type) => config.ParameterCount * type.Size();

    /// <summary>Writes `config.json` and `model.safetensors`, and copies the tokenizer if one is given. Nothing is left behind on failure.</summary>
    /// <param name="config">The shape, from <see cref="KnownModels"/>.</param>
    /// <param name="type">BF16, F16 or F32.</param>
    /// <param name="directory">Folder to create; it must be missing or empty.</param>
    /// <param name="seed">Start of the random sequence: the same seed gives the same file.</param>
    /// <param name="tokenizerFile">A `tokenizer.model` to copy, or null.</param>
    /// <param name="progress">Told about the bytes written.</param>
    /// <param name="cancellation">Stops the writing and removes what was written.</param>
    public static void Write(
        ModelConfig config, TensorType type, string directory, ulong seed = 0, string? tokenizerFile = null,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (type is not (TensorType.BF16 or TensorType.F16 or TensorType.F32))
            throw new InputException($"The type is {type.FileName()}; it must be BF16, F16 or F32.");
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw new IOException($"{directory} exists already; name a new folder.");
        if (tokenizerFile is not null && !File.Exists(tokenizerFile))
            throw new FileNotFoundException($"There is no tokenizer file {tokenizerFile}.");
        CheckFreeSpace(target, SizeInBytes(config, type));

        string partial = $"{target}.{Environment.ProcessId}.partial";
        Directory.CreateDirectory(partial);
        try
        {
            File.WriteAllBytes(Path.Combine(partial, ConfigReader.FileName), ConfigWriter.ToJson(config, type));
            if (tokenizerFile is not null)
                File.Copy(tokenizerFile, Path.Combine(partial, "tokenizer.model"));
            WriteWeights(config, type, Path.Combine(partial, ModelFiles.SingleFileName), seed, progress, cancellation);
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(partial, target);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private static void WriteWeights(
        ModelConfig config, TensorType type, string path, ulong seed, IProgress<LoadProgress>? progress, CancellationToken cancellation)
    {
        (string Name, TensorType Type, long[] Shape)[] tensors =
            [.. WeightMap.ForNewFile(config).RequiredTensors(config).Select(tensor => (tensor.Name, type, tensor.Shape))];
        var tables = new Dictionary<double, byte[]>();
        var blocks = new List<(string Name, byte[] Table, ulong State, long Start, int Count)>();
        for (int t = 0; t < tensors.Length; t++)
        {
            long[] shape = tensors[t].Shape;
            // Variance 1/inputs keeps activations at the size they come in; norms are stored as w − 1.
            double deviation = shape.Length == 1 ? 0.05 : 1 / Math.Sqrt(shape[^1]);
            if (!tables.TryGetValue(deviation, out byte[]? table))
                tables.Add(deviation, table = BuildTable(deviation, type));
            long elements = shape.Aggregate(1L, (product, size) => product * size);
            for (long start = 0; start < elements; start += BlockElements)
                blocks.Add((tensors[t].Name, table, Mix(seed ^ Mix((ulong)t << 40 ^ (ulong)start)), start, (int)Math.Min(BlockElements, elements - start)));
        }

        using SafetensorsWriter writer = SafetensorsWriter.Create(path, tensors);
        long total = SizeInBytes(config, type), done = 0;
        var options = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(blocks, options, () => new byte[BlockElements * type.Size()], (block, _, buffer) =>
        {
            Span<byte> bytes = buffer.AsSpan(0, block.Count * type.Size());
            if (type == TensorType.F32)
                Fill(MemoryMarshal.Cast<byte, uint>(bytes), MemoryMarshal.Cast<byte, uint>(block.Table), block.State);
            else
                Fill(MemoryMarshal.Cast<byte, ushort>(bytes), MemoryMarshal.Cast<byte, ushort>(block.Table), block.State);
            writer.WriteAt(block.Name, block.Start * type.Size(), bytes);
            progress?.Report(new LoadProgress("Writing weights", Interlocked.Add(ref done, bytes.Length), total));
            return buffer;
        }, _ => { });
        writer.Complete();
    }

    // 16 random bits choose one of 65,536 evenly spaced values; one 64-bit number serves four elements.
    private static void Fill<T>(Span<T> values, ReadOnlySpan<T> table, ulong state)
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            ulong bits = Mix(state++);
            for (int k = 0; k < 4 && i + k < values.Length; k++)
                values[i + k] = table[(ushort)(bits >> (16 * k))];
        }
    }

    private static byte[] BuildTable(double deviation, TensorType type)
    {
        var table = new byte[TableSize * type.Size()];
        for (int i = 0; i < TableSize; i++)
        {
            // A uniform distribution of width 2√3 has deviation 1.
            float value = (float)(((i + 0.5) / (TableSize / 2) - 1) * Math.Sqrt(3) * deviation);
            switch (type)
            {
                case TensorType.F32:
                    BitConverter.TryWriteBytes(table.AsSpan(4 * i), value);
                    break;
                case TensorType.F16:
                    BitConverter.TryWriteBytes(table.AsSpan(2 * i), (Half)value);
                    break;
                default:
                    BitConverter.TryWriteBytes(table.AsSpan(2 * i), (ushort)((BitConverter.SingleToUInt32Bits(value) + 0x8000) >> 16));
                    break;
            }
        }

        return table;
    }

    // The finaliser of SplitMix64 (Steele, Lea and Flood 2014): numbers in order in, random bits out.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }

    private static void CheckFreeSpace(string target, long bytes)
    {
        string existing = target;
        while (!Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing) ?? throw new IOException($"There is no folder above {target}.");
        long free = new DriveInfo(existing).AvailableFreeSpace;
        if (free < bytes + (64 << 20))
            throw new IOException($"The model needs {bytes:N0} bytes, but the disk of {existing} has {free:N0} free.");
    }
}
