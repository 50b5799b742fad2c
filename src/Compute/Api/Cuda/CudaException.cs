using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>A call of the CUDA driver failed. The message names the call, the error and, where there is one, the kernel.</summary>
public sealed class CudaException : AcceleratorException
{
    /// <summary>Creates the exception.</summary>
    public CudaException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public CudaException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public CudaException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal CudaException(string message, CudaResult result, string? error)
        : base(message)
    {
        Result = result;
        Error = error ?? $"{(int)result}";
    }

    /// <inheritdoc/>
    public override AcceleratorType AcceleratorType => AcceleratorType.Cuda;

    /// <summary>Gets the name of the error, e.g. "CUDA_ERROR_ILLEGAL_ADDRESS"; empty when it was not the driver that failed.</summary>
    public string Error { get; } = "";

    internal CudaResult Result { get; }
}
