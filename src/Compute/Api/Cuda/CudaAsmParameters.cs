namespace ILGPU.Runtime.Cuda;

/// <summary>What CudaAsm.EmitRef takes: <see cref="Input{T}"/>, <see cref="Output{T}"/>, <see cref="Ref{T}"/>.</summary>
public interface ICudaAsmEmitParameter;

/// <summary>A value that inline PTX reads.</summary>
public struct Input<T> : ICudaAsmEmitParameter
    where T : struct
{
    /// <summary>The value.</summary>
    public T Value;

    /// <summary>Makes an input of a value.</summary>
    public static implicit operator Input<T>(T v) => new() { Value = v };
}

/// <summary>A value that inline PTX writes.</summary>
public struct Output<T> : ICudaAsmEmitParameter
    where T : struct
{
    /// <summary>The value.</summary>
    public T Value;
}

/// <summary>A value that inline PTX reads and writes, such as the accumulator of a matrix product.</summary>
public struct Ref<T> : ICudaAsmEmitParameter
    where T : struct
{
    /// <summary>The value.</summary>
    public T Value;

    /// <summary>Makes a reference of a value.</summary>
    public static implicit operator Ref<T>(T v) => new() { Value = v };
}
