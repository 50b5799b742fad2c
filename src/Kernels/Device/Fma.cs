namespace GemmaIlgpu.Kernels.Device;

/// <summary>Fused multiply-add, the inner step of every dot product.</summary>
public static class Fma
{
    /// <summary>a · b + c. One rounding on our own runtime; ILGPU 1.5.3 has no such intrinsic, so two there.</summary>
    public static float MultiplyAdd(float a, float b, float c) =>
#if UPSTREAM_PACKAGES
        (a * b) + c;
#else
        MathF.FusedMultiplyAdd(a, b, c);
#endif
}
