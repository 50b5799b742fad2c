using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>One bit for each byte of a memory: whether somebody wrote it. Several threads may set bits.</summary>
internal sealed unsafe class ByteMap(long length) : IDisposable
{
    // Zeroed by the operating system page by page on first use.
    private ulong* _bits = (ulong*)NativeMemory.AllocZeroed((nuint)(length / 64 + 2), 8);

    private long _prefix;       // all bytes before are written

    ~ByteMap() => Dispose();

    /// <summary>Gets the bits, 64 bytes to a word.</summary>
    public ulong* Bits => _bits;

    /// <summary>Marks bytes as written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(long first, long count)
    {
        long last = first + count;
        while (first < last)
        {
            int shift = (int)(first & 63);
            long bits = Math.Min(64 - shift, last - first);
            ulong* word = _bits + (first >> 6);
            ulong wanted = (bits == 64 ? ulong.MaxValue : (1UL << (int)bits) - 1) << shift;
            // Mostly the bits are there already, or the word is the caller's alone.
            if (wanted == ulong.MaxValue)
                *word = wanted;
            else if ((*word & wanted) != wanted)
                Interlocked.Or(ref *word, wanted);
            first += bits;
        }
    }

    /// <summary>Gets whether a few bytes at a multiple of their number are written.</summary>
    public bool IsSet(long first, int count)
    {
        ulong wanted = ((1UL << count) - 1) << (int)(first & 63);
        return (_bits[first >> 6] & wanted) == wanted;
    }

    /// <summary>Finds the first byte of a range that is not written; -1 if all are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long FirstClear(long first, long count)
    {
        long last = first + count;
        while (first < last)
        {
            int shift = (int)(first & 63);
            long bits = Math.Min(64 - shift, last - first);
            ulong wanted = (bits == 64 ? ulong.MaxValue : (1UL << (int)bits) - 1) << shift;
            ulong missing = wanted & ~_bits[first >> 6];
            if (missing != 0)
                return (first & ~63) + BitOperations.TrailingZeroCount(missing);
            first += bits;
        }
        return -1;
    }

    /// <summary>Gets whether a range is written, as far as that shows from the beginning on: bytes are looked at once.</summary>
    public bool IsFull(long first, long count)
    {
        if (first + count > _prefix)
        {
            long clear = FirstClear(_prefix, first + count - _prefix);
            _prefix = clear >= 0 ? clear : first + count;
        }
        return first + count <= _prefix;
    }

    /// <summary>Marks as many bytes as another map has, as written or not as there.</summary>
    /// <param name="source">The other map.</param>
    /// <param name="from">Where they begin there.</param>
    /// <param name="to">Where they begin here.</param>
    /// <param name="count">How many there are.</param>
    public void Copy(ByteMap source, long from, long to, long count)
    {
        for (long done = 0; done < count;)
        {
            bool isWritten = source.IsSet(from + done, 1);
            long other = isWritten ? source.FirstClear(from + done, count - done) : source.FirstSet(from + done, count - done);
            long end = other < 0 ? count : other - from;
            if (isWritten)
                Set(to + done, end - done);
            else
                Unset(to + done, end - done);
            done = end;
        }
    }

    private long FirstSet(long first, long count)
    {
        for (long at = first; at < first + count;)
        {
            ulong found = _bits[at >> 6] >> (int)(at & 63);
            if (found != 0)
                return at + BitOperations.TrailingZeroCount(found) is var set && set < first + count ? set : -1;
            at = (at & ~63) + 64;
        }
        return -1;
    }

    private void Unset(long first, long count)
    {
        _prefix = Math.Min(_prefix, first);
        for (long at = first; at < first + count;)
        {
            int shift = (int)(at & 63);
            long bits = Math.Min(64 - shift, first + count - at);
            _bits[at >> 6] &= ~((bits == 64 ? ulong.MaxValue : (1UL << (int)bits) - 1) << shift);
            at += bits;
        }
    }

    /// <summary>Copies the bits of bytes from a multiple of 64 on.</summary>
    public void Save(long first, Span<ulong> bits) => new ReadOnlySpan<ulong>(_bits + (first >> 6), bits.Length).CopyTo(bits);

    /// <summary>Puts bits back that were copied.</summary>
    public void Restore(long first, ReadOnlySpan<ulong> bits) => bits.CopyTo(new Span<ulong>(_bits + (first >> 6), bits.Length));

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _prefix = 0;
        NativeMemory.Clear(_bits, (nuint)(length / 64 + 2) * 8);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_bits);
        _bits = null;
        GC.SuppressFinalize(this);
    }
}
