using System.Reflection;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Runtime;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace ILGPU.Runtime.Cuda;

/// <summary>A kernel that is loaded on an NVIDIA device.</summary>
/// <remarks>
/// Its PTX is written at once, so that what a device cannot do is said at once. The driver compiles it when it is first
/// launched or asked about: a model uses a part of the kernels it loads, and each takes a tenth of a second or more.
/// </remarks>
public sealed class CudaKernel : Kernel
{
    private readonly CudaAccelerator _accelerator;
    private readonly PtxKernel? _code;
    private KernelInfo? _info;

    internal CudaKernel(CudaAccelerator accelerator, MethodInfo method, bool implicitlyGrouped, int groupSize, KernelSpecialization specialization)
        : base(accelerator, method, implicitlyGrouped, groupSize, specialization, info: null)
    {
        _accelerator = accelerator;

        // Kernels with specialised values are compiled when the values are known.
        if (!Parameters.Any(SpecializingLauncher.IsSpecialized))
            _code = accelerator.Kernels.Compile(this);
    }

    /// <summary>Gets the driver's handle of the module; 0 for kernels with specialised values, which have one for each set of them.</summary>
    public IntPtr ModulePtr => Function?.Module ?? 0;

    /// <summary>Gets the driver's handle of the kernel; 0 for kernels with specialised values, which have one for each set of them.</summary>
    public IntPtr FunctionPtr => Function?.Handle ?? 0;

    /// <inheritdoc/>
    internal override KernelInfo? Info
    {
        get
        {
            if (_info is null && _code is not null)
            {
                int size = _accelerator.Kernels.EstimateGroupSize(this, 0, _accelerator.MaxNumThreadsPerGroup, out int groups);
                _info = new KernelInfo(CustomGroupSize == 0 ? size : CustomGroupSize, groups);
            }

            return _info;
        }
    }

    /// <summary>Gets the PTX; null for kernels with specialised values.</summary>
    internal PtxKernel? Code => _code;

    /// <summary>Gets what the driver made of the PTX; null for kernels with specialised values.</summary>
    internal CudaFunction? Function => _code is null ? null : _accelerator.Kernels.Load(this, _code);

    private protected override Delegate CreateLauncher(LauncherSignature signature) => _accelerator.Kernels.CreateLauncher(this, signature);
}
