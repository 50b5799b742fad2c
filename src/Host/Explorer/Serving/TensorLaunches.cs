using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using GemmaIlgpu.Kernels.Fast;
using GemmaIlgpu.Lessons;
using ILGPU;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>How a kernel is launched that only NVIDIA's GPUs run.</summary>
/// <param name="Description">An example.</param>
/// <param name="Grid">Its groups.</param>
/// <param name="Group">Threads of a group.</param>
/// <param name="SharedBytes">Shared memory of a group that is asked for at the launch.</param>
internal sealed record TensorLaunch(string Description, Index3D Grid, Index3D Group, int SharedBytes);

/// <summary>An example launch of each kernel for tensor cores, by the functions that launch them.</summary>
internal static class TensorLaunches
{
    /// <summary>Lanes of a warp of the GPUs that have these instructions, whatever the page is set to.</summary>
    public const int WarpSize = 32;

    private const int Tokens = 512, QueryHeads = 8, KvHeads = 4, Outputs = 2048;

    /// <summary>The launch of a kernel; null if it is none for tensor cores.</summary>
    public static TensorLaunch? For(KernelEntry entry) => entry.SourceName switch
    {
        "FlashKernels.Kernel" => Flash(entry.Method.GetGenericArguments()[^1]),
        "TensorMatMulKernels.Kernel" => Product(TensorMatMulKernels.SharedBytes),
        "TensorQuantisedKernels.Kernel" => Product(TensorQuantisedKernels.SharedBytes),
        "FragmentKernels.TensorCore" => Fragment((TensorCores.Product)LessonKernels.LessonOf(entry.Method)!.Pose(Scale.Small)),
        _ => null,
    };

    private static TensorLaunch Flash(Type tile)
    {
        (int headDim, int shared) = tile == typeof(HeadTile64) ? (64, FlashKernels.SharedBytes<HeadTile64>())
            : tile == typeof(HeadTile128) ? (128, FlashKernels.SharedBytes<HeadTile128>()) : (256, FlashKernels.SharedBytes<HeadTile256>());
        var parameters = new AttentionParameters(new Kernels.AttentionShape(QueryHeads, KvHeads, headDim, 1f, 0f, 0), 0, Tokens, Tokens);
        return new($"{Tokens} tokens, {QueryHeads} query heads of {headDim} over {KvHeads} KV heads", new(FlashKernels.Tiles(parameters) * KvHeads, 1, 1), new(FlashKernels.Threads, 1, 1), shared);
    }

    private static TensorLaunch Product(int shared) =>
        new($"{Tokens} tokens times a matrix of {Outputs} rows", new(TensorMatMul.Groups(Tokens, Outputs), 1, 1), new(TensorTile.Threads, 1, 1), shared);

    private static TensorLaunch Fragment(TensorCores.Product problem) => new(
        problem.Shape, new(Workbench.Groups(problem.Outputs, FragmentKernels.Columns), Workbench.Groups(problem.Tokens, FragmentKernels.Rows), 1), new(FragmentKernels.Lanes, 1, 1), 0);
}
