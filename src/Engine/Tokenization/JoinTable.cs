namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Says where text may be cut before merging without changing the result.</summary>
/// <remarks>
/// If no piece that merging can produce has unit a directly followed by unit b, then no symbol ever spans a place where
/// the text has a then b; merges on either side never see each other and can be done separately. A wrong "may join" only
/// costs time, so the table of other than ASCII pairs is a bitmap indexed by a hash.
/// </remarks>
internal sealed class JoinTable
{
    private const int HashedBits = 20;      // 1 Mbit: Gemma's 27,572 pairs give 3% false positives

    private readonly ulong[] _ascii = new ulong[128 * 2];
    private readonly ulong[] _hashed = new ulong[(1 << HashedBits) / 64];

    public void Add(string piece)
    {
        for (int i = 1; i < piece.Length; i++)
        {
            int row = Class(piece[i - 1]), column = Class(piece[i]);
            if ((row | column) < 128)
                _ascii[row * 2 + (column >> 6)] |= 1UL << (column & 63);
            else
                _hashed[Hash(piece[i - 1], piece[i]) >> 6] |= 1UL << (Hash(piece[i - 1], piece[i]) & 63);
        }
    }

    /// <summary>Whether a merge may span the place between these two neighbouring units.</summary>
    public bool MayJoin(char left, char right)
    {
        int row = Class(left), column = Class(right);
        if ((row | column) < 128)
            return (_ascii[row * 2 + (column >> 6)] >> (column & 63) & 1) != 0;
        int hash = Hash(left, right);
        return (_hashed[hash >> 6] >> (hash & 63) & 1) != 0 || char.IsHighSurrogate(left);    // never cut inside a character
    }

    // The space symbol sits in the row of the space, which normalised text does not contain.
    private static int Class(char unit) => unit == Normalizer.SpaceSymbol ? ' ' : unit;

    private static int Hash(char left, char right) => (int)(((uint)left << 16 | right) * 0x9E37_79B1u >> (32 - HashedBits));
}
