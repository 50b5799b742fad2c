using System.Numerics;

namespace GemmaIlgpu.Compute.Frontend.Library;

/// <summary>What kernels compile in place of the members of <see cref="Vector2"/>, whose own code is for the processor's vector units.</summary>
internal static class Vector2Members
{
    public static Vector2 Create(float x, float y)
    {
        Vector2 made = default;
        made.X = x;
        made.Y = y;
        return made;
    }

    public static Vector2 Create(float value) => Create(value, value);

    public static Vector2 Zero() => default;

    public static Vector2 One() => Create(1);

    public static Vector2 UnitX() => Create(1, 0);

    public static Vector2 UnitY() => Create(0, 1);

    public static Vector2 Add(Vector2 a, Vector2 b) => Create(a.X + b.X, a.Y + b.Y);

    public static Vector2 Subtract(Vector2 a, Vector2 b) => Create(a.X - b.X, a.Y - b.Y);

    public static Vector2 Multiply(Vector2 a, Vector2 b) => Create(a.X * b.X, a.Y * b.Y);

    public static Vector2 Divide(Vector2 a, Vector2 b) => Create(a.X / b.X, a.Y / b.Y);

    public static Vector2 Multiply(Vector2 a, float b) => Create(a.X * b, a.Y * b);

    public static Vector2 Multiply(float a, Vector2 b) => Multiply(b, a);

    public static Vector2 Divide(Vector2 a, float b) => Create(a.X / b, a.Y / b);

    public static Vector2 Negate(Vector2 a) => Create(-a.X, -a.Y);

    public static bool Equality(Vector2 a, Vector2 b) => a.X == b.X && a.Y == b.Y;

    public static bool Inequality(Vector2 a, Vector2 b) => !Equality(a, b);

    public static float Dot(Vector2 a, Vector2 b) => a.X * b.X + a.Y * b.Y;

    public static float LengthSquared(ref Vector2 self) => Dot(self, self);

    public static float Length(ref Vector2 self) => MathF.Sqrt(Dot(self, self));

    public static float DistanceSquared(Vector2 a, Vector2 b) => Dot(Subtract(a, b), Subtract(a, b));

    public static float Distance(Vector2 a, Vector2 b) => MathF.Sqrt(DistanceSquared(a, b));

    public static Vector2 Normalize(Vector2 a) => Divide(a, MathF.Sqrt(Dot(a, a)));

    public static Vector2 Min(Vector2 a, Vector2 b) => Create(MathF.Min(a.X, b.X), MathF.Min(a.Y, b.Y));

    public static Vector2 Max(Vector2 a, Vector2 b) => Create(MathF.Max(a.X, b.X), MathF.Max(a.Y, b.Y));

    public static Vector2 Clamp(Vector2 a, Vector2 low, Vector2 high) => Min(Max(a, low), high);

    public static Vector2 Abs(Vector2 a) => Create(MathF.Abs(a.X), MathF.Abs(a.Y));

    public static Vector2 SquareRoot(Vector2 a) => Create(MathF.Sqrt(a.X), MathF.Sqrt(a.Y));

    public static Vector2 Lerp(Vector2 a, Vector2 b, float amount) => Add(Multiply(a, 1 - amount), Multiply(b, amount));

    public static Vector2 Reflect(Vector2 a, Vector2 normal) => Subtract(a, Multiply(normal, 2 * Dot(a, normal)));

    public static float Item(ref Vector2 self, int index) => index switch { 0 => self.X, _ => self.Y };

    public static bool Equals(ref Vector2 self, Vector2 other) => Equality(self, other);
}
