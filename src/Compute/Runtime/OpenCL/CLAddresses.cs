namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>
/// OpenCL's buffers have no addresses; views and kernel arguments have nothing else. So each buffer gets a tebibyte of an
/// address space that is made up, far outside what a processor can reach: the number of the buffer and the offset in it can
/// be read off an address.
/// </summary>
internal sealed class CLAddresses
{
    private const int OffsetBits = 40;
    private const long First = 1L << 61;
    private const int MaxBuffers = 1 << 20;

    private readonly Lock _changing = new();
    private readonly Stack<int> _free = new();
    private nint[] _buffers = new nint[64];
    private int _count;

    /// <summary>Gets an address for a buffer.</summary>
    public long Add(nint buffer)
    {
        lock (_changing)
        {
            if (!_free.TryPop(out int number))
            {
                if (_count == MaxBuffers)
                    throw new InvalidOperationException($"An OpenCL accelerator has at most {MaxBuffers} buffers at a time; dispose some.");
                number = _count++;
            }
            if (number == _buffers.Length)
                Array.Resize(ref _buffers, _buffers.Length * 2);
            _buffers[number] = buffer;
            return First + ((long)number << OffsetBits);
        }
    }

    /// <summary>Forgets a buffer.</summary>
    public void Remove(long address)
    {
        lock (_changing)
        {
            int number = NumberOf(address);
            _buffers[number] = 0;
            _free.Push(number);
        }
    }

    /// <summary>Gets the buffer that an address lies in, and how far; no buffer for null.</summary>
    public (nint Buffer, long Offset) Find(long address) => address == 0 ? (0, 0) : (Volatile.Read(ref _buffers)[NumberOf(address)], address & ((1L << OffsetBits) - 1));

    private static int NumberOf(long address) => (int)((address - First) >> OffsetBits);
}
