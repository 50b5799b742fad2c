namespace ILGPU.Algorithms.Sequencers;

/// <summary>Says what stands at a place of a sequence.</summary>
public interface ISequencer<T>
    where T : struct
{
    /// <summary>The element at a place.</summary>
    T ComputeSequenceElement(LongIndex1D sequenceIndex);
}

/// <summary>0, 1, 2 and so on as <see cref="sbyte"/>.</summary>
public readonly struct Int8Sequencer : ISequencer<sbyte>
{
    /// <inheritdoc/>
    public sbyte ComputeSequenceElement(LongIndex1D sequenceIndex) => (sbyte)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="short"/>.</summary>
public readonly struct Int16Sequencer : ISequencer<short>
{
    /// <inheritdoc/>
    public short ComputeSequenceElement(LongIndex1D sequenceIndex) => (short)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="int"/>.</summary>
public readonly struct Int32Sequencer : ISequencer<int>
{
    /// <inheritdoc/>
    public int ComputeSequenceElement(LongIndex1D sequenceIndex) => (int)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="long"/>.</summary>
public readonly struct Int64Sequencer : ISequencer<long>
{
    /// <inheritdoc/>
    public long ComputeSequenceElement(LongIndex1D sequenceIndex) => sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="byte"/>.</summary>
public readonly struct UInt8Sequencer : ISequencer<byte>
{
    /// <inheritdoc/>
    public byte ComputeSequenceElement(LongIndex1D sequenceIndex) => (byte)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="ushort"/>.</summary>
public readonly struct UInt16Sequencer : ISequencer<ushort>
{
    /// <inheritdoc/>
    public ushort ComputeSequenceElement(LongIndex1D sequenceIndex) => (ushort)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="uint"/>.</summary>
public readonly struct UInt32Sequencer : ISequencer<uint>
{
    /// <inheritdoc/>
    public uint ComputeSequenceElement(LongIndex1D sequenceIndex) => (uint)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="ulong"/>.</summary>
public readonly struct UInt64Sequencer : ISequencer<ulong>
{
    /// <inheritdoc/>
    public ulong ComputeSequenceElement(LongIndex1D sequenceIndex) => (ulong)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="Half"/>.</summary>
public readonly struct HalfSequencer : ISequencer<Half>
{
    /// <inheritdoc/>
    public Half ComputeSequenceElement(LongIndex1D sequenceIndex) => (Half)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="float"/>.</summary>
public readonly struct FloatSequencer : ISequencer<float>
{
    /// <inheritdoc/>
    public float ComputeSequenceElement(LongIndex1D sequenceIndex) => (float)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="double"/>.</summary>
public readonly struct DoubleSequencer : ISequencer<double>
{
    /// <inheritdoc/>
    public double ComputeSequenceElement(LongIndex1D sequenceIndex) => (double)sequenceIndex.X;
}

/// <summary>0, 1, 2 and so on as <see cref="Index1D"/>.</summary>
public readonly struct IndexSequencer : ISequencer<Index1D>
{
    /// <inheritdoc/>
    public Index1D ComputeSequenceElement(LongIndex1D sequenceIndex) => new((int)sequenceIndex.X);
}
