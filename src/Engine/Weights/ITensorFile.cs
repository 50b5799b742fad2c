namespace GemmaIlgpu.Engine.Weights;

/// <summary>An open, checked, memory-mapped file of tensors, whatever its format.</summary>
public interface ITensorFile : IDisposable
{
    string FilePath { get; }

    long FileLength { get; }

    /// <summary>The tensors in the order of their bytes.</summary>
    IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Finds a tensor by its name.</summary>
    bool TryGet(string name, out TensorInfo tensor);

    /// <summary>Address of a tensor's first byte; valid until this is disposed. It may be misaligned for the type.</summary>
    nint Pointer(TensorInfo tensor);

    /// <summary>Where a tensor's first byte lies in the file.</summary>
    long FileOffset(TensorInfo tensor);
}

/// <summary>Reading tensors, the same for every format.</summary>
public static class TensorFileExtensions
{
    /// <summary>A tensor's bytes in place; valid until the file is disposed.</summary>
    /// <exception cref="OverflowException">The tensor has 2 GiB or more.</exception>
    public static ReadOnlySpan<byte> Bytes(this ITensorFile file, TensorInfo tensor) => file.Bytes(tensor, 0, checked((int)tensor.Bytes));

    /// <summary>Some bytes of a tensor in place; valid until the file is disposed.</summary>
    public static unsafe ReadOnlySpan<byte> Bytes(this ITensorFile file, TensorInfo tensor, long start, int count)
    {
        if (start < 0 || count < 0 || start > tensor.Bytes - count)
            throw new ArgumentOutOfRangeException(nameof(start), $"{tensor.Name} has {tensor.Bytes} bytes; {count} from {start} on are wanted.");
        return new ReadOnlySpan<byte>((void*)(file.Pointer(tensor) + (nint)start), count);
    }

    /// <summary>A copy of a tensor of weights, widened to float.</summary>
    /// <exception cref="ModelFileException">It does not hold weights.</exception>
    public static float[] ReadFloats(this ITensorFile file, TensorInfo tensor)
    {
        if (!BlockFormats.IsWeight(tensor.Type))
            throw new ModelFileException($"{file.FilePath}: {tensor.Name} is {tensor.Type.FileName()}; weights must be F32, F16 or BF16, or one of Q8_0 to Q6_K.");
        var values = new float[tensor.Elements];
        BlockFormats.Unpack(tensor.Type, file.Bytes(tensor), values);
        return values;
    }
}
