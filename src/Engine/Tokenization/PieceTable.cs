using System.Numerics;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Finds the id of a piece from its text, or from a hash that the caller kept while it scanned.</summary>
/// <remarks>
/// The hash of a text is Σ (unit + 1) · Mⁿ⁻¹⁻ⁱ mod 2⁶⁴, so that the hash of any substring follows from two prefix
/// hashes: see <see cref="Append"/>. M is drawn per process, so that no file can be made to collide; every hit is
/// compared with the text, so results never depend on M.
/// </remarks>
internal sealed class PieceTable
{
    /// <summary>M: odd, and random so that nobody can prepare collisions.</summary>
    public static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() << 3 | 5;

    private readonly List<string> _pieces;
    private readonly int[] _slots;      // id + 1, 0 = free; open addressing with linear probing
    private readonly ulong[] _hashes;   // per slot
    private readonly int _shift;

    /// <param name="pieces">Texts by id; a text that occurs twice is refused.</param>
    /// <param name="source">File name for the complaint.</param>
    public PieceTable(List<string> pieces, string source)
    {
        _pieces = pieces;
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)pieces.Count * 2 + 2);
        _shift = 64 - BitOperations.Log2((uint)size);
        _slots = new int[size];
        _hashes = new ulong[size];
        for (int id = 0; id < pieces.Count; id++)
        {
            ulong hash = Hash(pieces[id]);
            int slot = FindSlot(hash, pieces[id]);
            if (_slots[slot] != 0)
                throw new ModelFileException($"{source} cannot be used as a tokenizer: pieces {_slots[slot] - 1} and {id} are the same text.");
            _slots[slot] = id + 1;
            _hashes[slot] = hash;
            MaxLength = Math.Max(MaxLength, pieces[id].Length);
        }
    }

    /// <summary>Length of the longest piece in UTF-16 units.</summary>
    public int MaxLength { get; }

    public static ulong Append(ulong hash, char unit) => hash * Multiplier + unit + 1;

    public static ulong Hash(ReadOnlySpan<char> text)
    {
        ulong hash = 0;
        foreach (char unit in text)
            hash = Append(hash, unit);
        return hash;
    }

    /// <summary>Id of the piece with this text, or -1.</summary>
    public int Find(ReadOnlySpan<char> text) => Find(Hash(text), text);

    /// <summary>Id of the piece with this text, whose hash is known, or -1.</summary>
    public int Find(ulong hash, ReadOnlySpan<char> text) => _slots[FindSlot(hash, text)] - 1;

    private int FindSlot(ulong hash, ReadOnlySpan<char> text)
    {
        int mask = _slots.Length - 1;
        int slot = (int)((hash ^ hash >> 32) * 0x9E37_79B9_7F4A_7C15 >> _shift);    // Fibonacci hashing spreads the low bits
        while (_slots[slot] != 0 && !(_hashes[slot] == hash && text.SequenceEqual(_pieces[_slots[slot] - 1])))
            slot = (slot + 1) & mask;
        return slot;
    }
}
