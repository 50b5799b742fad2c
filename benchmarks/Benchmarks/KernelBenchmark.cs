using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Benchmarks;

/// <summary>An open device and buffers of reproducible values, for the benchmarks of kernel families.</summary>
public abstract class KernelBenchmark : IDisposable
{
    private readonly Context _context;
    private readonly Random _random = new(1);

    protected KernelBenchmark()
    {
        _context = Context.Create(builder => builder.CPU());
        Accelerator = _context.CreateCPUAccelerator(0);
    }

    protected Accelerator Accelerator { get; }

    protected AcceleratorStream Stream => Accelerator.DefaultStream;

    /// <summary>Uniform values in −1 … 1.</summary>
    protected MemoryBuffer1D<float, Stride1D.Dense> Values(long length)
    {
        float[] values = new float[length];
        for (long i = 0; i < length; i++)
            values[i] = _random.NextSingle() * 2 - 1;
        return Accelerator.Allocate1D(values);
    }

    /// <summary>bf16 weights of about 1/√columns, so that products stay near 1.</summary>
    protected MemoryBuffer1D<byte, Stride1D.Dense> BFloat16Weights(int rows, int columns)
    {
        byte[] bytes = new byte[2L * rows * columns];
        float scale = 1 / MathF.Sqrt(columns);
        for (long i = 0; i < bytes.LongLength; i += 2)
        {
            uint bits = BitConverter.SingleToUInt32Bits((_random.NextSingle() * 2 - 1) * scale);
            bytes[i] = (byte)(bits >> 16);
            bytes[i + 1] = (byte)(bits >> 24);
        }
        return Accelerator.Allocate1D(bytes);
    }

    /// <summary>Nothing is timed before its result is seen to be right.</summary>
    protected static void Check(double expected, float actual, double tolerance)
    {
        // Written so that NaN fails.
        if (!(Math.Abs(expected - actual) <= tolerance))
            throw new InvalidOperationException($"The result is {actual} instead of {expected}; its speed would mean nothing.");
    }

    public void Dispose()
    {
        Accelerator.Dispose();
        _context.Dispose();
        GC.SuppressFinalize(this);
    }
}
