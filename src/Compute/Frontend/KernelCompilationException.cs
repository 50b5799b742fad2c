namespace GemmaIlgpu.Compute.Frontend;

/// <summary>A kernel does something that a device cannot. The message is one sentence naming kernel, method and source line.</summary>
public class KernelCompilationException : Exception
{
    /// <summary>Makes the exception from its finished sentence.</summary>
    public KernelCompilationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from its finished sentence and what caused it.</summary>
    public KernelCompilationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
