using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>Runs a kernel's IR for one thread: the plainest reading of what each operation means.</summary>
internal sealed unsafe class IrInterpreter(IrKernel kernel)
{
    private readonly Dictionary<IrValue, long> _values = [];
    private readonly List<nint> _memory = [];
    private long[] _arguments = [];
    private long[] _shared = [], _local = [], _constant = [];

    public int[] GridIndex { get; init; } = [0, 0, 0];
    public int[] GroupIndex { get; init; } = [0, 0, 0];
    public int[] GridDimension { get; init; } = [1, 1, 1];
    public int[] GroupDimension { get; init; } = [1, 1, 1];
    public List<string> Printed { get; } = [];

    /// <summary>Runs to the return. Arguments are slots as <see cref="IrParameter"/> describes them.</summary>
    public void Run(params long[] arguments)
    {
        _arguments = arguments;
        _shared = [.. kernel.SharedAllocations.Select(a => Allocate(a.SizeInBytes))];
        _local = [.. kernel.LocalAllocations.Select(a => Allocate(a.SizeInBytes))];
        _constant = [.. kernel.ConstantTables.Select(bytes =>
        {
            long address = Allocate(bytes.Length);
            bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));
            return address;
        })];
        try
        {
            Execute();
        }
        finally
        {
            foreach (nint block in _memory)
                NativeMemory.Free((void*)block);
        }
    }

    private long Allocate(long bytes)
    {
        nint block = (nint)NativeMemory.AllocZeroed((nuint)bytes + 64);
        _memory.Add(block);
        return block;
    }

    private void Execute()
    {
        IrBlock? from = null, block = kernel.Entry;
        for (int steps = 0; ; steps++)
        {
            if (steps > 1_000_000)
                throw new InvalidOperationException("The kernel does not end.");
            if (from is not null)
            {
                int edge = block.Predecessors.IndexOf(from);
                long[] incoming = [.. block.Phis.Select(phi => _values[phi.Operands[edge]])];
                for (int i = 0; i < incoming.Length; i++)
                    _values[block.Phis[i]] = incoming[i];
            }
            foreach (IrValue value in block.Values)
                _values[value] = Evaluate(value);
            if (block.Terminator == TerminatorKind.Return)
                return;
            from = block;
            block = block.Terminator == TerminatorKind.Jump || _values[block.Condition!] != 0 ? block.Target! : block.ElseTarget!;
        }
    }

    private long Evaluate(IrValue value)
    {
        long[] x = [.. value.Operands.Select(operand => _values[operand])];
        IrType type = value.Operands.Count > 0 ? value.Operands[0].Type : value.Type;
        switch (value.Op)
        {
            case IrOp.Constant: return value.Immediate;
            case IrOp.Parameter: return _arguments[value.Immediate];
            case IrOp.GridIndex: return GridIndex[value.Immediate];
            case IrOp.GroupIndex: return GroupIndex[value.Immediate];
            case IrOp.GridDimension: return GridDimension[value.Immediate];
            case IrOp.GroupDimension: return GroupDimension[value.Immediate];
            case IrOp.LaneIndex or IrOp.WarpIndex: return 0;
            case IrOp.WarpSize: return 1;
            case IrOp.SharedBase: return _shared[value.Immediate];
            case IrOp.LocalBase: return _local[value.Immediate];
            case IrOp.ConstantBase: return _constant[value.Immediate];
            case IrOp.Compare: return Compare((ComparePredicate)value.Immediate, type, x[0], x[1]) ? 1 : 0;
            case IrOp.Select: return x[0] != 0 ? x[1] : x[2];
            case IrOp.Address: return x[0] + (x.Length > 1 ? x[1] * value.Immediate : 0) + value.Offset;
            case IrOp.Load: return Load(x[0], value.Memory);
            case IrOp.Store: Store(x[0], x[1], value.Memory); return 0;
            case IrOp.Atomic: return Atomic(value, x);
            case IrOp.AtomicCompareExchange:
                long old = Load(x[0], value.Memory);
                if (old == x[1])
                    Store(x[0], x[2], value.Memory);
                return old;
            case IrOp.Barrier or IrOp.WarpBarrier or IrOp.MemoryFence: return 0;
            case IrOp.BarrierReduce or IrOp.GroupBroadcast or IrOp.WarpBroadcast or IrOp.Shuffle: return x[0];
            case IrOp.Print:
                Printed.Add(string.Format(null, value.Text!, [.. value.Operands.Select(operand => Box(operand.Type, _values[operand]))]));
                return 0;
            case IrOp.PointerToInt or IrOp.IntToPointer: return x[0];
        }
        return type switch
        {
            IrType.Bool => Bool(value.Op, x),
            IrType.I32 => Int(value, x),
            IrType.I64 => Long(value, x),
            IrType.F32 => Float(value, x),
            _ => Double(value, x),
        };
    }

    private static object Box(IrType type, long bits) => type switch
    {
        IrType.Bool => bits != 0,
        IrType.F32 => BitConverter.Int32BitsToSingle((int)bits),
        IrType.F64 => BitConverter.Int64BitsToDouble(bits),
        _ => bits,
    };

    private static long F(float value) => (uint)BitConverter.SingleToInt32Bits(value);

    private static long D(double value) => BitConverter.DoubleToInt64Bits(value);

    private static long Bool(IrOp op, long[] x) => op switch
    {
        IrOp.And => x[0] & x[1],
        IrOp.Or => x[0] | x[1],
        IrOp.Xor => x[0] ^ x[1],
        IrOp.Not => 1 - x[0],
        IrOp.BoolToInt => x[0],
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static bool Compare(ComparePredicate predicate, IrType type, long left, long right)
    {
        if (type.IsFloat())
        {
            double a = type == IrType.F32 ? BitConverter.Int32BitsToSingle((int)left) : BitConverter.Int64BitsToDouble(left);
            double b = type == IrType.F32 ? BitConverter.Int32BitsToSingle((int)right) : BitConverter.Int64BitsToDouble(right);
            bool unordered = double.IsNaN(a) || double.IsNaN(b);
            return predicate switch
            {
                ComparePredicate.Eq => a == b,
                ComparePredicate.Ne => a != b,
                ComparePredicate.Lt => a < b,
                ComparePredicate.Le => a <= b,
                ComparePredicate.Gt => a > b,
                ComparePredicate.Ge => a >= b,
                ComparePredicate.LtU => unordered || a < b,
                ComparePredicate.LeU => unordered || a <= b,
                ComparePredicate.GtU => unordered || a > b,
                _ => unordered || a >= b,
            };
        }
        int order = predicate >= ComparePredicate.LtU ? ((ulong)left).CompareTo((ulong)right) : left.CompareTo(right);
        return predicate switch
        {
            ComparePredicate.Eq => order == 0,
            ComparePredicate.Ne => order != 0,
            ComparePredicate.Lt or ComparePredicate.LtU => order < 0,
            ComparePredicate.Le or ComparePredicate.LeU => order <= 0,
            ComparePredicate.Gt or ComparePredicate.GtU => order > 0,
            _ => order >= 0,
        };
    }

    private static long Load(long address, MemoryType memory) => memory switch
    {
        MemoryType.I8 => *(sbyte*)address,
        MemoryType.U8 => *(byte*)address,
        MemoryType.I16 => *(short*)address,
        MemoryType.U16 => *(ushort*)address,
        MemoryType.I32 => *(int*)address,
        MemoryType.F32 => *(uint*)address,
        _ => *(long*)address,
    };

    private static void Store(long address, long value, MemoryType memory)
    {
        switch (memory.SizeInBytes())
        {
            case 1: *(byte*)address = (byte)value; break;
            case 2: *(short*)address = (short)value; break;
            case 4: *(int*)address = (int)value; break;
            default: *(long*)address = value; break;
        }
    }

    private static long Atomic(IrValue value, long[] x)
    {
        long old = Load(x[0], value.Memory);
        IrOp op = (AtomicOperation)value.Immediate switch
        {
            AtomicOperation.Add => IrOp.Add,
            AtomicOperation.And => IrOp.And,
            AtomicOperation.Or => IrOp.Or,
            AtomicOperation.Xor => IrOp.Xor,
            AtomicOperation.Min => IrOp.Min,
            AtomicOperation.Max => IrOp.Max,
            AtomicOperation.MinU => IrOp.MinU,
            AtomicOperation.MaxU => IrOp.MaxU,
            _ => IrOp.Constant,
        };
        long stored = op == IrOp.Constant ? x[1] : value.Memory switch
        {
            MemoryType.I32 => IntBinary(op, (int)old, (int)x[1]),
            MemoryType.I64 => LongBinary(op, old, x[1]),
            MemoryType.F32 => F(FloatBinary(op, BitConverter.Int32BitsToSingle((int)old), BitConverter.Int32BitsToSingle((int)x[1]))),
            _ => D(DoubleBinary(op, BitConverter.Int64BitsToDouble(old), BitConverter.Int64BitsToDouble(x[1]))),
        };
        Store(x[0], stored, value.Memory);
        return old;
    }

    private static long Int(IrValue value, long[] x)
    {
        int a = (int)x[0];
        return value.Op switch
        {
            IrOp.Not => ~a,
            IrOp.Neg => -a,
            IrOp.Abs => a < 0 ? -a : a,
            IrOp.PopCount => int.PopCount(a),
            IrOp.LeadingZeros => int.LeadingZeroCount(a),
            IrOp.TrailingZeros => int.TrailingZeroCount(a),
            IrOp.SignExtend8 => (sbyte)a,
            IrOp.SignExtend16 => (short)a,
            IrOp.ZeroExtend8 => (byte)a,
            IrOp.ZeroExtend16 => (ushort)a,
            IrOp.SignExtend => a,
            IrOp.ZeroExtend => (uint)a,
            IrOp.SignedToFloat => value.Type == IrType.F32 ? F(a) : D(a),
            IrOp.UnsignedToFloat => value.Type == IrType.F32 ? F((uint)a) : D((uint)a),
            IrOp.Bitcast => (uint)a,
            IrOp.HalfToFloat => F((float)BitConverter.Int16BitsToHalf((short)a)),
            _ => IntBinary(value.Op, a, (int)x[1]),
        };
    }

    private static int IntBinary(IrOp op, int a, int b) => op switch
    {
        IrOp.Add => a + b,
        IrOp.Sub => a - b,
        IrOp.Mul => a * b,
        IrOp.Div => a / b,
        IrOp.DivU => (int)((uint)a / (uint)b),
        IrOp.Rem => a % b,
        IrOp.RemU => (int)((uint)a % (uint)b),
        IrOp.And => a & b,
        IrOp.Or => a | b,
        IrOp.Xor => a ^ b,
        IrOp.Shl => a << b,
        IrOp.Shr => a >> b,
        IrOp.ShrU => a >>> b,
        IrOp.Min => Math.Min(a, b),
        IrOp.Max => Math.Max(a, b),
        IrOp.MinU => (int)Math.Min((uint)a, (uint)b),
        IrOp.MaxU => (int)Math.Max((uint)a, (uint)b),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static long Long(IrValue value, long[] x)
    {
        long a = x[0];
        return value.Op switch
        {
            IrOp.Not => ~a,
            IrOp.Neg => -a,
            IrOp.Abs => a < 0 ? -a : a,
            IrOp.PopCount => long.PopCount(a),
            IrOp.LeadingZeros => long.LeadingZeroCount(a),
            IrOp.TrailingZeros => long.TrailingZeroCount(a),
            IrOp.Truncate64 => (int)a,
            IrOp.SignedToFloat => value.Type == IrType.F32 ? F(a) : D(a),
            IrOp.UnsignedToFloat => value.Type == IrType.F32 ? F((ulong)a) : D((ulong)a),
            IrOp.Bitcast => a,
            _ => LongBinary(value.Op, a, x[1]),
        };
    }

    private static long LongBinary(IrOp op, long a, long b) => op switch
    {
        IrOp.Add => a + b,
        IrOp.Sub => a - b,
        IrOp.Mul => a * b,
        IrOp.Div => a / b,
        IrOp.DivU => (long)((ulong)a / (ulong)b),
        IrOp.Rem => a % b,
        IrOp.RemU => (long)((ulong)a % (ulong)b),
        IrOp.And => a & b,
        IrOp.Or => a | b,
        IrOp.Xor => a ^ b,
        IrOp.Shl => a << (int)b,
        IrOp.Shr => a >> (int)b,
        IrOp.ShrU => a >>> (int)b,
        IrOp.Min => Math.Min(a, b),
        IrOp.Max => Math.Max(a, b),
        IrOp.MinU => (long)Math.Min((ulong)a, (ulong)b),
        IrOp.MaxU => (long)Math.Max((ulong)a, (ulong)b),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static long Float(IrValue value, long[] x)
    {
        float a = BitConverter.Int32BitsToSingle((int)x[0]);
        float b = x.Length > 1 ? BitConverter.Int32BitsToSingle((int)x[1]) : 0;
        return value.Op switch
        {
            IrOp.FloatExtend => D(a),
            IrOp.FloatToSigned => value.Type == IrType.I32 ? (int)a : (long)a,
            IrOp.FloatToUnsigned => value.Type == IrType.I32 ? (int)(uint)a : (long)(ulong)a,
            IrOp.FloatToHalf => (ushort)BitConverter.HalfToInt16Bits((Half)a),
            IrOp.Bitcast => BitConverter.SingleToInt32Bits(a),
            IrOp.IsNaN => float.IsNaN(a) ? 1 : 0,
            IrOp.IsInfinity => float.IsInfinity(a) ? 1 : 0,
            IrOp.IsFinite => float.IsFinite(a) ? 1 : 0,
            IrOp.Fma => F(MathF.FusedMultiplyAdd(a, b, BitConverter.Int32BitsToSingle((int)x[2]))),
            IrOp.Neg => F(-a),
            IrOp.Abs => F(MathF.Abs(a)),
            IrOp.Sqrt => F(MathF.Sqrt(a)),
            IrOp.Exp => F(MathF.Exp(a)),
            IrOp.Exp2 => F(float.Exp2(a)),
            IrOp.Log => F(MathF.Log(a)),
            IrOp.Log2 => F(MathF.Log2(a)),
            IrOp.Log10 => F(MathF.Log10(a)),
            IrOp.Sin => F(MathF.Sin(a)),
            IrOp.Cos => F(MathF.Cos(a)),
            IrOp.Tanh => F(MathF.Tanh(a)),
            IrOp.Pow => F(MathF.Pow(a, b)),
            IrOp.Atan2 => F(MathF.Atan2(a, b)),
            IrOp.CopySign => F(MathF.CopySign(a, b)),
            IrOp.Rcp => F(1 / a),
            IrOp.Rsqrt => F(1 / MathF.Sqrt(a)),
            _ when x.Length == 1 => F((float)Rounding(value.Op, a)),
            _ => F(FloatBinary(value.Op, a, b)),
        };
    }

    private static float FloatBinary(IrOp op, float a, float b) => op switch
    {
        IrOp.Add => a + b,
        IrOp.Sub => a - b,
        IrOp.Mul => a * b,
        IrOp.Div => a / b,
        IrOp.Rem => a % b,
        IrOp.Min => MathF.Min(a, b),
        IrOp.Max => MathF.Max(a, b),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static long Double(IrValue value, long[] x)
    {
        double a = BitConverter.Int64BitsToDouble(x[0]), b = x.Length > 1 ? BitConverter.Int64BitsToDouble(x[1]) : 0;
        return value.Op switch
        {
            IrOp.FloatTruncate => F((float)a),
            IrOp.FloatToSigned => value.Type == IrType.I32 ? (int)a : (long)a,
            IrOp.FloatToUnsigned => value.Type == IrType.I32 ? (int)(uint)a : (long)(ulong)a,
            IrOp.Bitcast => x[0],
            IrOp.IsNaN => double.IsNaN(a) ? 1 : 0,
            IrOp.IsInfinity => double.IsInfinity(a) ? 1 : 0,
            IrOp.IsFinite => double.IsFinite(a) ? 1 : 0,
            IrOp.Fma => D(Math.FusedMultiplyAdd(a, b, BitConverter.Int64BitsToDouble(x[2]))),
            IrOp.Neg => D(-a),
            IrOp.Abs => D(Math.Abs(a)),
            IrOp.Sqrt => D(Math.Sqrt(a)),
            IrOp.Exp => D(Math.Exp(a)),
            IrOp.Log => D(Math.Log(a)),
            IrOp.Pow => D(Math.Pow(a, b)),
            IrOp.CopySign => D(Math.CopySign(a, b)),
            _ when x.Length == 1 => D(Rounding(value.Op, a)),
            _ => D(DoubleBinary(value.Op, a, b)),
        };
    }

    private static double DoubleBinary(IrOp op, double a, double b) => op switch
    {
        IrOp.Add => a + b,
        IrOp.Sub => a - b,
        IrOp.Mul => a * b,
        IrOp.Div => a / b,
        IrOp.Rem => a % b,
        IrOp.Min => Math.Min(a, b),
        IrOp.Max => Math.Max(a, b),
        _ => throw new NotSupportedException(op.ToString()),
    };

    private static double Rounding(IrOp op, double a) => op switch
    {
        IrOp.Floor => Math.Floor(a),
        IrOp.Ceiling => Math.Ceiling(a),
        IrOp.Truncate => Math.Truncate(a),
        IrOp.RoundEven => Math.Round(a, MidpointRounding.ToEven),
        IrOp.RoundAway => Math.Round(a, MidpointRounding.AwayFromZero),
        _ => throw new NotSupportedException(op.ToString()),
    };
}
