using System.Text;

namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>Grows the list of ids of one encoding; knows what to do with text that has no piece.</summary>
internal sealed class IdBuffer(SentencePieceModel model)
{
    private int[] _ids = new int[256];
    private int _mergeableFrom;     // unknowns before this index are not joined with later ones

    public int Count { get; private set; }

    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    public void Clear() => Count = _mergeableFrom = 0;

    /// <summary>An unknown that follows must not be joined with one before this point.</summary>
    public void Separate() => _mergeableFrom = Count;

    public void Append(int id)
    {
        if (Count == _ids.Length)
            Array.Resize(ref _ids, Count * 2);
        _ids[Count++] = id;
    }

    public void Append(ReadOnlySpan<int> ids)
    {
        if (Count + ids.Length > _ids.Length)
            Array.Resize(ref _ids, Math.Max(_ids.Length * 2, Count + ids.Length));
        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Appends the bytes of a character without a piece, or one unknown id for a whole run of such.</summary>
    public void AppendUnknown(ReadOnlySpan<char> text)
    {
        if (!model.ByteFallback)
        {
            if (Count == _mergeableFrom || _ids[Count - 1] != model.UnkId)
                Append(model.UnkId);
            return;
        }
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (byte value in utf8[..rune.EncodeToUtf8(utf8)])
                Append(model.ByteIds[value]);
        }
    }

    /// <summary>Gives back the memory of an unusually long text.</summary>
    public void Trim()
    {
        if (_ids.Length > 1 << 16)
            _ids = new int[256];
    }
}
