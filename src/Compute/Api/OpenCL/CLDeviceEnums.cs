namespace ILGPU.Runtime.OpenCL;

/// <summary>Kinds of OpenCL devices.</summary>
[Flags]
public enum CLDeviceType
{
    /// <summary>The driver's first choice.</summary>
    CL_DEVICE_TYPE_DEFAULT = 1,

    /// <summary>A processor.</summary>
    CL_DEVICE_TYPE_CPU = 2,

    /// <summary>A graphics processor.</summary>
    CL_DEVICE_TYPE_GPU = 4,

    /// <summary>Something made for computing.</summary>
    CL_DEVICE_TYPE_ACCELERATOR = 8,

    /// <summary>Something that runs built-in kernels only.</summary>
    CL_DEVICE_TYPE_CUSTOM = 16,

    /// <summary>All of them.</summary>
    CL_DEVICE_TYPE_ALL = -1,
}

/// <summary>Makers of OpenCL devices.</summary>
public enum CLDeviceVendor
{
    /// <summary>AMD.</summary>
    AMD,

    /// <summary>Intel.</summary>
    Intel,

    /// <summary>NVIDIA.</summary>
    Nvidia,

    /// <summary>Somebody else.</summary>
    Other,
}
