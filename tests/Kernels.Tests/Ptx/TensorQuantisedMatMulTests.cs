using System.Reflection;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;

namespace GemmaIlgpu.Kernels.Tests.Ptx;

public class TensorQuantisedMatMulTests
{
    // Tokens and outputs around warps of 64 and tiles of 128; columns of one and several spans of 256, for simple types also
    // of a part of one. The last column says how many blocks of 32 beyond whole spans a simple type gets.
    [TestCase(3, 5, 1, 0)]
    [TestCase(66, 130, 1, 3)]
    [TestCase(20, 128, 2, 1)]
    public void Matches_the_double_reference(int tokens, int outputs, int spans, int moreBlocks)
    {
        foreach (BlockType type in Enum.GetValues<BlockType>())
        {
            int width = (spans * 256) + (type.BlockLength() == 32 ? moreBlocks * 32 : 0);
            var (bytes, weights, parts) = BlockWriter.Write(type, outputs * width, seed: 5);
            var (xBits, x) = TensorMatMulTests.BFloat16(tokens * width, seed: 6);
            using var run = new PtxRun();
            PtxBuffer y = run.Upload(Enumerable.Repeat(float.NaN, tokens * outputs).ToArray());
            PtxBuffer data = run.Upload(bytes);
            int rowHalves = bytes.Length / 2 / outputs;
            run.Launch(
                Kernel(type), TensorMatMul.Groups(tokens, outputs), TensorTile.Threads, TensorQuantisedKernels.SharedBytes, "sm_80",
                run.Upload(xBits), data, y, tokens, outputs, width, rowHalves);

            double[] expected = new double[tokens * outputs], tolerance = new double[tokens * outputs];
            for (int t = 0; t < tokens; t++)
            {
                for (int n = 0; n < outputs; n++)
                {
                    double sum = 0, magnitude = 0, partMagnitude = 0;
                    for (int k = 0; k < width; k++)
                    {
                        double xk = x[(t * width) + k], w = weights[(n * width) + k];
                        sum += xk * w;
                        magnitude += Math.Abs(xk * w);
                        partMagnitude += Math.Abs(xk) * parts[(n * width) + k];
                    }

                    // A weight rounds to float32 from its parts, scale · level and minimum, twice at most, then to bfloat16; then sums as in TensorMatMulTests.
                    expected[(t * outputs) + n] = sum;
                    tolerance[(t * outputs) + n] = (Math.ScaleB(1, -9) * magnitude) + (3 * TensorAssert.Rounding * partMagnitude)
                        + (((width / 8.0) + 1) * 2 * TensorAssert.Rounding * magnitude * (1 + Math.ScaleB(1, -9)));
                }
            }

            TensorAssert.Close(expected, run.Download<float>(y), tolerance, [tokens, outputs], $"TensorQuantisedMatMul {type}", Devices.Fastest);
        }
    }

    private static MethodInfo Kernel(BlockType type)
    {
        Type format = typeof(IBlockFormat).Assembly.GetType($"GemmaIlgpu.Kernels.Device.{type}Format", throwOnError: true)!;
        return typeof(TensorQuantisedKernels).GetMethod(nameof(TensorQuantisedKernels.Kernel))!.MakeGenericMethod(format);
    }
}
