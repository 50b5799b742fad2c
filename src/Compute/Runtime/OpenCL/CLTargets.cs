using System.Numerics;
using System.Text;
using GemmaIlgpu.Compute.Backends.OpenCL;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>What the compiler must know of a device, from what the device says of itself.</summary>
internal static unsafe class CLTargets
{
    private const ulong CorrectlyRoundedDivideSqrt = 1 << 7;
    private const uint IntelWarpSize = 16;      // of 8, 16 and 32: full registers without spilling

    /// <summary>Gets the target of a device.</summary>
    public static OpenCLTarget Of(CLDevice device, CLLibrary library)
    {
        string language = CLInfo.DeviceText(library, device.DeviceId, CLInfo.OpenCLCVersion);
        int version = language.StartsWith("OpenCL C ", StringComparison.Ordinal) && language.Length > 9 && char.IsAsciiDigit(language[9]) ? language[9] - '0' : 1;
        var target = new OpenCLTarget
        {
            Name = device.Name,
            HasDoubles = device.HasExtension("cl_khr_fp64") || CLInfo.DeviceValue<ulong>(library, device.DeviceId, CLInfo.DoubleFpConfig) != 0,
            HasLongAtomics = device.HasExtension("cl_khr_int64_base_atomics") && device.HasExtension("cl_khr_int64_extended_atomics"),
            RoundsDivisions = (CLInfo.DeviceValue<ulong>(library, device.DeviceId, CLInfo.SingleFpConfig) & CorrectlyRoundedDivideSqrt) != 0,
        };
        if (device.HasExtension("cl_intel_required_subgroup_size") && device.HasExtension("cl_intel_subgroups"))
        {
            nuint[] sizes = CLInfo.DeviceValues<nuint>(library, device.DeviceId, CLInfo.IntelSubGroupSizes);
            if (sizes.Length > 0)
            {
                nuint size = sizes.Contains((nuint)IntelWarpSize) ? IntelWarpSize : sizes.Max();
                return target with { Shuffles = OpenCLShuffles.Intel, WarpSize = (int)size, RequiresSubGroupSize = true };
            }
        }
        if (version < 2 || !device.HasExtension("cl_khr_subgroups"))
            return target;
        target = target with
        {
            LanguageVersion = version >= 3 ? "CL3.0" : "CL2.0",
            HasScopedFences = version == 2,     // optional again in 3.0
            Shuffles = device.HasExtension("cl_khr_subgroup_shuffle") ? OpenCLShuffles.Khronos : OpenCLShuffles.LocalMemory,
        };
        int warp = ProbeWarpSize(device, library, target);
        return warp > 1 ? target with { WarpSize = warp } : target with { LanguageVersion = "CL1.2", HasScopedFences = false, Shuffles = OpenCLShuffles.None };
    }

    // The size of a sub-group is known of kernels only. It counts as the warp size if it is the same for groups of different
    // sizes; some drivers make a whole group one sub-group.
    private static int ProbeWarpSize(CLDevice device, CLLibrary library, OpenCLTarget target)
    {
        const string Source = """
            #pragma OPENCL EXTENSION cl_khr_subgroups : enable
            __kernel void probe(__global uint* out) { out[get_global_id(0)] = get_sub_group_local_id(); }
            """;
        nint query = library.Optional("clGetKernelSubGroupInfo");
        if (query == 0)
            query = library.Optional("clGetKernelSubGroupInfoKHR");
        if (query == 0)
            return 1;
        nint kernel = 0;
        try
        {
            kernel = CLContext.Of(device.DeviceId, device.Name).CreateKernel(new("probe", "probe", Source, [], [], 0, 0, "-cl-std=" + target.LanguageVersion));
            nuint small = Size(64), large = Size(256);
            return small == large && small is > 1 and <= 128 && BitOperations.IsPow2(small) ? (int)small : 1;
        }
        catch (Exception e) when (e is OpenCLException or Frontend.KernelCompilationException)
        {
            return 1;       // what it says of itself is not so
        }
        finally
        {
            if (kernel != 0)
                library.ReleaseKernel(kernel);
        }

        nuint Size(nuint group)
        {
            nuint result = 0;
            int error = ((delegate* unmanaged<nint, nint, uint, nuint, void*, nuint, void*, nuint*, int>)query)(
                kernel, device.DeviceId, CLInfo.KernelMaxSubGroupSize, (nuint)sizeof(nuint), &group, (nuint)sizeof(nuint), &result, null);
            return error == 0 ? result : 0;
        }
    }
}
