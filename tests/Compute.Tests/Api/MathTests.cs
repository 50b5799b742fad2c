using ILGPU;
using ILGPU.Algorithms;

namespace GemmaIlgpu.Compute.Tests.Api;

/// <summary>Arithmetic of XMath, IntrinsicMath, Interop and Half against the class library.</summary>
internal sealed class MathTests
{
    private static readonly float[] s_values =
        [0, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 0.4999999f, 100.25f, 1e10f, -1e-10f, float.Epsilon, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    [TestCaseSource(nameof(s_values))]
    public void Floats_agree_with_the_class_library(float value)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(XMath.IsNaN(value), Is.EqualTo(float.IsNaN(value)));
            Assert.That(XMath.IsInfinity(value), Is.EqualTo(float.IsInfinity(value)));
            Assert.That(XMath.IsFinite(value), Is.EqualTo(float.IsFinite(value)));
            Assert.That(XMath.RoundAwayFromZero(value), Is.EqualTo(MathF.Round(value, MidpointRounding.AwayFromZero)));
            Assert.That(XMath.RoundToEven(value), Is.EqualTo(MathF.Round(value)));
            Assert.That(XMath.Round(value, MidpointRounding.ToNegativeInfinity), Is.EqualTo(MathF.Floor(value)));
            Assert.That(XMath.Abs(value), Is.EqualTo(MathF.Abs(value)));
            Assert.That((float)(ILGPU.Half)value, Is.EqualTo((float)(System.Half)value));
            Assert.That(Interop.IntAsFloat(Interop.FloatAsInt(value)), Is.EqualTo(value));
            if (!float.IsNaN(value))
                Assert.That(XMath.Sign(value), Is.EqualTo(MathF.Sign(value)));
            foreach (float divisor in new[] { 1f, -3f, 0.7f })
                Assert.That(XMath.IEEERemainder(value, divisor), Is.EqualTo(MathF.IEEERemainder(value, divisor)).Within(MathF.Abs(value) > 1e9 ? 4f : 1e-6f));
        }
    }

    [Test]
    public void Integers_agree_with_the_class_library()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(XMath.DivRoundUp(7, 2), Is.EqualTo(4));
            Assert.That(XMath.DivRoundUp(8L, 2), Is.EqualTo(4));
            Assert.That(XMath.DivRoundDown(7, 2), Is.EqualTo(3));
            Assert.That(XMath.Clamp(-5, 0, 3), Is.Zero);
            Assert.That(XMath.Clamp((byte)200, (byte)1, (byte)100), Is.EqualTo(100));
            Assert.That(XMath.PopCount(-1), Is.EqualTo(32));
            Assert.That(XMath.LeadingZeroCount(1L), Is.EqualTo(63));
            Assert.That(XMath.TrailingZeroCount(8u), Is.EqualTo(3));
            Assert.That(XMath.Max((sbyte)-3, (sbyte)2), Is.EqualTo(2));
            Assert.That(IntrinsicMath.Abs(-7L), Is.EqualTo(7));
            Assert.That(IntrinsicMath.ComposeLong(IntrinsicMath.Decompose(-123456789012L)), Is.EqualTo(-123456789012L));
            Assert.That(Interop.SizeOf<long>(), Is.EqualTo(8));
            Assert.That(Interop.ComputeAlignmentOffset(65, 64), Is.EqualTo(63));
            Assert.That(Interop.ComputeRelativeSizeOf<float, byte>(9), Is.EqualTo(3));
        }
    }

    [Test]
    public void Constants_and_calculus()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(MathF.PI, Is.EqualTo(XMath.PI));
            Assert.That(Math.E, Is.EqualTo(XMath.ED));
            Assert.That(1 / Math.Log(2), Is.EqualTo(XMath.OneOverLn2D).Within(1e-15));
            Assert.That(XMath.Rsqrt(4f), Is.EqualTo(0.5f));
            Assert.That(XMath.Exp2(3.0), Is.EqualTo(8));
            Assert.That(XMath.Log(8.0, 2.0), Is.EqualTo(3).Within(1e-15));
            Assert.That(XMath.DegToRad(180f), Is.EqualTo(MathF.PI));
            Assert.That(XMath.Round(2.345, 2), Is.EqualTo(Math.Round(2.345, 2)).Within(1e-12));
        }

        XMath.SinCos(0.5, out double sin, out double cos);
        Assert.That((sin, cos), Is.EqualTo((Math.Sin(0.5), Math.Cos(0.5))));
    }

    [Test]
    public void Every_half_survives_a_round_trip()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            ILGPU.Half half = Interop.IntAsFloat((ushort)bits);
            if (!ILGPU.Half.IsNaN(half) && Interop.FloatAsInt((ILGPU.Half)(float)half) != bits)
                Assert.Fail($"0x{bits:X4} came back as 0x{Interop.FloatAsInt((ILGPU.Half)(float)half):X4}.");
        }

        ILGPU.Half one = ILGPU.Half.One, two = (ILGPU.Half)2;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((float)(one + two), Is.EqualTo(3));
            Assert.That((float)(one / two), Is.EqualTo(0.5f));
            Assert.That(-one < one, Is.True);
            Assert.That((float)ILGPU.Half.MaxValue, Is.EqualTo(65504));
        }
    }
}
