using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Which of a kernel's compiled forms to make.</summary>
/// <param name="AlignedRows">Each warp lies in one row of its group, so that GroupIndex.X is scalar + lane.</param>
/// <param name="AllLanes">Every lane of the warp takes part; if not, everything runs under a mask.</param>
/// <param name="SeveralWarps">The group has several warps, so that barriers must hand control back.</param>
internal readonly record struct SimdVariant(bool AlignedRows, bool AllLanes, bool SeveralWarps);

/// <summary>Turns a kernel into the code of one warp. Uniform values become scalars, varying values vectors. Blocks behind
/// a divergent branch run one after the other, each under the mask of the lanes that go there; other branches stay
/// branches. At a group barrier the code stores what is live, returns the barrier's number and is called again to go on
/// when all warps of the group are there: the loop over the warps is thereby split at the barriers.</summary>
internal sealed partial class SimdEmitter
{
    private readonly IrKernel _kernel;
    private readonly VectorIsa _isa;
    private readonly SimdVariant _variant;
    private readonly LoopForest _loops;
    private readonly LocalLayout _local;
    private readonly Divergence _shapes;
    private readonly CodeWriter _code;
    private readonly nint[] _constantTables;
    private readonly Dictionary<IrBlock, Label> _labels = [];
    private readonly Dictionary<IrBlock, LocalBuilder> _pending = [];   // lanes that wait to run a masked block
    private readonly Dictionary<IrBlock, IrBlock?> _next = [];          // the masked block (or join) to run after a masked block
    private readonly Dictionary<IrBlock, int> _position = [];
    private readonly Dictionary<IrBlock, List<IrBlock>> _run = [];
    private IrBlock _block = null!;
    private LocalBuilder? _mask;        // lanes active in the current block; null: all of them
    private LocalBuilder? _entryMask;

    public SimdEmitter(IrKernel kernel, VectorIsa isa, SimdVariant variant, nint[] constantTables, CodeWriter code)
    {
        (_kernel, _isa, _variant, _constantTables, _code) = (kernel, isa, variant, constantTables, code);
        _loops = new LoopForest(kernel);
        _local = new LocalLayout(kernel, isa.Lanes);
        _shapes = new Divergence(kernel, _loops, _local, variant.AlignedRows);
    }

    /// <summary>Bytes that one warp needs to keep its values at a barrier.</summary>
    public int SpillBytes { get; private set; }

    public long LocalBytes => _local.TotalBytes;

    public void Emit()
    {
        FindDemand();
        FindWidenings();
        FindLiveness();
        ArrangeMaskedRuns();
        EmitPrologue();
        foreach (IrBlock block in _loops.Order)
            EmitBlock(block);
        _code.From([]);
        EmitResumeTable();
    }

    private void ArrangeMaskedRuns()
    {
        for (int i = 0; i < _loops.Order.Count; i++)
        {
            _position[_loops.Order[i]] = i;
            _labels[_loops.Order[i]] = _code.NewLabel($"b{_loops.Order[i].Id}");
        }
        foreach (IReadOnlySet<IrBlock> run in _shapes.Runs)
        {
            List<IrBlock> ordered = [.. run.OrderBy(block => _position[block])];
            IrBlock? join = ordered.SelectMany(block => block.Successors).FirstOrDefault(block => !run.Contains(block));
            for (int i = 0; i < ordered.Count; i++)
            {
                _pending[ordered[i]] = _code.Local(_isa.Vector(typeof(int)));
                _run[ordered[i]] = ordered;
                _next[ordered[i]] = i + 1 < ordered.Count ? ordered[i + 1] : join;
            }
        }
    }

    private void EmitBlock(IrBlock block)
    {
        _block = block;
        _code.From([]);
        _code.Mark(_labels[block]);
        bool masked = _shapes.Masked.Contains(block);
        Label tail = default;
        if (masked)
        {
            _code.From([block.Values.Find(value => value.Location is not null)?.Location ?? _kernel.LineOfExit(block)]);
            tail = _code.NewLabel($"b{block.Id}_tail");
            _mask = _code.Local(_isa.Vector(typeof(int)));
            _code.Load(_pending[block]);
            _code.Store(_mask);
            PushZero(typeof(int));
            _code.Store(_pending[block]);
            PushAnyActive(_mask);
            _code.Jump(OpCodes.Brfalse, tail);
        }
        else
        {
            _mask = _entryMask;
        }
        foreach (IrValue phi in block.Phis)
        {
            _code.From(_kernel.LinesOf(phi));
            Materialize(phi);
        }
        foreach (IrValue value in block.Values)
            EmitValue(value);
        _code.From([_kernel.LineOfExit(block)]);
        if (masked)
            EmitMaskedExit(block);
        else
            EmitPlainExit(block);
        if (masked)
        {
            _code.Mark(tail);
            EmitTail(block);
        }
    }

    // After a masked block: back to the header of each loop that ends here and has lanes waiting, else on to the next.
    private void EmitTail(IrBlock block)
    {
        for (Loop? loop = _loops.Innermost(block); loop is not null; loop = loop.Parent)
        {
            bool last = loop.Blocks.Max(member => _position[member]) == _position[block];
            if (last && _shapes.Masked.Contains(loop.Header))
            {
                PushAnyActive(_pending[loop.Header]);
                _code.Jump(OpCodes.Brtrue, _labels[loop.Header]);
            }
        }
        if (_next[block] is { } next)
            JumpTo(block, next);
        else
            Return(0);
    }

    private void JumpTo(IrBlock from, IrBlock to)
    {
        if (_position[to] != _position[from] + 1)
            _code.Jump(OpCodes.Br, _labels[to]);
    }

    private void EmitMaskedExit(IrBlock block)
    {
        switch (block.Terminator)
        {
            case TerminatorKind.Jump:
                EmitEdge(block, block.Target!, _mask);
                break;
            case TerminatorKind.Branch when _shapes.IsUniform(block.Condition!):
                Label otherwise = _code.NewLabel($"b{block.Id}_else"), end = _code.NewLabel($"b{block.Id}_end");
                PushScalar(block.Condition!);
                _code.Jump(OpCodes.Brfalse, otherwise);
                EmitEdge(block, block.Target!, _mask);
                _code.Jump(OpCodes.Br, end);
                _code.Mark(otherwise);
                EmitEdge(block, block.ElseTarget!, _mask);
                _code.Mark(end);
                break;
            case TerminatorKind.Branch:
                EmitSplit(block);
                break;
        }
    }

    private void EmitPlainExit(IrBlock block)
    {
        switch (block.Terminator)
        {
            case TerminatorKind.Return:
                Return(0);
                break;
            case TerminatorKind.Jump:
                EmitEdge(block, block.Target!, _mask, whole: true);
                JumpTo(block, block.Target!);
                break;
            case TerminatorKind.Branch when _shapes.IsUniform(block.Condition!):
                Label otherwise = _code.NewLabel($"b{block.Id}_else");
                bool plainElse = !NeedsEdge(block, block.ElseTarget!);
                PushScalar(block.Condition!);
                _code.Jump(OpCodes.Brfalse, plainElse ? _labels[block.ElseTarget!] : otherwise);
                EmitEdge(block, block.Target!, _mask, whole: true);
                if (!plainElse || _position[block.Target!] != _position[block] + 1)
                    _code.Jump(OpCodes.Br, _labels[block.Target!]);
                if (!plainElse)
                {
                    _code.Mark(otherwise);
                    EmitEdge(block, block.ElseTarget!, _mask, whole: true);
                    JumpTo(block, block.ElseTarget!);
                }
                break;
            case TerminatorKind.Branch:
                EmitSplit(block);
                IrBlock first = new[] { block.Target!, block.ElseTarget! }.Where(_shapes.Masked.Contains).MinBy(target => _position[target])!;
                JumpTo(block, first);
                break;
        }
    }

    // Divides the active lanes between the two targets.
    private void EmitSplit(IrBlock block)
    {
        LocalBuilder whenTrue = _code.Local(_isa.Vector(typeof(int))), whenFalse = _code.Local(_isa.Vector(typeof(int)));
        PushVector(block.Condition!, 0);
        if (_mask is not null)
        {
            _code.Load(_mask);
            Vector("BitwiseAnd", typeof(int), 2);
        }
        _code.Store(whenTrue);
        if (_mask is null)
        {
            _code.Load(whenTrue);
            Vector("OnesComplement", typeof(int), 1);
        }
        else
        {
            _code.Load(_mask);
            _code.Load(whenTrue);
            Vector("AndNot", typeof(int), 2);
        }
        _code.Store(whenFalse);
        EmitEdge(block, block.Target!, whenTrue);
        EmitEdge(block, block.ElseTarget!, whenFalse);
    }

    private bool NeedsEdge(IrBlock from, IrBlock to) => _shapes.Masked.Contains(to)
        || to.Phis.Exists(phi => IsDemanded(phi) && phi.Operands[to.Predecessors.IndexOf(from)] != phi);

    // Moves values into the target's phis, for the given lanes only unless all lanes of the warp go there together.
    private void EmitEdge(IrBlock from, IrBlock to, LocalBuilder? lanes, bool whole = false)
    {
        int edge = to.Predecessors.IndexOf(from);
        List<(IrValue Phi, IrValue Source)> moves = [.. to.Phis
            .Where(phi => IsDemanded(phi) && phi.Operands[edge] != phi).Select(phi => (phi, phi.Operands[edge]))];
        bool swap = moves.Exists(move => move.Source.Op == IrOp.Phi && move.Source.Block == to);
        var stores = new Stack<LocalBuilder>();
        foreach ((IrValue phi, IrValue source) in moves)
        {
            if (_needScalar.Contains(phi))
            {
                PushScalar(source);
                stores.Push(ScalarLocal(phi));
            }
            if (HasOwnVector(phi) && _needVector.Contains(phi))
            {
                for (int part = 0; part < Parts(phi.Type); part++)
                {
                    LocalBuilder target = VectorLocal(phi, part);
                    if (!whole && lanes is not null)
                        PushMaskAs(lanes, phi.Type, part);
                    PushVector(source, part);
                    if (!whole && lanes is not null)
                    {
                        _code.Load(target);
                        Vector("ConditionalSelect", Element(phi.Type), 3);
                    }
                    stores.Push(target);
                }
            }
            while (!swap && stores.TryPop(out LocalBuilder? store))
                _code.Store(store);
        }
        while (stores.TryPop(out LocalBuilder? store))
            _code.Store(store);
        if (_shapes.Masked.Contains(to))
        {
            if (lanes is null)
                _code.Call(_isa.Property("AllBitsSet", typeof(int)));
            else
                _code.Load(lanes);
            _code.Load(_pending[to]);
            Vector("BitwiseOr", typeof(int), 2);
            _code.Store(_pending[to]);
        }
    }

    private void Return(int barrier)
    {
        _code.Int(barrier);
        _code.Op(OpCodes.Ret);
    }
}
