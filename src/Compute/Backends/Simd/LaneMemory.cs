using System.Numerics;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Memory accesses that go lane by lane. Slots hold vectors, 128 bytes apart: 0 pointers or indices, 1 values,
/// 2 second values, 7 results. Only lanes whose bit is set are touched; the others read as 0.</summary>
internal static unsafe class LaneMemory
{
    private const int SlotBytes = 128;

    public static void LoadPointers(byte* slots, int active, int memory)
    {
        new Span<byte>(slots + 7 * SlotBytes, SlotBytes).Clear();
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            LoadLane((byte*)((long*)slots)[lane], slots, lane, (MemoryType)memory);
        }
    }

    public static void LoadStrided(byte* pointer, long stride, byte* slots, int active, int memory)
    {
        new Span<byte>(slots + 7 * SlotBytes, SlotBytes).Clear();
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            LoadLane(pointer + lane * stride, slots, lane, (MemoryType)memory);
        }
    }

    public static void LoadIndexed(byte* pointer, int scale, byte* slots, int active, int memory)
    {
        new Span<byte>(slots + 7 * SlotBytes, SlotBytes).Clear();
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            LoadLane(pointer + (long)((int*)slots)[lane] * scale, slots, lane, (MemoryType)memory);
        }
    }

    public static void StorePointers(byte* slots, int active, int memory)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            StoreLane((byte*)((long*)slots)[lane], slots, lane, (MemoryType)memory);
        }
    }

    public static void StoreStrided(byte* pointer, long stride, byte* slots, int active, int memory)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            StoreLane(pointer + lane * stride, slots, lane, (MemoryType)memory);
        }
    }

    public static void StoreIndexed(byte* pointer, int scale, byte* slots, int active, int memory)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            StoreLane(pointer + (long)((int*)slots)[lane] * scale, slots, lane, (MemoryType)memory);
        }
    }

    /// <summary>Slot 0 pointers, slot 1 values; old values go to slot 7.</summary>
    public static void Atomic(int operation, byte* slots, int active, int memory)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            byte* pointer = (byte*)((long*)slots)[lane];
            byte* value = slots + SlotBytes, old = slots + 7 * SlotBytes;
            switch ((MemoryType)memory)
            {
                case MemoryType.I64:
                    ((long*)old)[lane] = Update((long*)pointer, ((long*)value)[lane], (AtomicOperation)operation);
                    break;
                case MemoryType.F32:
                    ((float*)old)[lane] = Update((float*)pointer, ((float*)value)[lane], (AtomicOperation)operation);
                    break;
                case MemoryType.F64:
                    ((double*)old)[lane] = Update((double*)pointer, ((double*)value)[lane], (AtomicOperation)operation);
                    break;
                default:
                    ((int*)old)[lane] = Update((int*)pointer, ((int*)value)[lane], (AtomicOperation)operation);
                    break;
            }
        }
    }

    /// <summary>Slot 0 pointers, slot 1 expected values, slot 2 new values; old values go to slot 7.</summary>
    public static void AtomicCompareExchange(byte* slots, int active, int memory)
    {
        byte* expected = slots + SlotBytes, value = slots + 2 * SlotBytes, old = slots + 7 * SlotBytes;
        bool wide = (MemoryType)memory is MemoryType.I64 or MemoryType.F64;
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            byte* pointer = (byte*)((long*)slots)[lane];
            if (wide)
                ((long*)old)[lane] = Interlocked.CompareExchange(ref *(long*)pointer, ((long*)value)[lane], ((long*)expected)[lane]);
            else
                ((int*)old)[lane] = Interlocked.CompareExchange(ref *(int*)pointer, ((int*)value)[lane], ((int*)expected)[lane]);
        }
    }

    private static void LoadLane(byte* pointer, byte* slots, int lane, MemoryType memory)
    {
        byte* result = slots + 7 * SlotBytes;
        switch (memory)
        {
            case MemoryType.I8: ((int*)result)[lane] = *(sbyte*)pointer; break;
            case MemoryType.U8: ((int*)result)[lane] = *pointer; break;
            case MemoryType.I16: ((int*)result)[lane] = *(short*)pointer; break;
            case MemoryType.U16: ((int*)result)[lane] = *(ushort*)pointer; break;
            case MemoryType.I64 or MemoryType.F64: ((long*)result)[lane] = *(long*)pointer; break;
            default: ((int*)result)[lane] = *(int*)pointer; break;
        }
    }

    private static void StoreLane(byte* pointer, byte* slots, int lane, MemoryType memory)
    {
        byte* value = slots + SlotBytes;
        switch (memory)
        {
            case MemoryType.I8 or MemoryType.U8: *pointer = (byte)((int*)value)[lane]; break;
            case MemoryType.I16 or MemoryType.U16: *(short*)pointer = (short)((int*)value)[lane]; break;
            case MemoryType.I64 or MemoryType.F64: *(long*)pointer = ((long*)value)[lane]; break;
            default: *(int*)pointer = ((int*)value)[lane]; break;
        }
    }

    private static int Update(int* target, int value, AtomicOperation operation)
    {
        if (operation == AtomicOperation.Add)
            return Interlocked.Add(ref *target, value) - value;
        for (int old = *target; ;)
        {
            int next = operation switch
            {
                AtomicOperation.And => old & value,
                AtomicOperation.Or => old | value,
                AtomicOperation.Xor => old ^ value,
                AtomicOperation.Min => Math.Min(old, value),
                AtomicOperation.Max => Math.Max(old, value),
                AtomicOperation.MinU => ScalarOps.MinU(old, value),
                AtomicOperation.MaxU => ScalarOps.MaxU(old, value),
                _ => value,
            };
            int seen = Interlocked.CompareExchange(ref *target, next, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    private static long Update(long* target, long value, AtomicOperation operation)
    {
        if (operation == AtomicOperation.Add)
            return Interlocked.Add(ref *target, value) - value;
        for (long old = *target; ;)
        {
            long next = operation switch
            {
                AtomicOperation.And => old & value,
                AtomicOperation.Or => old | value,
                AtomicOperation.Xor => old ^ value,
                AtomicOperation.Min => Math.Min(old, value),
                AtomicOperation.Max => Math.Max(old, value),
                AtomicOperation.MinU => ScalarOps.MinU(old, value),
                AtomicOperation.MaxU => ScalarOps.MaxU(old, value),
                _ => value,
            };
            long seen = Interlocked.CompareExchange(ref *target, next, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    // Floats compare by their bits, so that a NaN in memory cannot keep the loop going.
    private static float Update(float* target, float value, AtomicOperation operation)
    {
        for (int old = *(int*)target; ;)
        {
            float current = BitConverter.Int32BitsToSingle(old);
            float next = operation switch
            {
                AtomicOperation.Add => current + value,
                AtomicOperation.Min => MathF.Min(current, value),
                AtomicOperation.Max => MathF.Max(current, value),
                _ => value,
            };
            int seen = Interlocked.CompareExchange(ref *(int*)target, BitConverter.SingleToInt32Bits(next), old);
            if (seen == old)
                return current;
            old = seen;
        }
    }

    private static double Update(double* target, double value, AtomicOperation operation)
    {
        for (long old = *(long*)target; ;)
        {
            double current = BitConverter.Int64BitsToDouble(old);
            double next = operation switch
            {
                AtomicOperation.Add => current + value,
                AtomicOperation.Min => Math.Min(current, value),
                AtomicOperation.Max => Math.Max(current, value),
                _ => value,
            };
            long seen = Interlocked.CompareExchange(ref *(long*)target, BitConverter.DoubleToInt64Bits(next), old);
            if (seen == old)
                return current;
            old = seen;
        }
    }
}
