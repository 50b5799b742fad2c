namespace GemmaIlgpu.Engine.Tokenization;

/// <summary>A binary heap of merges, soonest first.</summary>
internal sealed class MergeHeap
{
    private MergeKey[] _keys = new MergeKey[64];

    public int Count { get; private set; }

    public void Push(MergeKey key)
    {
        if (Count == _keys.Length)
            Array.Resize(ref _keys, Count * 2);
        int i = Count++;
        for (int parent; i > 0 && key.IsBefore(_keys[parent = (i - 1) / 2]); i = parent)
            _keys[i] = _keys[parent];
        _keys[i] = key;
    }

    public MergeKey Pop()
    {
        var keys = _keys.AsSpan(0, Count--);
        var first = keys[0];
        var last = keys[^1];
        keys = keys[..^1];
        if (keys.IsEmpty)
            return first;
        int i = 0;
        for (int child; (child = 2 * i + 1) < keys.Length; i = child)
        {
            if (child + 1 < keys.Length && keys[child + 1].IsBefore(keys[child]))
                child++;
            if (!keys[child].IsBefore(last))
                break;
            keys[i] = keys[child];
        }
        keys[i] = last;
        return first;
    }

    /// <summary>Gives back the memory of an unusually long text.</summary>
    public void Trim(int capacity)
    {
        if (_keys.Length > capacity)
            _keys = new MergeKey[64];
    }
}
