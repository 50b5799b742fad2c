using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

// Statements: control flow and what has effects.
internal sealed partial class OpenCLEmitter
{
    private const string AllMemory = "CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE";

    private void Write(List<Statement> statements)
    {
        foreach (Statement statement in statements)
            Write(statement);
    }

    private void Write(Statement statement)
    {
        _lines?.Mark(_code.Length, statement is ReturnStatement ? _kernel.Closing : Block(statement) is { } block ? _kernel.LineOfExit(block) : null);
        switch (statement)
        {
            case BlockStatement straight:
                foreach (IrValue value in straight.Block.Values)
                    WriteValue(value);
                break;
            case CopyStatement copy:
                WriteCopies(copy.From, copy.To);
                break;
            case IfStatement choice:
                WriteIf(choice);
                break;
            case LoopStatement loop:
                Line("for (;;)");
                Braced(loop.Body);
                break;
            case ScopeStatement scope:
                Line("do");
                Braced(scope.Body);
                _code.Length -= Environment.NewLine.Length;
                _code.AppendLine(" while (false);");
                break;
            case BreakStatement:
                Line("break;");
                break;
            case ContinueStatement:
                Line("continue;");
                break;
            case ReturnStatement:
                Line("return;");
                break;
            case LeaveStatement leave:
                Line($"destination = {Destination(leave.Destination)};");
                break;
            case ArriveStatement arrive:
                Line($"if (destination == {Destination(arrive.Destination)})");
                Line("{");
                _indent++;
                if (arrive.IsLast)
                    Line("destination = 0;");
                Write(arrive.Step);
                _indent--;
                Line("}");
                break;
        }
    }

    // The block whose exit a statement writes.
    private static IrBlock? Block(Statement statement) => statement switch
    {
        CopyStatement copy => copy.From,
        IfStatement choice => choice.Block,
        _ => null,
    };

    private string Destination(IrBlock block)
    {
        _destinations.TryAdd(block, _destinations.Count + 1);
        return _destinations[block].ToString(CultureInfo.InvariantCulture);
    }

    private void WriteIf(IfStatement choice)
    {
        string condition = Operand(choice.Block.Condition!);
        (List<Statement> then, List<Statement> otherwise) = (choice.Then, choice.Else);
        if (then.Count == 0)
            (condition, then, otherwise) = ("!" + Atom(choice.Block.Condition!), otherwise, then);
        _lines?.Mark(_code.Length, Places(choice.Block.Condition!).Prepend(_kernel.LineOfExit(choice.Block)));
        Line($"if ({Bare(condition)})");
        Braced(then);
        if (otherwise.Count > 0)
        {
            Line("else");
            Braced(otherwise);
        }
    }

    private void Braced(List<Statement> body)
    {
        Line("{");
        _indent++;
        Write(body);
        _indent--;
        _lines?.Mark(_code.Length);
        Line("}");
    }

    // All phis change at once: those whose new value needs another's old one keep it aside.
    private void WriteCopies(IrBlock from, IrBlock to)
    {
        int edge = to.Predecessors.IndexOf(from);
        IrValue[] changed = [.. to.Phis.Where(phi => phi.Operands[edge] != phi)];
        var kept = new Dictionary<IrValue, string>();
        for (int i = 1; i < changed.Length; i++)
        {
            IrValue source = changed[i].Operands[edge];
            if (!changed.Take(i).Any(earlier => Mentions(source, earlier)))
                continue;
            kept[changed[i]] = $"next{changed[i].Id}";
        }
        bool scoped = kept.Count > 0;
        if (scoped)
        {
            Line("{");
            _indent++;
            foreach (IrValue phi in changed.Where(kept.ContainsKey))
                Line($"{OpenCLNames.TypeOf(phi)} {kept[phi]} = {Bare(Operand(phi.Operands[edge]))};");
        }
        foreach (IrValue phi in changed)
        {
            _lines?.Mark(_code.Length, Places(phi.Operands[edge]).Append(_kernel.LineOfExit(from)));
            Line($"{Name(phi)} = {kept.GetValueOrDefault(phi) ?? Bare(Operand(phi.Operands[edge]))};");
        }
        if (scoped)
        {
            _indent--;
            Line("}");
        }
    }

    private bool Mentions(IrValue value, IrValue variable) =>
        value == variable || (_inlined.ContainsKey(value) && value.Operands.Exists(operand => Mentions(operand, variable)));

    private void WriteValue(IrValue value)
    {
        if (IrBuilder.IsLeaf(value.Op) || _inlined.ContainsKey(value))
            return;
        _lines?.Mark(_code.Length, Places(value));
        if (value.Location is not null && value.Location != _location)
        {
            _location = value.Location;
            Line($"// {_location}");
        }
        switch (value.Op)
        {
            case IrOp.Store:
                Line($"{Place(value.Operands[0], value.Memory)} = {Stored(value.Operands[1], value.Memory)};");
                break;
            case IrOp.Atomic:
                WriteAtomic(value);
                break;
            case IrOp.AtomicCompareExchange:
                WriteCompareExchange(value);
                break;
            case IrOp.MemoryFence:
                WriteFence((FenceLevel)value.Immediate);
                break;
            case IrOp.Barrier:
                Line($"barrier({AllMemory});");
                break;
            case IrOp.BarrierReduce:
                WriteBarrierReduce(value);
                break;
            case IrOp.GroupBroadcast:
                _usesGroupCell = true;
                Line($"barrier({AllMemory});");
                Line($"if ({LinearIndex} == {Operand(value.Operands[1])})");
                Line($"    *(__local {OpenCLNames.Type(value.Type)}*)group_cell = {Bare(Operand(value.Operands[0]))};");
                Line($"barrier({AllMemory});");
                Line($"{Target(value)} = *(__local {OpenCLNames.Type(value.Type)}*)group_cell;");
                break;
            case IrOp.WarpBarrier:
                Line($"sub_group_barrier({AllMemory});");
                break;
            case IrOp.WarpBroadcast:
                Line($"{Target(value)} = sub_group_broadcast({Bare(Operand(value.Operands[0]))}, {Operand(value.Operands[1])} & {_target.WarpSize - 1}u);");
                break;
            case IrOp.Shuffle:
                WriteShuffle(value);
                break;
            case IrOp.Print:
                WritePrint(value);
                break;
            default:
                Line($"{Target(value)} = {Bare(Expression(value))};");
                break;
        }
    }

    // What a value is assigned to, with its type if this is where it is declared.
    private string Target(IrValue value) => _declaredAtUse.Contains(value) ? $"{OpenCLNames.TypeOf(value)} {Name(value)}" : Name(value);

    private void WriteFence(FenceLevel level)
    {
        Line(!_target.HasScopedFences
            ? $"mem_fence({AllMemory});"
            : $"atomic_work_item_fence({AllMemory}, memory_order_acq_rel, {level switch
            {
                FenceLevel.Group => "memory_scope_work_group",
                FenceLevel.Device => "memory_scope_device",
                _ => "memory_scope_all_svm_devices",
            }});");
    }

    // Counts the threads that decide. The first barrier keeps an earlier result until all have read it.
    private void WriteBarrierReduce(IrValue value)
    {
        _usesGroupCell = true;
        var reduction = (BarrierReduction)value.Immediate;
        const string Cell = "(volatile __local uint*)group_cell";
        Line($"barrier({AllMemory});");
        Line($"if ({LinearIndex} == 0)");
        Line($"    *({Cell}) = 0;");
        Line("barrier(CLK_LOCAL_MEM_FENCE);");
        Line($"if ({(reduction == BarrierReduction.And ? "!" + Atom(value.Operands[0]) : Bare(Operand(value.Operands[0])))})");
        Line($"    atomic_inc({Cell});");
        Line("barrier(CLK_LOCAL_MEM_FENCE);");
        string result = $"*({Cell})" + reduction switch { BarrierReduction.And => " == 0", BarrierReduction.Or => " != 0", _ => "" };
        Line($"{Target(value)} = {result};");
    }

    private void WriteShuffle(IrValue value)
    {
        const string Lane = "get_sub_group_local_id()";
        IrValue width = value.Operands[2];
        string argument = Operand(value.Operands[1]), size = Operand(width);
        bool isWhole = width.Op == IrOp.Constant && width.Immediate == _target.WarpSize;
        string within = isWhole ? Lane : $"({Lane} & ({size} - 1u))";
        string wanted = (ShuffleKind)value.Immediate switch
        {
            ShuffleKind.Index => isWhole ? $"{argument} & {_target.WarpSize - 1}u" : $"{argument} & ({size} - 1u)",
            ShuffleKind.Up => $"{within} - {argument}",
            ShuffleKind.Down => $"{within} + {argument}",
            _ => $"{within} ^ {argument}",
        };
        string source = $"{_library.Use("shuffle_source")}((int)({wanted}), (int){size}, {Lane})";
        string moved = Bare(Operand(value.Operands[0]));
        if (_target.Shuffles == OpenCLShuffles.Khronos)
        {
            Line($"{Target(value)} = sub_group_shuffle({moved}, {source});");
            return;
        }
        if (_target.Shuffles == OpenCLShuffles.Intel)
        {
            Line($"{Target(value)} = intel_sub_group_shuffle({moved}, {source});");
            return;
        }
        _usesScratch = true;
        string slot = $"*(__local {OpenCLNames.Type(value.Type)}*)(scratch + 8u * (get_sub_group_id() * {_target.WarpSize}u + ";
        Line($"{slot}{Lane})) = {moved};");
        Line("sub_group_barrier(CLK_LOCAL_MEM_FENCE);");
        Line($"{Target(value)} = {slot}{source}));");
        Line("sub_group_barrier(CLK_LOCAL_MEM_FENCE);");
    }
}
