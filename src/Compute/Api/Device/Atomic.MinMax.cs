using GemmaIlgpu.Compute.Api;

namespace ILGPU;

public static partial class Atomic
{
    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static int Min(ref int target, int value)
    {
        int old = target;
        while (true)
        {
            int seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static long Min(ref long target, long value)
    {
        long old = target;
        while (true)
        {
            long seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static uint Min(ref uint target, uint value)
    {
        uint old = target;
        while (true)
        {
            uint seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static ulong Min(ref ulong target, ulong value)
    {
        ulong old = target;
        while (true)
        {
            ulong seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static float Min(ref float target, float value)
    {
        float old = target;
        while (true)
        {
            float seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(old))
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the lesser of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Min")]
    public static double Min(ref double target, double value)
    {
        double old = target;
        while (true)
        {
            double seen = CompareExchange(ref target, old, Math.Min(old, value));
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(old))
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static int Max(ref int target, int value)
    {
        int old = target;
        while (true)
        {
            int seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static long Max(ref long target, long value)
    {
        long old = target;
        while (true)
        {
            long seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static uint Max(ref uint target, uint value)
    {
        uint old = target;
        while (true)
        {
            uint seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static ulong Max(ref ulong target, ulong value)
    {
        ulong old = target;
        while (true)
        {
            ulong seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static float Max(ref float target, float value)
    {
        float old = target;
        while (true)
        {
            float seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (BitConverter.SingleToInt32Bits(seen) == BitConverter.SingleToInt32Bits(old))
                return old;
            old = seen;
        }
    }

    /// <summary>Keeps the greater of an element and a value.</summary>
    [DeviceIntrinsic("Atomic.Max")]
    public static double Max(ref double target, double value)
    {
        double old = target;
        while (true)
        {
            double seen = CompareExchange(ref target, old, Math.Max(old, value));
            if (BitConverter.DoubleToInt64Bits(seen) == BitConverter.DoubleToInt64Bits(old))
                return old;
            old = seen;
        }
    }
}
