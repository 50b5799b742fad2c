using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Kernels.Device;

/// <summary>Which devices run the tensor core kernels.</summary>
public static class TensorDevices
{
    /// <summary>Whether a device has bfloat16 tensor cores and asynchronous copies (compute capability 8.0 and up), and groups that much shared memory.</summary>
    public static bool HasTensorCores(Accelerator accelerator, int sharedBytes) =>
        accelerator is CudaAccelerator cuda && cuda.Architecture >= CudaArchitecture.SM_80 && sharedBytes <= cuda.MaxSharedMemoryPerGroup;
}
