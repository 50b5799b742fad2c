using System.Numerics;

namespace GemmaIlgpu.Compute.Frontend.Library;

/// <summary>What kernels compile in place of the members of <see cref="Vector4"/>, whose own code is for the processor's vector units.</summary>
internal static class Vector4Members
{
    public static Vector4 Create(float x, float y, float z, float w)
    {
        Vector4 made = default;
        made.X = x;
        made.Y = y;
        made.Z = z;
        made.W = w;
        return made;
    }

    public static Vector4 Create(float value) => Create(value, value, value, value);

    public static Vector4 Create(Vector2 xy, float z, float w) => Create(xy.X, xy.Y, z, w);

    public static Vector4 Create(Vector3 xyz, float w) => Create(xyz.X, xyz.Y, xyz.Z, w);

    public static Vector4 Zero() => default;

    public static Vector4 One() => Create(1);

    public static Vector4 UnitX() => Create(1, 0, 0, 0);

    public static Vector4 UnitY() => Create(0, 1, 0, 0);

    public static Vector4 UnitZ() => Create(0, 0, 1, 0);

    public static Vector4 UnitW() => Create(0, 0, 0, 1);

    public static Vector4 Add(Vector4 a, Vector4 b) => Create(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    public static Vector4 Subtract(Vector4 a, Vector4 b) => Create(a.X - b.X, a.Y - b.Y, a.Z - b.Z, a.W - b.W);

    public static Vector4 Multiply(Vector4 a, Vector4 b) => Create(a.X * b.X, a.Y * b.Y, a.Z * b.Z, a.W * b.W);

    public static Vector4 Divide(Vector4 a, Vector4 b) => Create(a.X / b.X, a.Y / b.Y, a.Z / b.Z, a.W / b.W);

    public static Vector4 Multiply(Vector4 a, float b) => Create(a.X * b, a.Y * b, a.Z * b, a.W * b);

    public static Vector4 Multiply(float a, Vector4 b) => Multiply(b, a);

    public static Vector4 Divide(Vector4 a, float b) => Create(a.X / b, a.Y / b, a.Z / b, a.W / b);

    public static Vector4 Negate(Vector4 a) => Create(-a.X, -a.Y, -a.Z, -a.W);

    public static bool Equality(Vector4 a, Vector4 b) => a.X == b.X && a.Y == b.Y && a.Z == b.Z && a.W == b.W;

    public static bool Inequality(Vector4 a, Vector4 b) => !Equality(a, b);

    public static float Dot(Vector4 a, Vector4 b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z + a.W * b.W;

    public static float LengthSquared(ref Vector4 self) => Dot(self, self);

    public static float Length(ref Vector4 self) => MathF.Sqrt(Dot(self, self));

    public static float DistanceSquared(Vector4 a, Vector4 b) => Dot(Subtract(a, b), Subtract(a, b));

    public static float Distance(Vector4 a, Vector4 b) => MathF.Sqrt(DistanceSquared(a, b));

    public static Vector4 Normalize(Vector4 a) => Divide(a, MathF.Sqrt(Dot(a, a)));

    public static Vector4 Min(Vector4 a, Vector4 b) => Create(MathF.Min(a.X, b.X), MathF.Min(a.Y, b.Y), MathF.Min(a.Z, b.Z), MathF.Min(a.W, b.W));

    public static Vector4 Max(Vector4 a, Vector4 b) => Create(MathF.Max(a.X, b.X), MathF.Max(a.Y, b.Y), MathF.Max(a.Z, b.Z), MathF.Max(a.W, b.W));

    public static Vector4 Clamp(Vector4 a, Vector4 low, Vector4 high) => Min(Max(a, low), high);

    public static Vector4 Abs(Vector4 a) => Create(MathF.Abs(a.X), MathF.Abs(a.Y), MathF.Abs(a.Z), MathF.Abs(a.W));

    public static Vector4 SquareRoot(Vector4 a) => Create(MathF.Sqrt(a.X), MathF.Sqrt(a.Y), MathF.Sqrt(a.Z), MathF.Sqrt(a.W));

    public static Vector4 Lerp(Vector4 a, Vector4 b, float amount) => Add(Multiply(a, 1 - amount), Multiply(b, amount));

    public static float Item(ref Vector4 self, int index) => index switch { 0 => self.X, 1 => self.Y, 2 => self.Z, _ => self.W };

    public static bool Equals(ref Vector4 self, Vector4 other) => Equality(self, other);
}
