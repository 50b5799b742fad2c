using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Execution;

/// <summary>cvt in general: reads a register as an integer or a double, converts, writes what the register's width takes.</summary>
internal sealed unsafe class ConvertInstruction(Func<ulong, ulong> read, Func<ulong, ulong> write, int sourceSize, int destinationSize) : LaneInstruction
{
    public Func<ulong, ulong>? Integers { get; set; }

    public Func<double, ulong>? ToInteger { get; set; }

    public Func<ulong, ulong>? FromInteger { get; set; }

    public Func<double, ulong>? Floats { get; set; }

    public override void Execute(Warp warp, uint mask)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            ulong value = read(Read(warp.Registers + A, lane));
            ulong result = Integers is not null ? Integers(value)
                : ToInteger is not null ? ToInteger(BitConverter.UInt64BitsToDouble(value))
                : FromInteger is not null ? FromInteger(value)
                : Floats!(BitConverter.UInt64BitsToDouble(value));
            Write(warp.Registers + D, lane, write(result));
        }
    }

    private ulong Read(byte* register, int lane) => sourceSize switch
    {
        1 => register[lane],
        2 => ((ushort*)register)[lane],
        4 => ((uint*)register)[lane],
        _ => ((ulong*)register)[lane],
    };

    private void Write(byte* register, int lane, ulong value)
    {
        switch (destinationSize)
        {
            case 1:
                register[lane] = (byte)value;
                break;
            case 2:
                ((ushort*)register)[lane] = (ushort)value;
                break;
            case 4:
                ((uint*)register)[lane] = (uint)value;
                break;
            default:
                ((ulong*)register)[lane] = value;
                break;
        }
    }
}

/// <summary>Integer conversions: cut to the source's type, then to the destination's, then extended into its register.</summary>
internal readonly struct ConvertInteger<TRegister, TFrom, TTo, TWide> : IUnary<TRegister, TWide>
    where TRegister : INumberBase<TRegister>
    where TFrom : INumberBase<TFrom>
    where TTo : INumberBase<TTo>
    where TWide : INumberBase<TWide>
{
    public static TWide Apply(TRegister a) => TWide.CreateTruncating(TTo.CreateTruncating(TFrom.CreateTruncating(a)));
}
