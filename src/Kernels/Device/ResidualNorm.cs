using ILGPU;
using ILGPU.Algorithms;
using View = ILGPU.ArrayView<float>;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>What a block of one token begins with: the residual stream, what the block before adds to it, and the norms.</summary>
public readonly struct ResidualInputs
{
    /// <summary>[D] the residual stream before the block before.</summary>
    public readonly View Residual_D;

    /// <summary>[D] what that block gives, or nothing.</summary>
    public readonly View Delta_D;

    /// <summary>[D] weights of that block's post-norm, or nothing.</summary>
    public readonly View DeltaNorm_D;

    /// <summary>[D] weights of this block's norm.</summary>
    public readonly View Norm_D;

    /// <summary>[D] where the new residual stream goes; other memory than the old one, which slower groups still read.</summary>
    public readonly View Next_D;
    public readonly float Epsilon;
    public readonly float WeightOffset;

    public ResidualInputs(View residual_D, View delta_D, View deltaNorm_D, View norm_D, View next_D, float epsilon, float weightOffset)
    {
        Residual_D = residual_D;
        Delta_D = delta_D;
        DeltaNorm_D = deltaNorm_D;
        Norm_D = norm_D;
        Next_D = next_D;
        Epsilon = epsilon;
        WeightOffset = weightOffset;
    }
}

/// <summary>The steps between two products of a layer, done by every group for itself.</summary>
public static class ResidualNorm
{
    /// <summary>
    /// next = residual + delta, or + norm(delta) where there is a post-norm; x = norm(next), left in shared memory at the
    /// places that the rows of weights want it in. Ends with a barrier.
    /// </summary>
    /// <remarks>
    /// The vectors, at most four of 18 KiB, come from the second-level cache: all groups read the same. That costs a
    /// group about a microsecond, a launch of its own would cost all of them two. The first group writes next.
    /// </remarks>
    public static void Prepare<TRows>(ResidualInputs inputs, View x_D)
        where TRows : unmanaged, IDecodeRows
    {
        int width = inputs.Norm_D.IntLength;
        float deltaScale = inputs.DeltaNorm_D.Length > 0 ? InverseRms(inputs.Delta_D, width, inputs.Epsilon) : 1f;

        // 1. The new residual stream, and its squares.
        float sum = 0f;
        for (int d = Group.IdxX; d < width; d += Group.DimX)
        {
            float value = inputs.Residual_D[d];
            if (inputs.Delta_D.Length > 0)
            {
                float delta = inputs.Delta_D[d];
                value += inputs.DeltaNorm_D.Length > 0 ? delta * deltaScale * (inputs.WeightOffset + inputs.DeltaNorm_D[d]) : delta;
            }

            x_D[TRows.Place(d, width)] = value;
            sum = Fma.MultiplyAdd(value, value, sum);
            if (Grid.IdxX == 0)
                inputs.Next_D[d] = value;
        }

        // 2. Its norm; a thread scales what it wrote itself.
        float scale = 1f / MathF.Sqrt((GroupReduce.Sum(sum) / width) + inputs.Epsilon);
        for (int d = Group.IdxX; d < width; d += Group.DimX)
        {
            int place = TRows.Place(d, width);
            x_D[place] = x_D[place] * scale * (inputs.WeightOffset + inputs.Norm_D[d]);
        }

        Group.Barrier();        // all of x is in place
    }

    private static float InverseRms(View x_D, int width, float epsilon)
    {
        float sum = 0f;
        for (int d = Group.IdxX; d < width; d += Group.DimX)
            sum = Fma.MultiplyAdd(x_D[d], x_D[d], sum);
        return 1f / MathF.Sqrt((GroupReduce.Sum(sum) / width) + epsilon);
    }
}
