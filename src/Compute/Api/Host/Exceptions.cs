namespace ILGPU;

/// <summary>A kernel uses what the device cannot do.</summary>
public sealed class CapabilityNotSupportedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CapabilityNotSupportedException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public CapabilityNotSupportedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public CapabilityNotSupportedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The compiler refuses a kernel.</summary>
public sealed class InternalCompilerException : Exception
{
    /// <summary>Creates the exception.</summary>
    public InternalCompilerException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public InternalCompilerException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and its cause.</summary>
    public InternalCompilerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
