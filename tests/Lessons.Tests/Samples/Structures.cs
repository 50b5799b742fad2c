using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace Structures;

internal struct Particle
{
    public float X;
    public float Y;
    public int Steps;

    public readonly float DistanceSquared => (X * X) + (Y * Y);

    public void Move(float dx, float dy)
    {
        X += dx;
        Y += dy;
        Steps++;
    }
}

internal readonly struct Wind(float dx, float dy)
{
    public readonly float Dx = dx;
    public readonly float Dy = dy;
}

internal static class Program
{
    private static void Blow(Index1D index, ArrayView<Particle> particles, Wind wind)
    {
        Particle particle = particles[index];
        while (particle.DistanceSquared < 100f)
            particle.Move(wind.Dx, wind.Dy);
        particles[index] = particle;
    }

    private static void Main()
    {
        using Context context = Context.Create(builder => builder.CPU());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var particles = accelerator.Allocate1D(new Particle[] { new(), new() { X = 3, Y = 4 }, new() { X = 20 } });
        accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<Particle>, Wind>(Blow)((int)particles.Length, particles.View, new Wind(0.5f, 1f));
        foreach (Particle particle in particles.GetAsArray1D())
            Console.WriteLine(FormattableString.Invariant($"({particle.X}, {particle.Y}) after {particle.Steps}"));
    }
}
