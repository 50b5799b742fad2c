using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Conformance;

/// <summary>System.Numerics' vectors in kernels.</summary>
public sealed class VectorTests(string device) : ConformanceTests(device)
{
    private const int Count = 50;

    // Few operations, each rounded once; the class library sums products in another order. Values stay below 100.
    private const double Tolerance = 2e-6;

    [Test] public void Of_three() => Check<Vector3>(Three, Three);

    private static void Three(Index1D i, ArrayView<Vector3> data, ArrayView<float> numbers) => (data[i], numbers[i]) = Three(data[i], i);

    private static (Vector3 Vector, float Number) Three(Vector3 v, int i)
    {
        var w = new Vector3(1, -2, 0.5f * i % 3);
        Vector3 sum = (v + w * 0.5f - Vector3.UnitY / 4) * Vector3.Abs(w) + 2 * -v;
        sum = Vector3.Cross(sum, w) + Vector3.Normalize(v + new Vector3(new Vector2(3, 1), 2)) + Vector3.Reflect(v, Vector3.UnitX);
        if (v == Vector3.Zero || v != w && i % 5 == 0)
            sum += Vector3.One;
        sum.X += w.Length() + Vector3.Distance(v, w);
        sum = Vector3.Clamp(sum, new(-50), Vector3.Max(v, new Vector3(40, 50, 60)));
        return (Vector3.Lerp(sum, Vector3.Min(v, w), 0.25f), Vector3.Dot(v, w) + sum[i % 3] + v.LengthSquared() + Vector3.SquareRoot(Vector3.Abs(v)).Y);
    }

    [Test] public void Of_two() => Check<Vector2>(Two, Two);

    private static void Two(Index1D i, ArrayView<Vector2> data, ArrayView<float> numbers) => (data[i], numbers[i]) = Two(data[i], i);

    private static (Vector2 Vector, float Number) Two(Vector2 z, int i)
    {
        Vector2 c = new(0.3f, -0.2f);
        for (int step = 0; step < i % 4; step++)
            z = new Vector2(z.X * z.X - z.Y * z.Y, 2 * z.X * z.Y) / 8 + c;
        z -= Vector2.Reflect(Vector2.UnitX, Vector2.Normalize(new(1, 1)));
        return (Vector2.Clamp(-z, -5 * Vector2.One, Vector2.Create(5)), Vector2.DistanceSquared(z, c) + Vector2.Dot(z, c));
    }

    [Test] public void Of_four() => Check<Vector4>(Four, Four);

    private static void Four(Index1D i, ArrayView<Vector4> data, ArrayView<float> numbers) => (data[i], numbers[i]) = Four(data[i], i);

    private static (Vector4 Vector, float Number) Four(Vector4 v, int i)
    {
        Vector4 point = new(new Vector3(v.X, v.Y, v.Z), 1);
        Vector4 row = new(new Vector2(i % 3, 2), -1, 0.5f);
        point = Vector4.Multiply(point, row) + Vector4.UnitW - Vector4.Min(v, row);
        return (Vector4.Normalize(point + new Vector4(9)) * Vector4.Max(v, row), Vector4.Dot(point, row) + point.Length() + (v.Equals(row) ? 1 : 0));
    }

    private void Check<T>(Action<Index1D, ArrayView<T>, ArrayView<float>> kernel, Func<T, int, (T Vector, float Number)> host)
        where T : unmanaged
    {
        int parts = System.Runtime.CompilerServices.Unsafe.SizeOf<T>() / sizeof(float);
        float[] flat = [.. Inputs.Range(Count * parts).Select(k => k * 37 % 41 / 8f - 2)];
        T[] data = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<float, T>(flat)];
        float[] numbers = new float[Count];
        using var buffer = Accelerator.Allocate1D(data);
        using var result = Accelerator.Allocate1D(numbers);
        Accelerator.LoadAutoGroupedStreamKernel(kernel)(Count, buffer.View, result.View);
        Accelerator.Synchronize();
        (T Vector, float Number)[] expected = [.. data.Select(host)];
        float[] actual = [.. System.Runtime.InteropServices.MemoryMarshal.Cast<T, float>(buffer.GetAsArray1D())];
        T[] vectors = [.. expected.Select(one => one.Vector)];
        AssertNear(actual, [.. System.Runtime.InteropServices.MemoryMarshal.Cast<T, float>(vectors)]);
        AssertNear(result.GetAsArray1D(), [.. expected.Select(one => one.Number)]);
    }

    private static void AssertNear(float[] actual, float[] expected)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Tolerance * Math.Max(10, Math.Abs(expected[i]))), $"{i}");
    }
}
