using ILGPU.Algorithms.Sequencers;
using ILGPU.Runtime;

namespace ILGPU.Algorithms;

/// <summary>Sorts keys.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">The keys.</param>
/// <param name="temp">Room as <see cref="RadixSortExtensions.ComputeRadixSortTempStorageSize"/> says.</param>
public delegate void RadixSort<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view, ArrayView<int> temp)
    where T : unmanaged
    where TStride : struct, IStride1D;

/// <summary>Sorts keys, and values with them.</summary>
/// <param name="stream">The stream.</param>
/// <param name="keys">The keys.</param>
/// <param name="values">The values.</param>
/// <param name="temp">Room as <see cref="RadixSortExtensions.ComputeRadixSortPairsTempStorageSize"/> says.</param>
public delegate void RadixSortPairs<TKey, TKeyStride, TValue, TValueStride>(
    AcceleratorStream stream,
    ArrayView1D<TKey, TKeyStride> keys,
    ArrayView1D<TValue, TValueStride> values,
    ArrayView<int> temp)
    where TKey : unmanaged
    where TKeyStride : struct, IStride1D
    where TValue : unmanaged
    where TValueStride : struct, IStride1D;

/// <summary>Sorts keys, and a sequence with them.</summary>
/// <param name="stream">The stream.</param>
/// <param name="keys">The keys.</param>
/// <param name="outputValues">Gets the elements of the sequence in the order of their keys.</param>
/// <param name="sequencer">The sequence.</param>
/// <param name="temp">Room as <see cref="RadixSortExtensions.ComputeRadixSortPairsTempStorageSize"/> says.</param>
public delegate void RadixSortPairs<TKey, TKeyStride, TValue, TValueStride, TSequencer>(
    AcceleratorStream stream,
    ArrayView1D<TKey, TKeyStride> keys,
    ArrayView1D<TValue, TValueStride> outputValues,
    TSequencer sequencer,
    ArrayView<int> temp)
    where TKey : unmanaged
    where TKeyStride : struct, IStride1D
    where TValue : unmanaged
    where TValueStride : struct, IStride1D
    where TSequencer : struct, ISequencer<TValue>;

/// <summary>Sorts keys in room that a <see cref="RadixSortProvider"/> has.</summary>
/// <param name="stream">The stream.</param>
/// <param name="view">The keys.</param>
public delegate void BufferedRadixSort<T, TStride>(AcceleratorStream stream, ArrayView1D<T, TStride> view)
    where T : unmanaged
    where TStride : struct, IStride1D;

/// <summary>Sorts keys, and values with them, in room that a <see cref="RadixSortProvider"/> has.</summary>
/// <param name="stream">The stream.</param>
/// <param name="keys">The keys.</param>
/// <param name="values">The values.</param>
public delegate void BufferedRadixSortPairs<TKey, TKeyStride, TValue, TValueStride>(
    AcceleratorStream stream,
    ArrayView1D<TKey, TKeyStride> keys,
    ArrayView1D<TValue, TValueStride> values)
    where TKey : unmanaged
    where TKeyStride : struct, IStride1D
    where TValue : unmanaged
    where TValueStride : struct, IStride1D;
