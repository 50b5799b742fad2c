using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Barriers, fences, exchanges between threads.
internal sealed partial class PtxEmitter
{
    private const string AllLanes = "0xFFFFFFFF";

    private bool EmitGroup(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Barrier:
                Line("bar.sync", "0");
                return true;
            case IrOp.WarpBarrier:
                Line("bar.warp.sync", AllLanes);
                return true;
            case IrOp.MemoryFence:
                _body.Append((FenceLevel)value.Immediate switch { FenceLevel.Group => "    membar.cta;\n", FenceLevel.Device => "    membar.gl;\n", _ => "    membar.sys;\n" });
                return true;
            case IrOp.BarrierReduce:
                string operation = (BarrierReduction)value.Immediate switch { BarrierReduction.And => "and.pred", BarrierReduction.Or => "or.pred", _ => "popc.u32" };
                Line("bar.red." + operation, Result(value), "0", Register(value.Operands[0]));
                return true;
            case IrOp.GroupBroadcast:
                EmitGroupBroadcast(value);
                return true;
            case IrOp.WarpBroadcast:
                EmitShuffle(value, value.Operands[0], "idx", Operand(value.Operands[1]), "31");
                return true;
            case IrOp.Shuffle:
                EmitShuffle(value);
                return true;
            case IrOp.Print:
                EmitPrint(value);
                return true;
            case IrOp.InlinePtx:
                EmitInline(value);
                return true;
            case IrOp.InlinePtxResult:
                return true;        // its register was made with the text
            default:
                return false;
        }
    }

    // The thread that has the value leaves it in shared memory; the second barrier lets the place be used again.
    private void EmitGroupBroadcast(IrValue value)
    {
        IrValue sent = value.Operands[0];
        string place = _module.SharedIsDynamic ? New(RegisterClass.Int) : PtxModule.Broadcast, isSender = New(RegisterClass.Predicate);
        if (_module.SharedIsDynamic)
            EmitMoved(place, 0);
        string type = sent.Type switch { IrType.F32 => "f32", IrType.F64 => "f64", IrType.I64 => "u64", _ => "u32" };
        Line("setp.eq.s32", isSender, LinearThread(), Operand(value.Operands[1]));
        Line($"@{isSender} st.shared.{type}", $"[{place}]", Register(sent));
        Line("bar.sync", "0");
        Line("ld.shared." + type, Result(value), $"[{place}]");
        Line("bar.sync", "0");
    }

    // ---- Shuffles -----------------------------------------------------------------------------------------------------

    private void EmitShuffle(IrValue value)
    {
        (IrValue sent, IrValue argument, IrValue width) = (value.Operands[0], value.Operands[1], value.Operands[2]);
        var kind = (ShuffleKind)value.Immediate;
        int fixedWidth = width.Op == IrOp.Constant ? (int)Math.Clamp(width.Immediate, 1, PtxLowering.WarpSize) : 0;
        bool isNative = fixedWidth > 0 && int.IsPow2(fixedWidth) && (kind == ShuffleKind.Index
            || (argument is { Op: IrOp.Constant, Immediate: >= 0 and < PtxLowering.WarpSize } && (kind != ShuffleKind.Xor || argument.Immediate < fixedWidth)));
        if (isNative)
        {
            string mode = kind switch { ShuffleKind.Index => "idx", ShuffleKind.Up => "up", ShuffleKind.Down => "down", _ => "bfly" };
            int clamp = ((PtxLowering.WarpSize - fixedWidth) << 8) | (kind == ShuffleKind.Up ? 0 : 31);
            EmitShuffle(value, sent, mode, Operand(argument), clamp.ToString(CultureInfo.InvariantCulture));
            return;
        }
        EmitShuffle(value, sent, "idx", SourceLane(kind, Operand(argument), Operand(width)), "31");
    }

    // The instruction looks at five bits of its argument; others are compared here, and a lane without a source reads itself.
    private string SourceLane(ShuffleKind kind, string argument, string width)
    {
        string lane = New(RegisterClass.Int), atLeast = New(RegisterClass.Int), size = New(RegisterClass.Int), within = New(RegisterClass.Int), first = New(RegisterClass.Int);
        string wanted = New(RegisterClass.Int), source = New(RegisterClass.Int), result = New(RegisterClass.Int), isInside = New(RegisterClass.Predicate);
        Line("mov.u32", lane, "%laneid");
        Line("max.s32", atLeast, width, "1");
        Line("min.s32", size, atLeast, "32");
        Line("rem.u32", within, lane, size);
        Line("sub.s32", first, lane, within);
        switch (kind)
        {
            case ShuffleKind.Index:
                string rest = New(RegisterClass.Int), positive = New(RegisterClass.Int);
                Line("rem.s32", rest, argument, size);
                Line("add.s32", positive, rest, size);
                Line("rem.s32", wanted, positive, size);
                break;
            case ShuffleKind.Up:
                Line("sub.s32", wanted, within, argument);
                break;
            case ShuffleKind.Down:
                Line("add.s32", wanted, within, argument);
                break;
            default:
                Line("xor.b32", wanted, within, argument);
                break;
        }
        Line("setp.lt.u32", isInside, wanted, size);
        Line("add.s32", source, first, wanted);
        Line("selp.b32", result, source, lane, isInside);
        return result;
    }

    private void EmitShuffle(IrValue value, IrValue sent, string mode, string argument, string clamp)
    {
        string operation = $"shfl.sync.{mode}.b32", from = Register(sent);
        if (value.Type is not (IrType.I64 or IrType.F64))
        {
            Line(operation, Result(value), from, argument, clamp, AllLanes);
            return;
        }
        string low = New(RegisterClass.Int), high = New(RegisterClass.Int), gotLow = New(RegisterClass.Int), gotHigh = New(RegisterClass.Int);
        Line("mov.b64", $"{{{low}, {high}}}", from);
        Line(operation, gotLow, low, argument, clamp, AllLanes);
        Line(operation, gotHigh, high, argument, clamp, AllLanes);
        Line("mov.b64", Result(value), $"{{{gotLow}, {gotHigh}}}");
    }
}
