using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Where each lane's copy of a local allocation lies. If every access has one size, the lanes are interleaved
/// (element by element), so that all lanes reading element i read one vector; otherwise each lane has its own run.</summary>
internal sealed class LocalLayout
{
    private readonly int _lanes;
    private readonly Dictionary<IrValue, int> _interleavedAddresses = [];   // address → lanes, if rooted in an interleaved block
    private readonly long[] _laneStride;
    private readonly long[] _offset;

    public LocalLayout(IrKernel kernel, int lanes)
    {
        _lanes = lanes;
        int count = kernel.LocalAllocations.Count;
        (_laneStride, _offset) = (new long[count], new long[count]);
        ILookup<IrValue, IrValue> users = kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values))
            .SelectMany(user => user.Operands.Distinct().Select(operand => (operand, user)))
            .ToLookup(pair => pair.operand, pair => pair.user);
        for (int i = 0; i < count; i++)
        {
            List<IrValue> addresses = [];
            long granule = 0;
            IrValue[] bases = [.. kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.LocalBase && value.Immediate == i)];
            bool interleave = bases.All(root => Regular(root, users, addresses, ref granule));
            long size = kernel.LocalAllocations[i].SizeInBytes;
            _laneStride[i] = interleave && granule > 0 ? granule : (size + 15) / 16 * 16;
            if (interleave && granule > 0)
                addresses.ForEach(address => _interleavedAddresses[address] = lanes);
            _offset[i] = TotalBytes;
            TotalBytes += ((size + 15) / 16 * 16 * lanes + 63) / 64 * 64;
        }
    }

    /// <summary>Bytes that one warp needs for all its lanes.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Bytes from one lane's first element to the next lane's.</summary>
    public long LaneStride(int allocation) => _laneStride[allocation];

    /// <summary>Start of an allocation in the warp's local memory.</summary>
    public long OffsetOf(int allocation) => _offset[allocation];

    /// <summary>Factor on strides and offsets of an address: the lane count for interleaved memory, else 1.</summary>
    public int Scale(IrValue address) => _interleavedAddresses.TryGetValue(address, out int lanes) ? lanes : 1;

    private static bool Regular(IrValue pointer, ILookup<IrValue, IrValue> users, List<IrValue> addresses, ref long granule)
    {
        foreach (IrValue user in users[pointer])
        {
            switch (user.Op)
            {
                case IrOp.Load or IrOp.Store when user.Operands[0] == pointer && (user.Op == IrOp.Load || user.Operands[1] != pointer):
                    int size = user.Memory.SizeInBytes();
                    if (granule != 0 && granule != size)
                        return false;
                    granule = size;
                    break;
                case IrOp.Address when user.Operands[0] == pointer:
                    addresses.Add(user);
                    if (!Regular(user, users, addresses, ref granule))
                        return false;
                    break;
                default:
                    return false;
            }
        }
        long g = granule;
        return g == 0 || addresses.TrueForAll(address => address.Offset % g == 0 && (address.Operands.Count == 1 || address.Immediate % g == 0));
    }
}
