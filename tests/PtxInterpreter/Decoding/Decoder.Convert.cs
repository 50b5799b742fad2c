using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Operations;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

internal sealed partial class Decoder
{
    private Instruction Convert()
    {
        string? integral = _modifiers.TakeAny("rni", "rzi", "rmi", "rpi");
        RoundingMode? mode = _modifiers.Rounding();
        bool flush = _modifiers.Take("ftz"), saturate = _modifiers.Take("sat"), relu = _modifiers.Take("relu");
        List<PtxType> types = _modifiers.Types();
        if (types.Count != 2)
            throw Error("cvt takes two types");
        (PtxType to, PtxType from) = (types[0], types[1]);
        if (to is PtxType.F16x2 or PtxType.BF16x2 || from is PtxType.F16x2 or PtxType.BF16x2)
            return ConvertPacked(to, from, mode, relu);
        CheckRounding(to, from, integral, mode);
        if (flush && to != PtxType.F32 && from != PtxType.F32)
            throw Error(".ftz goes with .f32");
        Count(2);
        Register source = SourceRegister(Operand(1), from, wider: true);
        Register destination = DestinationRegister(Operand(0), to, wider: true);
        var instruction = new ConvertInstruction(Reader(from, flush), Writer(to), source.Type.Size(), destination.Type.Size())
        {
            A = source.Offset,
            D = destination.Offset,
        };
        if (from.IsInteger() && to.IsInteger())
        {
            instruction.Integers = saturate ? value => Saturate(value, from, to) : value => value;
            return FastIntegerConversion(from, to, source, destination, saturate) is { } fast ? fast : instruction;
        }
        if (to.IsInteger())
            instruction.ToInteger = value => ToInteger(value, from, to, integral!);
        else if (from.IsInteger())
            instruction.FromInteger = value => RoundTo(FromInteger(value, from, to), to, mode!.Value, flush, saturate, relu);
        else
            instruction.Floats = value => RoundTo(integral is null ? value : RoundIntegral(value, integral), to, mode ?? RoundingMode.Nearest, flush, saturate, relu);
        return instruction;
    }

    private void CheckRounding(PtxType to, PtxType from, string? integral, RoundingMode? mode)
    {
        bool narrows = to.IsFloat() && from.IsFloat() && (to.Size() < from.Size() || (to.Size() == from.Size() && to != from));
        bool needsMode = narrows || (from.IsInteger() && to.IsFloat());
        if (to == PtxType.Pred || from == PtxType.Pred || to.IsBits() || from.IsBits())
            throw Error("cvt takes integers and floats");
        if (needsMode && mode is null)
            throw Error($"cvt from {from.Name()} to {to.Name()} takes a rounding mode");
        if (!needsMode && mode is not null)
            throw Error($"cvt from {from.Name()} to {to.Name()} takes no rounding mode");
        if (from.IsFloat() && to.IsInteger() && integral is null)
            throw Error("cvt from a float to an integer takes .rni, .rzi, .rmi or .rpi");
        if (integral is not null && !(from.IsFloat() && (to.IsInteger() || to == from)))
            throw Error($".{integral} rounds floats to integers");
    }

    /// <summary>Integers as they are in a register: sign or zero extended to 64 bits; floats as doubles.</summary>
    private static Func<ulong, ulong> Reader(PtxType from, bool flush)
    {
        return from switch
        {
            PtxType.U8 => bits => (byte)bits,
            PtxType.S8 => bits => (ulong)(sbyte)bits,
            PtxType.U16 => bits => (ushort)bits,
            PtxType.S16 => bits => (ulong)(short)bits,
            PtxType.U32 => bits => (uint)bits,
            PtxType.S32 => bits => (ulong)(int)bits,
            PtxType.F16 => bits => BitConverter.DoubleToUInt64Bits(Rounding.FromHalf((ushort)bits)),
            PtxType.BF16 => bits => BitConverter.DoubleToUInt64Bits(Rounding.FromBrain((ushort)bits)),
            PtxType.F32 => bits => BitConverter.DoubleToUInt64Bits(Flushed(BitConverter.UInt32BitsToSingle((uint)bits), flush)),
            _ => bits => bits,
        };
    }

    /// <summary>Bits for a register that may be wider: extended by the type's sign.</summary>
    private static Func<ulong, ulong> Writer(PtxType to)
    {
        return to switch
        {
            PtxType.U8 => bits => (byte)bits,
            PtxType.S8 => bits => (ulong)(sbyte)bits,
            PtxType.U16 => bits => (ushort)bits,
            PtxType.S16 => bits => (ulong)(short)bits,
            PtxType.U32 => bits => (uint)bits,
            PtxType.S32 => bits => (ulong)(int)bits,
            _ => bits => bits,
        };
    }

    private LaneInstruction? FastIntegerConversion(PtxType from, PtxType to, Register source, Register destination, bool saturate)
    {
        if (saturate)
            return null;
        Type container = from.IsSigned() ? PtxTypes.Signed(source.Type.Size()) : PtxTypes.Unsigned(source.Type.Size());
        Type wide = to.IsSigned() ? PtxTypes.Signed(destination.Type.Size()) : PtxTypes.Unsigned(destination.Type.Size());
        LaneInstruction fast = LaneInstruction.Of(typeof(ConvertInteger<,,,>).MakeGenericType(container, from.Clr(), to.Clr(), wide));
        (fast.A, fast.D) = (source.Offset, destination.Offset);
        return fast;
    }

    private static ulong Saturate(ulong value, PtxType from, PtxType to)
    {
        Int128 exact = from.IsSigned() ? (long)value : value;
        return (ulong)(long)Clamp(exact, to);
    }

    private static Int128 Clamp(Int128 exact, PtxType to)
    {
        int bits = 8 * to.Size();
        Int128 low = to.IsSigned() ? -(Int128.One << (bits - 1)) : 0, high = to.IsSigned() ? (Int128.One << (bits - 1)) - 1 : (Int128.One << bits) - 1;
        Int128 clamped = Int128.Clamp(exact, low, high);
        return clamped > long.MaxValue ? (Int128)(long)(ulong)clamped : clamped;
    }

    private static double RoundIntegral(double value, string mode) => mode switch
    {
        "rni" => Math.Round(value, MidpointRounding.ToEven),
        "rzi" => Math.Truncate(value),
        "rmi" => Math.Floor(value),
        _ => Math.Ceiling(value),
    };

    /// <summary>Out-of-range values clamp. NaN becomes 0, but the top bit where one side has 64 bits.</summary>
    private static ulong ToInteger(double value, PtxType from, PtxType to, string mode)
    {
        if (double.IsNaN(value))
            return from == PtxType.F64 || to.Size() == 8 ? 1UL << ((8 * to.Size()) - 1) : 0;
        double rounded = Math.Clamp(RoundIntegral(value, mode), -1e30, 1e30);
        return (ulong)(long)Clamp((Int128)rounded, to);
    }

    /// <summary>An integer as a double that still rounds rightly to what comes next.</summary>
    private static double FromInteger(ulong value, PtxType from, PtxType to)
    {
        Int128 exact = from.IsSigned() ? (long)value : value;
        double near = (double)exact;
        return to == PtxType.F64 ? near : Rounding.Odd(near, Math.Sign((double)(exact - (Int128)near)));
    }

    private static ulong RoundTo(double value, PtxType to, RoundingMode mode, bool flush, bool saturate, bool relu)
    {
        if (relu)
            value = value > 0 || double.IsNaN(value) ? value : 0;
        if (saturate)
            value = value > 0 ? Math.Min(value, 1) : 0;
        return to switch
        {
            PtxType.F64 => BitConverter.DoubleToUInt64Bits(value),
            PtxType.F32 => BitConverter.SingleToUInt32Bits(Flushed(mode == RoundingMode.Nearest ? (float)value : Rounding.Single(value, 0, mode), flush)),
            PtxType.F16 => Rounding.ToHalf(value, mode),
            PtxType.BF16 => Rounding.ToBrain(value, mode),
            _ => Rounding.Bits(value, FloatFormat.Tensor, mode) << 13,
        };
    }

    private Function<float, float, float, uint> ConvertPacked(PtxType to, PtxType from, RoundingMode? mode, bool relu)
    {
        if (from != PtxType.F32 || mode is not (RoundingMode.Nearest or RoundingMode.Zero))
            throw Error("cvt to packed halves takes .rn or .rz and two .f32");
        Count(3);
        RoundingMode rounding = mode.Value;
        PtxType half = to == PtxType.F16x2 ? PtxType.F16 : PtxType.BF16;
        // The first source goes to the upper half.
        return new Function<float, float, float, uint>((a, b, _) =>
            (uint)((RoundTo(a, half, rounding, false, false, relu) << 16) | RoundTo(b, half, rounding, false, false, relu)))
        {
            A = Source(Operand(1), PtxType.F32),
            B = Source(Operand(2), PtxType.F32),
            D = Destination(Operand(0), to),
        };
    }
}
