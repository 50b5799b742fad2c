using System.Buffers;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels;
using ILGPU;
using ILGPU.Runtime;
using Microsoft.Win32.SafeHandles;

namespace GemmaIlgpu.Engine.Model;

/// <summary>Rearranges Q4_0 matrices while loading; see <see cref="InterleavedMatrix"/>.</summary>
/// <remarks>
/// Reads the file by calls, not through its mapping: pages that are only read once would otherwise count as memory of this
/// process, beside the rearranged copy. The copy takes as much as the file's bytes, so the total stays what it was.
/// </remarks>
internal sealed class Interleaver(Accelerator accelerator) : IDisposable
{
    private readonly Dictionary<string, SafeFileHandle> _files = [];
    private ushort[] _scales = [];
    private int[] _words = [];

    /// <summary>A matrix of a file, on the device; the buffers it lies in are added to a list, for whoever disposes them.</summary>
    public InterleavedMatrix Load(ITensorFile file, TensorInfo tensor, List<MemoryBuffer> buffers)
    {
        int rows = (int)tensor.Shape[0], columns = (int)tensor.Shape[1], warp = accelerator.WarpSize;
        long blocks = InterleavedMatrix.BlocksOf(rows, columns, warp);
        MemoryBuffer1D<ushort, Stride1D.Dense> scales = accelerator.Allocate1D<ushort>(blocks);
        buffers.Add(scales);
        MemoryBuffer1D<int, Stride1D.Dense> words = accelerator.Allocate1D<int>(blocks * InterleavedMatrix.WordsPerBlock);
        buffers.Add(words);
        Read(file, tensor, checked((int)blocks), warp);
        scales.View.BaseView.CopyFromCPU(accelerator.DefaultStream, ref _scales[0], scales.Length);
        words.View.BaseView.CopyFromCPU(accelerator.DefaultStream, ref _words[0], words.Length);
        accelerator.DefaultStream.Synchronize();
        return new InterleavedMatrix(scales.View, words.View, rows, columns, warp);
    }

    // Whole groups of rows, about a megabyte at a time, on all cores.
    private void Read(ITensorFile file, TensorInfo tensor, int blocks, int warp)
    {
        if (!_files.TryGetValue(file.FilePath, out SafeFileHandle? handle))
            _files[file.FilePath] = handle = File.OpenHandle(file.FilePath);
        if (_scales.Length < blocks)
            (_scales, _words) = (new ushort[blocks], new int[blocks * InterleavedMatrix.WordsPerBlock]);
        int columns = (int)tensor.Shape[1];
        long rows = tensor.Shape[0], rowBytes = tensor.Bytes / rows, start = file.FileOffset(tensor);
        int groupsAtOnce = (int)Math.Max(1, (1 << 20) / (warp * rowBytes)), groups = (int)((rows + warp - 1) / warp);
        if (rows % warp != 0)
        {
            Array.Clear(_scales);
            Array.Clear(_words);
        }

        Parallel.For(0, (groups + groupsAtOnce - 1) / groupsAtOnce, part =>
        {
            int group = part * groupsAtOnce, taken = Math.Min(groupsAtOnce, groups - group);
            long firstRow = (long)group * warp;
            int length = checked((int)(Math.Min((long)taken * warp, rows - firstRow) * rowBytes));
            // Rented: a new array for each part would leave a gigabyte of garbage behind.
            byte[] rented = ArrayPool<byte>.Shared.Rent(length);
            Span<byte> bytes = rented.AsSpan(0, length);
            for (int read = 0; read < bytes.Length;)
            {
                int count = RandomAccess.Read(handle, bytes[read..], start + (firstRow * rowBytes) + read);
                if (count == 0)
                    throw new ModelFileException($"{file.FilePath} ends within {tensor.Name}; something has shortened it while it was read.");
                read += count;
            }

            int perGroup = columns / tensor.Type.BlockLength() * warp;
            Span<ushort> scales = _scales.AsSpan(group * perGroup, taken * perGroup);
            Span<int> words = _words.AsSpan(group * perGroup * InterleavedMatrix.WordsPerBlock, taken * perGroup * InterleavedMatrix.WordsPerBlock);
            InterleavedMatrix.Pack(bytes, columns, warp, scales, words);
            ArrayPool<byte>.Shared.Return(rented);
        });
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _files.Values)
            handle.Dispose();
    }
}
