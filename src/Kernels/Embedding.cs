using GemmaIlgpu.Kernels.Device;
using ILGPU;
using ILGPU.Runtime;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels;

/// <summary>Token ids to table rows, times a factor: x[t] = table[ids[t]] · scale.</summary>
/// <remarks>
/// <para>Shapes: ids [T]; table [V, D] of any weight type; x [T, D].</para>
/// <para>Launch: one warp per token; lanes run along the row.</para>
/// <para>Shared memory: none.</para>
/// <para>Traffic: T·D weights read, 4·T·D bytes written, one operation per value: memory-bound, latency-bound at T = 1.</para>
/// <para>Numerics: decoding is exact, then one rounding. The ids are the caller's to check: the kernel reads row ids[t].</para>
/// <para>Source: Gemma scales the embedding by √D, arXiv:2403.08295; the same table makes the logits.</para>
/// </remarks>
public sealed class Embedding(Accelerator accelerator, Tuning? tuning = null)
{
    private readonly Tuning _tuning = tuning ?? Tuning.For(accelerator);

    // Kernels are compiled when a model first needs their weight type.
    private Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<float>, View, int, int, float>? _float32;
    private Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<ushort>, View, int, int, float>? _float16;
    private Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<ushort>, View, int, int, float>? _bfloat16;

    public void Run(AcceleratorStream stream, ArrayView<int> ids_T, WeightMatrix table_VD, View x_TD, float scale)
    {
        int tokens = ids_T.IntLength;
        int width = table_VD.Columns;
        if (x_TD.Length != (long)tokens * width)
            throw new ArgumentException($"Embedding: x has {x_TD.Length} values; {tokens} tokens of width {width} need {(long)tokens * width}.");
        if (tokens == 0)
            return;

        var config = new KernelConfig(_tuning.GroupsFor(tokens), _tuning.GroupSize);
        switch (table_VD.Type)
        {
            case WeightType.Float32:
                _float32 ??= accelerator.LoadKernel<ArrayView<int>, ArrayView<float>, View, int, int, float>(Kernel<Float32Format, float>);
                _float32(stream, config, ids_T, table_VD.Data.Cast<float>(), x_TD, tokens, width, scale);
                break;
            case WeightType.Float16:
                _float16 ??= accelerator.LoadKernel<ArrayView<int>, ArrayView<ushort>, View, int, int, float>(Kernel<Float16Format, ushort>);
                _float16(stream, config, ids_T, table_VD.Data.Cast<ushort>(), x_TD, tokens, width, scale);
                break;
            default:
                _bfloat16 ??= accelerator.LoadKernel<ArrayView<int>, ArrayView<ushort>, View, int, int, float>(Kernel<BFloat16Format, ushort>);
                _bfloat16(stream, config, ids_T, table_VD.Data.Cast<ushort>(), x_TD, tokens, width, scale);
                break;
        }
    }

    public static void Kernel<TFormat, TStored>(
        ArrayView<int> ids_T, ArrayView<TStored> table_VD, View x_TD, int tokens, int width, float scale)
        where TFormat : unmanaged, IWeightFormat<TStored>
        where TStored : unmanaged
    {
        int lane = Warp.LaneIdx;
        int warp = Warp.WarpSize;
        int token = Elementwise.GlobalWarp();
        if (token >= tokens)
            return;

        long source = (long)ids_T[token] * width;
        long target = (long)token * width;
        int steps = width / warp;
        for (int step = 0; step < steps; step++)
        {
            int d = (step * warp) + lane;
            x_TD[target + d] = TFormat.ToFloat(table_VD[source + d]) * scale;
        }

        int rest = (steps * warp) + lane;
        if (rest < width)
            x_TD[target + rest] = TFormat.ToFloat(table_VD[source + rest]) * scale;
    }
}
