using System.Numerics;

namespace GemmaIlgpu.Compute.Frontend.Library;

/// <summary>What kernels compile in place of the members of <see cref="Vector3"/>, whose own code is for the processor's vector units.</summary>
internal static class Vector3Members
{
    public static Vector3 Create(float x, float y, float z)
    {
        Vector3 made = default;
        made.X = x;
        made.Y = y;
        made.Z = z;
        return made;
    }

    public static Vector3 Create(float value) => Create(value, value, value);

    public static Vector3 Create(Vector2 xy, float z) => Create(xy.X, xy.Y, z);

    public static Vector3 Zero() => default;

    public static Vector3 One() => Create(1);

    public static Vector3 UnitX() => Create(1, 0, 0);

    public static Vector3 UnitY() => Create(0, 1, 0);

    public static Vector3 UnitZ() => Create(0, 0, 1);

    public static Vector3 Add(Vector3 a, Vector3 b) => Create(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Vector3 Subtract(Vector3 a, Vector3 b) => Create(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Vector3 Multiply(Vector3 a, Vector3 b) => Create(a.X * b.X, a.Y * b.Y, a.Z * b.Z);

    public static Vector3 Divide(Vector3 a, Vector3 b) => Create(a.X / b.X, a.Y / b.Y, a.Z / b.Z);

    public static Vector3 Multiply(Vector3 a, float b) => Create(a.X * b, a.Y * b, a.Z * b);

    public static Vector3 Multiply(float a, Vector3 b) => Multiply(b, a);

    public static Vector3 Divide(Vector3 a, float b) => Create(a.X / b, a.Y / b, a.Z / b);

    public static Vector3 Negate(Vector3 a) => Create(-a.X, -a.Y, -a.Z);

    public static bool Equality(Vector3 a, Vector3 b) => a.X == b.X && a.Y == b.Y && a.Z == b.Z;

    public static bool Inequality(Vector3 a, Vector3 b) => !Equality(a, b);

    public static float Dot(Vector3 a, Vector3 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    public static Vector3 Cross(Vector3 a, Vector3 b) => Create(
        a.Y * b.Z - a.Z * b.Y,
        a.Z * b.X - a.X * b.Z,
        a.X * b.Y - a.Y * b.X);

    public static float LengthSquared(ref Vector3 self) => Dot(self, self);

    public static float Length(ref Vector3 self) => MathF.Sqrt(Dot(self, self));

    public static float DistanceSquared(Vector3 a, Vector3 b) => Dot(Subtract(a, b), Subtract(a, b));

    public static float Distance(Vector3 a, Vector3 b) => MathF.Sqrt(DistanceSquared(a, b));

    public static Vector3 Normalize(Vector3 a) => Divide(a, MathF.Sqrt(Dot(a, a)));

    public static Vector3 Min(Vector3 a, Vector3 b) => Create(MathF.Min(a.X, b.X), MathF.Min(a.Y, b.Y), MathF.Min(a.Z, b.Z));

    public static Vector3 Max(Vector3 a, Vector3 b) => Create(MathF.Max(a.X, b.X), MathF.Max(a.Y, b.Y), MathF.Max(a.Z, b.Z));

    public static Vector3 Clamp(Vector3 a, Vector3 low, Vector3 high) => Min(Max(a, low), high);

    public static Vector3 Abs(Vector3 a) => Create(MathF.Abs(a.X), MathF.Abs(a.Y), MathF.Abs(a.Z));

    public static Vector3 SquareRoot(Vector3 a) => Create(MathF.Sqrt(a.X), MathF.Sqrt(a.Y), MathF.Sqrt(a.Z));

    public static Vector3 Lerp(Vector3 a, Vector3 b, float amount) => Add(Multiply(a, 1 - amount), Multiply(b, amount));

    public static Vector3 Reflect(Vector3 a, Vector3 normal) => Subtract(a, Multiply(normal, 2 * Dot(a, normal)));

    public static float Item(ref Vector3 self, int index) => index switch { 0 => self.X, 1 => self.Y, _ => self.Z };

    public static bool Equals(ref Vector3 self, Vector3 other) => Equality(self, other);
}
