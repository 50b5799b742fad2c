namespace ILGPU.Runtime;

/// <summary>The kinds of accelerators.</summary>
public enum AcceleratorType
{
    /// <summary>The processor.</summary>
    CPU,

    /// <summary>An NVIDIA device.</summary>
    Cuda,

    /// <summary>An OpenCL device.</summary>
    OpenCL,
}
