using System.Numerics;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Finds the id of a piece from its text, or from a hash that the caller kept while it scanned.</summary>
/// <remarks>
/// The hash of a text is Σ (unit + 1) · Mⁿ⁻¹⁻ⁱ mod 2⁶⁴, so that the hash of any substring follows from two prefix
/// hashes: see <see cref="Append"/>. M is drawn per process, so that no file can be made to collide; every hit is
/// compared with the text, so results never depend on M. Texts lie one after another in a single array: a look-up
/// touches two cache lines.
/// </remarks>
internal sealed class PieceTable
{
    /// <summary>M: odd, and random so that nobody can prepare collisions.</summary>
    public static readonly ulong Multiplier = (ulong)Random.Shared.NextInt64() << 3 | 5;

    private readonly char[] _text;
    private readonly Slot[] _slots;     // open addressing with linear probing, at most half full
    private readonly int _shift;

    private struct Slot
    {
        public ulong Hash;
        public int Start;       // in _text
        public short Length;    // 0: free
        public PieceType Type;
        public int Id;
    }

    /// <param name="pieces">Texts by id; a text that occurs twice is refused.</param>
    /// <param name="types">Types by id.</param>
    /// <param name="source">File name for the complaint.</param>
    public PieceTable(List<string> pieces, List<PieceType> types, string source)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)pieces.Count * 2 + 2);
        _shift = 64 - BitOperations.Log2((uint)size);
        _slots = new Slot[size];
        _text = new char[pieces.Sum(piece => (long)piece.Length)];
        int end = 0;
        for (int id = 0; id < pieces.Count; id++)
        {
            string piece = pieces[id];
            ulong hash = Hash(piece);
            ref var slot = ref _slots[FindSlot(hash, piece)];
            if (slot.Length != 0)
                throw new ModelFileException($"{source} cannot be used as a tokenizer: pieces {slot.Id} and {id} are the same text.");
            slot = new Slot { Hash = hash, Start = end, Length = (short)piece.Length, Type = types[id], Id = id };
            piece.CopyTo(_text.AsSpan(end));
            end += piece.Length;
        }
    }

    public static ulong Append(ulong hash, char unit) => hash * Multiplier + unit + 1;

    public static ulong Hash(ReadOnlySpan<char> text)
    {
        ulong hash = 0;
        foreach (char unit in text)
            hash = Append(hash, unit);
        return hash;
    }

    /// <summary>Id of the piece with this text, or -1.</summary>
    public int Find(ReadOnlySpan<char> text) => Find(Hash(text), text, out _);

    /// <summary>Id and type of the piece with this text, whose hash is known; -1 if there is none.</summary>
    public int Find(ulong hash, ReadOnlySpan<char> text, out PieceType type)
    {
        ref var slot = ref _slots[FindSlot(hash, text)];
        type = slot.Type;
        return slot.Length == 0 ? -1 : slot.Id;
    }

    private int FindSlot(ulong hash, ReadOnlySpan<char> text)
    {
        int mask = _slots.Length - 1;
        int index = (int)((hash ^ hash >> 32) * 0x9E37_79B9_7F4A_7C15 >> _shift);    // Fibonacci hashing spreads the low bits
        for (;; index = (index + 1) & mask)
        {
            ref var slot = ref _slots[index];
            if (slot.Length == 0 || (slot.Hash == hash && text.SequenceEqual(_text.AsSpan(slot.Start, slot.Length))))
                return index;
        }
    }
}
