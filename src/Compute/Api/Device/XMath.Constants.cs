namespace ILGPU.Algorithms;

public static partial class XMath
{
    /// <summary>The base of natural logarithms.</summary>
    public const float E = (float)ED;

    /// <summary>The base of natural logarithms.</summary>
    public const double ED = 2.718281828459045;

    /// <summary>log2(e).</summary>
    public const float Log2E = (float)Log2ED;

    /// <summary>log2(e).</summary>
    public const double Log2ED = 1.4426950408889634;

    /// <summary>log10(e).</summary>
    public const float Log10E = (float)Log10ED;

    /// <summary>log10(e).</summary>
    public const double Log10ED = 0.4342944819032518;

    /// <summary>ln(2).</summary>
    public const float Ln2 = (float)Ln2D;

    /// <summary>ln(2).</summary>
    public const double Ln2D = 0.6931471805599453;

    /// <summary>ln(10).</summary>
    public const float Ln10 = (float)Ln10D;

    /// <summary>ln(10).</summary>
    public const double Ln10D = 2.302585092994046;

    /// <summary>π.</summary>
    public const float PI = (float)PID;

    /// <summary>π.</summary>
    public const double PID = 3.141592653589793;

    /// <summary>π / 2.</summary>
    public const float PIHalf = (float)PIHalfD;

    /// <summary>π / 2.</summary>
    public const double PIHalfD = 1.5707963267948966;

    /// <summary>π / 4.</summary>
    public const float PIFourth = (float)PIFourthD;

    /// <summary>π / 4.</summary>
    public const double PIFourthD = 0.7853981633974483;

    /// <summary>1 / Ln10.</summary>
    public const float OneOverLn10 = (float)OneOverLn10D;

    /// <summary>1 / Ln10.</summary>
    public const double OneOverLn10D = 1 / Ln10D;

    /// <summary>1 / Ln2.</summary>
    public const float OneOverLn2 = (float)OneOverLn2D;

    /// <summary>1 / Ln2.</summary>
    public const double OneOverLn2D = 1 / Ln2D;

    /// <summary>1 / Log2E.</summary>
    public const float OneOverLog2E = (float)OneOverLog2ED;

    /// <summary>1 / Log2E.</summary>
    public const double OneOverLog2ED = 1 / Log2ED;

    /// <summary>1 / π.</summary>
    public const float OneOverPI = (float)(1 / PID);

    /// <summary>2 / π.</summary>
    public const float TwoOverPI = (float)(2 / PID);

    /// <summary>√2.</summary>
    public const float Sqrt2 = (float)1.4142135623730951;

    /// <summary>1 / √2.</summary>
    public const float OneOverSqrt2 = (float)0.7071067811865476;

    /// <summary>1 / 3.</summary>
    public const float OneThird = (float)(1.0 / 3);
}
