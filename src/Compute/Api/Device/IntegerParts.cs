namespace ILGPU;

public static partial class IntrinsicMath
{
    /// <summary>A 64-bit number as two halves of 32 bits.</summary>
    public readonly struct IntegerParts
    {
        /// <summary>Takes a number apart.</summary>
        public IntegerParts(ulong value)
            : this((uint)value, (uint)(value >> 32))
        {
        }

        /// <summary>Creates the parts from both halves.</summary>
        public IntegerParts(uint lower, uint upper)
        {
            Lower = lower;
            Upper = upper;
        }

        /// <summary>Gets the low 32 bits.</summary>
        public uint Lower { get; }

        /// <summary>Gets the high 32 bits.</summary>
        public uint Upper { get; }
    }

    /// <summary>Takes a number apart.</summary>
    public static IntegerParts Decompose(long value) => new((ulong)value);

    /// <summary>Takes a number apart.</summary>
    public static IntegerParts Decompose(ulong value) => new(value);

    /// <summary>Puts a number together.</summary>
    public static long ComposeLong(IntegerParts parts) => (long)ComposeULong(parts);

    /// <summary>Puts a number together.</summary>
    public static ulong ComposeULong(IntegerParts parts) => ((ulong)parts.Upper << 32) | parts.Lower;
}
