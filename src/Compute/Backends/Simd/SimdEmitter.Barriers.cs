using System.Reflection.Emit;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Entry, exit and re-entry: parameters, masks, and what is kept across a group barrier.
internal sealed partial class SimdEmitter
{
    private readonly Dictionary<IrBlock, HashSet<IrValue>> _liveOut = [];
    private readonly Dictionary<(object, int), int> _spillOffsets = [];
    private readonly List<Label> _resumePoints = [];
    private Label _start, _resume;

    private void EmitPrologue()
    {
        _code.From([_kernel.Opening]);
        for (int i = 0; i < _kernel.Parameters.Count; i++)
        {
            foreach (IrValue value in _kernel.Blocks.SelectMany(block => block.Values)
                .Where(value => value.Op == IrOp.Parameter && value.Immediate == i && IsDemanded(value)))
            {
                _code.Comment($"param {_kernel.Parameters[i].Name}");
                _code.Argument(0);
                _code.Int(8 * i);
                _code.Op(OpCodes.Add);
                LoadIndirect(value.Type);
                _code.Store(ScalarLocal(value));
                Materialize(value);
            }
        }
        if (!_variant.AllLanes)
        {
            _entryMask = _code.Local(_isa.Vector(typeof(int)));
            PushState(nameof(WarpState.ActiveLanes), OpCodes.Ldind_I4);
            _code.Call(_isa.Method("Create", typeof(int)));
            PushSequence(typeof(int), 1, 0);
            Vector("GreaterThan", typeof(int), 2);
            _code.Store(_entryMask);
        }
        _resume = _code.NewLabel("resume");
        _start = _code.NewLabel("start");
        if (NeedsResume)
        {
            PushState(nameof(WarpState.Resume), OpCodes.Ldind_I4);
            _code.Jump(OpCodes.Brtrue, _resume);
        }
        _code.Mark(_start);
    }

    private bool NeedsResume => _variant.SeveralWarps && _kernel.Blocks.Exists(block => block.Values.Exists(IsGroupWide));

    private static bool IsGroupWide(IrValue value) => value.Op is IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast;

    // The re-entry points are known only at the end, so the table of them stands there.
    private void EmitResumeTable()
    {
        if (!NeedsResume)
            return;
        _code.Mark(_resume);
        PushState(nameof(WarpState.Resume), OpCodes.Ldind_I4);
        _code.Int(1);
        _code.Op(OpCodes.Sub);
        _code.Switch([.. _resumePoints]);
        Return(0);
    }

    // Keeps everything that is live after the given value, hands control back, and goes on from here when called again.
    private void EmitGroupBarrier(IrValue at, bool withResult)
    {
        if (!_variant.SeveralWarps)
            return;
        List<(LocalBuilder Local, int Offset)> kept = [];
        HashSet<IrValue> live = LiveAfter(at, withResult);
        foreach (IrValue value in live.OrderBy(value => value.Id))
        {
            if (_needScalar.Contains(value))
                kept.Add((ScalarLocal(value), SpillOffset(value, 0, 8)));
            if (_needVector.Contains(value) && HasOwnVector(value))
                for (int part = 0; part < Parts(value.Type); part++)
                    kept.Add((VectorLocal(value, part), SpillOffset(value, 1 + part, _isa.Bits / 8)));
        }
        if (_run.TryGetValue(_block, out List<IrBlock>? run))
        {
            kept.Add((_mask!, SpillOffset(_block, 1, _isa.Bits / 8)));
            foreach (IrBlock member in run)
                kept.Add((_pending[member], SpillOffset(member, 0, _isa.Bits / 8)));
        }
        foreach ((LocalBuilder local, int offset) in kept)
        {
            if (local.LocalType.IsGenericType)
            {
                _code.Load(local);
                PushSpill(offset);
                _code.Call(_isa.Method("Store", local.LocalType, local.LocalType.GetGenericArguments()[0].MakePointerType()));
            }
            else
            {
                PushSpill(offset);
                _code.Load(local);
                StoreIndirect(local.LocalType);
            }
        }
        Label resume = _code.NewLabel($"resume{_resumePoints.Count + 1}");
        _resumePoints.Add(resume);
        Return(_resumePoints.Count);
        _code.Mark(resume);
        foreach ((LocalBuilder local, int offset) in kept)
        {
            PushSpill(offset);
            if (local.LocalType.IsGenericType)
                _code.Call(_isa.Method("Load", local.LocalType.GetGenericArguments()[0].MakePointerType()));
            else
                LoadIndirect(local.LocalType);
            _code.Store(local);
        }
        foreach (IrValue value in live)
            if (!IsLeaf(value))
                Materialize(value);
    }

    private void PushSpill(int offset)
    {
        PushState(nameof(WarpState.Spill), OpCodes.Ldind_I);
        _code.Int(offset);
        _code.Op(OpCodes.Add);
    }

    private int SpillOffset(object key, int form, int size)
    {
        ref int offset = ref CollectionsMarshal.GetValueRefOrAddDefault(_spillOffsets, (key, form), out bool known);
        if (!known)
        {
            offset = SpillBytes;
            SpillBytes += (size + 7) / 8 * 8;
        }
        return offset;
    }

    private void FindLiveness()
    {
        if (!NeedsResume)
            return;
        var liveIn = new Dictionary<IrBlock, HashSet<IrValue>>();
        foreach (IrBlock block in _loops.Order)
            (_liveOut[block], liveIn[block]) = ([], []);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (IrBlock block in Enumerable.Reverse(_loops.Order))
            {
                HashSet<IrValue> live = _liveOut[block];
                int before = live.Count;
                foreach (IrBlock successor in block.Successors)
                {
                    live.UnionWith(liveIn[successor].Where(value => value.Op != IrOp.Phi || value.Block != successor));
                    foreach (IrValue phi in successor.Phis)
                        live.Add(phi.Operands[successor.Predecessors.IndexOf(block)]);
                }
                HashSet<IrValue> incoming = Backward(block, live, stop: null);
                if (live.Count != before || incoming.Count != liveIn[block].Count)
                {
                    liveIn[block] = incoming;
                    changed = true;
                }
            }
        }
    }

    private HashSet<IrValue> LiveAfter(IrValue at, bool withResult)
    {
        HashSet<IrValue> live = Backward(at.Block, _liveOut[at.Block], at);
        if (_run.TryGetValue(_block, out List<IrBlock>? run))
        {
            // Masked blocks run one after the other whatever the graph says, so everything in the run counts as live,
            // and so do the phis where its lanes come together again.
            IEnumerable<IrValue> joins = _next[run[^1]]?.Phis ?? Enumerable.Empty<IrValue>();
            foreach (IrValue value in run.SelectMany(block => block.Phis.Concat(block.Values)).Concat(joins))
                if (value.Type != IrType.Void && IsDemanded(value))
                    live.Add(value);
            foreach (IrBlock block in run)
                live.UnionWith(_liveOut[block]);
        }
        if (!withResult)
            live.Remove(at);
        live.RemoveWhere(value => IsLeaf(value) || !IsDemanded(value));
        return live;
    }

    // Values live before the block's values or, with a stop, just after that value.
    private HashSet<IrValue> Backward(IrBlock block, HashSet<IrValue> liveOut, IrValue? stop)
    {
        var live = new HashSet<IrValue>(liveOut);
        if (block.Condition is not null)
            live.Add(block.Condition);
        for (int i = block.Values.Count - 1; i >= 0; i--)
        {
            IrValue value = block.Values[i];
            if (value == stop)
                return live;
            live.Remove(value);
            foreach (IrValue operand in value.Operands)
            {
                live.Add(operand);
                // An indexed pointer is used through its base and index.
                if (operand.Op == IrOp.Address && IndexedPointer(operand) is { } indexed)
                {
                    live.Add(indexed.Base);
                    live.Add(indexed.Index);
                }
            }
        }
        return live;
    }

    private void PushState(string field, OpCode load, int index = 0)
    {
        _code.Argument(1);
        _code.Int((int)Marshal.OffsetOf<WarpState>(field) + index);
        _code.Op(OpCodes.Add);
        _code.Op(load);
    }

    private void LoadIndirect(IrType type) => _code.Op(type switch
    {
        IrType.F32 => OpCodes.Ldind_R4,
        IrType.F64 => OpCodes.Ldind_R8,
        IrType.I64 => OpCodes.Ldind_I8,
        IrType.Ptr => OpCodes.Ldind_I,
        _ => OpCodes.Ldind_I4,
    });

    private void LoadIndirect(Type type) => _code.Op(type == typeof(float) ? OpCodes.Ldind_R4 : type == typeof(double) ? OpCodes.Ldind_R8
        : type == typeof(long) ? OpCodes.Ldind_I8 : type == typeof(nint) ? OpCodes.Ldind_I : OpCodes.Ldind_I4);

    private void StoreIndirect(Type type) => _code.Op(type == typeof(float) ? OpCodes.Stind_R4 : type == typeof(double) ? OpCodes.Stind_R8
        : type == typeof(long) ? OpCodes.Stind_I8 : type == typeof(nint) ? OpCodes.Stind_I : OpCodes.Stind_I4);
}
