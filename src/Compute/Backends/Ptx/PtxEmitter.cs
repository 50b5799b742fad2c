using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>Prints one kernel. This part walks the blocks; the others print operations.</summary>
internal sealed partial class PtxEmitter(IrKernel kernel, PtxTarget target, PtxOptions options, LineMap? lines)
{
    private readonly PtxRegisters _registers = new();
    private readonly Dictionary<IrValue, string> _of = [];
    private readonly HashSet<IrValue> _needed = [];
    private readonly StringBuilder _body = new();
    private readonly PtxModule _module = new(kernel, target, options);
    private List<IrBlock> _order = [];
    private PtxVectors _vectors = null!;
    private int _labels;
    private SourceLocation? _location;

    private bool IsFast => options.MathMode != ILGPU.MathMode.Default;

    public PtxKernel Run()
    {
        _order = new LoopForest(kernel).Order;
        FindNeeded();
        _vectors = PtxVectors.Find(_order, _needed, Base, IsGeneric);
        foreach (IrBlock block in _order)
            foreach (IrValue phi in block.Phis)
                _of[phi] = _registers.New(phi);
        for (int i = 0; i < _order.Count; i++)
        {
            IrBlock block = _order[i];
            lines?.Mark(_body.Length);
            if (i > 0)
                _body.Append(Label(block)).Append(":\n");
            else if (kernel.Kind == KernelKind.Implicit)
            {
                lines?.Mark(_body.Length, kernel.Opening);
                EmitRangeCheck();
            }
            foreach (IrValue value in block.Values)
            {
                if (!value.HasSideEffect && !_needed.Contains(value))
                    continue;
                lines?.Mark(_body.Length, kernel.LinesOf(value));
                NoteLocation(value.Location);
                EmitValue(value);
            }
            lines?.Mark(_body.Length, kernel.LineOfExit(block));
            NoteLocation(block.ExitLocation);
            EmitExit(block, i + 1 < _order.Count ? _order[i + 1] : null);
        }
        lines?.Mark(_body.Length);
        PtxKernel finished = _module.Finish(_registers, _body);
        lines?.Finish(finished.Text, finished.Text.Length - PtxModule.End.Length - _body.Length);
        return finished;
    }

    private static string Label(IrBlock block) => string.Create(CultureInfo.InvariantCulture, $"B{block.Id}");

    private string NewLabel() => string.Create(CultureInfo.InvariantCulture, $"L{_labels++}");

    // Threads behind the end of the index space do nothing.
    private void EmitRangeCheck()
    {
        for (int i = 0; i < kernel.IndexRank; i++)
        {
            char axis = "xyz"[i];
            string grid = New(RegisterClass.Int), size = New(RegisterClass.Int), group = New(RegisterClass.Int);
            string index = New(RegisterClass.Long), wide = New(RegisterClass.Long), extent = New(RegisterClass.Long), outside = New(RegisterClass.Predicate);
            Line("mov.u32", grid, $"%ctaid.{axis}");
            Line("mov.u32", size, $"%ntid.{axis}");
            Line("mov.u32", group, $"%tid.{axis}");
            Line("mul.wide.u32", index, grid, size);
            Line("cvt.u64.u32", wide, group);
            Line("add.s64", index, index, wide);
            Line("ld.param.u64", extent, $"[{PtxModule.ExtentName(i)}]");
            Line("setp.ge.s64", outside, index, extent);
            _body.Append(CultureInfo.InvariantCulture, $"    @{outside} ret;\n");
        }
    }

    // ---- What must be in a register ---------------------------------------------------------------------------------

    private void FindNeeded()
    {
        var work = new Stack<IrValue>();
        foreach (IrBlock block in _order)
        {
            foreach (IrValue value in block.Values)
                if (value.HasSideEffect)
                    work.Push(value);
            if (block.Condition is not null)
                Need(block.Condition);
        }
        while (work.TryPop(out IrValue? value))
            foreach (IrValue operand in RegisterOperands(value))
                Need(operand);

        void Need(IrValue value)
        {
            if (value.Op != IrOp.Constant && _needed.Add(value))
                work.Push(value);
        }
    }

    /// <summary>What an operation reads from registers, once addresses and extensions are parts of instructions.</summary>
    private IEnumerable<IrValue> RegisterOperands(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange:
                return Base(value.Operands[0]).Pointer is { } pointer ? [pointer, .. value.Operands.Skip(1)] : value.Operands.Skip(1);
            case IrOp.Address when value.Operands.Count == 2:
                IrValue index = Narrowed(value.Operands[1], out _);
                return Symbol(value.Operands[0]) is null ? [value.Operands[0], index] : [index];
            case IrOp.Address or IrOp.AlignedPointer when Symbol(value) is not null:
                return [];
            case IrOp.Mul when WideProduct(value) is { } wide:
                return [wide.Left, wide.Right];
            case IrOp.DotPairs:
                return DotOperands(value);
            case IrOp.InlinePtxResult:
                return [];
            default:
                return value.Operands;
        }
    }

    // ---- Control flow -------------------------------------------------------------------------------------------------

    private void EmitExit(IrBlock block, IrBlock? next)
    {
        switch (block.Terminator)
        {
            case TerminatorKind.Return:
                _body.Append("    ret;\n");
                break;
            case TerminatorKind.Jump:
                EmitCopies(block, block.Target!);
                JumpTo(block.Target!, next);
                break;
            default:
                EmitBranch(block, next);
                break;
        }
    }

    private void EmitBranch(IrBlock block, IrBlock? next)
    {
        (IrBlock then, IrBlock otherwise) = (block.Target!, block.ElseTarget!);
        string condition = Operand(block.Condition!), negation = "";
        // The target that follows falls through, so that the branch goes to the other one.
        if (then == next || (HasCopies(block, then) && !HasCopies(block, otherwise) && otherwise != next))
            (then, otherwise, negation) = (otherwise, then, "!");
        string goal = HasCopies(block, then) ? NewLabel() : Label(then);
        _body.Append(CultureInfo.InvariantCulture, $"    @{negation}{condition} bra {goal};\n");
        EmitCopies(block, otherwise);
        if (!HasCopies(block, then))
        {
            JumpTo(otherwise, next);
            return;
        }
        _body.Append(CultureInfo.InvariantCulture, $"    bra {Label(otherwise)};\n{goal}:\n");
        EmitCopies(block, then);
        JumpTo(then, next);
    }

    private void JumpTo(IrBlock block, IrBlock? next)
    {
        if (block != next)
            _body.Append(CultureInfo.InvariantCulture, $"    bra {Label(block)};\n");
    }

    private bool HasCopies(IrBlock from, IrBlock to) => Copies(from, to).Any();

    private IEnumerable<(IrValue Phi, IrValue Source)> Copies(IrBlock from, IrBlock to)
    {
        int edge = to.Predecessors.IndexOf(from);
        return to.Phis.Where(phi => _needed.Contains(phi) && phi.Operands[edge] != phi).Select(phi => (phi, phi.Operands[edge]));
    }

    // All phis of a block change at once: a copy waits until nobody needs what it overwrites, a ring of copies goes through a spare register.
    private void EmitCopies(IrBlock from, IrBlock to)
    {
        var waiting = Copies(from, to).Select(copy => (Phi: copy.Phi, To: _of[copy.Phi], From: Operand(copy.Source))).ToList();
        while (waiting.Count > 0)
        {
            int ready = waiting.FindIndex(copy => !waiting.Exists(other => other != copy && other.From == copy.To));
            if (ready < 0)
            {
                (IrValue phi, string first, _) = waiting[0];
                string spare = _registers.New(phi);
                Move(phi, spare, first);
                for (int i = 0; i < waiting.Count; i++)
                    if (waiting[i].From == first)
                        waiting[i] = waiting[i] with { From = spare };
                continue;
            }
            Move(waiting[ready].Phi, waiting[ready].To, waiting[ready].From);
            waiting.RemoveAt(ready);
        }
    }

    private void Move(IrValue like, string to, string from) => Line(PtxRegisters.ClassOf(like) switch
    {
        RegisterClass.Predicate => "mov.pred",
        RegisterClass.Int => "mov.b32",
        RegisterClass.Long => "mov.b64",
        RegisterClass.Float => "mov.f32",
        _ => "mov.f64",
    }, to, from);

    // ---- Text ---------------------------------------------------------------------------------------------------------

    private void NoteLocation(SourceLocation? location)
    {
        if (!options.SourceLines || location is null || location == _location)
            return;
        _location = location;
        _body.Append("    // ").Append(location).Append('\n');
    }

    private string New(RegisterClass kind) => _registers.New(kind);

    private string Result(IrValue value) => _of[value] = _registers.New(value);

    private void Line(string operation, params ReadOnlySpan<string> operands)
    {
        _body.Append("    ").Append(operation);
        for (int i = 0; i < operands.Length; i++)
            _body.Append(i == 0 ? " " : ", ").Append(operands[i]);
        _body.Append(";\n");
    }

    /// <summary>A register, or a constant where instructions take one.</summary>
    private string Operand(IrValue value)
    {
        if (value.Op != IrOp.Constant)
            return _of[value];
        if (value.Type != IrType.Bool)
            return Literal(value.Type, value.Immediate);
        string truth = New(RegisterClass.Predicate);
        Line(value.Immediate != 0 ? "setp.eq.s32" : "setp.ne.s32", truth, "0", "0");
        return truth;
    }

    /// <summary>A register in any case.</summary>
    private string Register(IrValue value)
    {
        string operand = Operand(value);
        if (value.Op != IrOp.Constant || value.Type == IrType.Bool)
            return operand;
        string register = _registers.New(value);
        Move(value, register, operand);
        return register;
    }

    internal static string Literal(IrType type, long bits) => type switch
    {
        IrType.F32 => string.Create(CultureInfo.InvariantCulture, $"0f{(uint)bits:X8}"),
        IrType.F64 => string.Create(CultureInfo.InvariantCulture, $"0d{(ulong)bits:X16}"),
        IrType.I64 or IrType.Ptr when bits is > int.MaxValue or < int.MinValue => string.Create(CultureInfo.InvariantCulture, $"0x{(ulong)bits:X}"),
        IrType.I32 => ((int)bits).ToString(CultureInfo.InvariantCulture),
        _ => bits.ToString(CultureInfo.InvariantCulture),
    };
}
