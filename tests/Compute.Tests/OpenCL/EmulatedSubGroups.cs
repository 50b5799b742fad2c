using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Runtime.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Tests;

/// <summary>
/// The OpenCL device of this machine with sub-groups that it does not have: their functions are defined over local memory, as
/// macros in front of the program. Programs are otherwise what a device with sub-groups gets, so that they are checked by value.
/// </summary>
/// <remarks>
/// Emulated functions meet at barriers of the whole group; a kernel in which the sub-groups of a group take different ways
/// cannot run so. What a real driver makes of the extensions' pragmas and of its own functions is not tested by this.
/// </remarks>
public static class EmulatedSubGroups
{
    private static readonly (OpenCLShuffles Shuffles, int WarpSize)[] s_kinds =
        [(OpenCLShuffles.LocalMemory, 8), (OpenCLShuffles.LocalMemory, 64), (OpenCLShuffles.Khronos, 32), (OpenCLShuffles.Intel, 16)];

    public static IEnumerable<string> Names => s_kinds.Select(NameOf);

    public static Device Device(string name)
    {
        (OpenCLShuffles shuffles, int warpSize) = s_kinds.Single(kind => NameOf(kind) == name);
        CLDevice device = OpenCLTestDevice.Get();
        return new CLDevice(CLLibrary.Required, device.PlatformId, device.DeviceId, new OpenCLTarget
        {
            Name = name,
            Shuffles = shuffles,
            WarpSize = warpSize,
            Preamble = Preamble(warpSize),
            KernelPreamble = "    __local ulong emulated[4096];\n",
        });
    }

    private static string NameOf((OpenCLShuffles Shuffles, int WarpSize) kind) => $"OpenCL, sub-groups of {kind.WarpSize}, {kind.Shuffles}";

    private static string Preamble(int warpSize) => $$"""
        #define emulated_index ((uint)((get_local_id(2) * get_local_size(1) + get_local_id(1)) * get_local_size(0) + get_local_id(0)))
        #define get_sub_group_local_id() (emulated_index % {{warpSize}}u)
        #define get_sub_group_id() (emulated_index / {{warpSize}}u)
        #define sub_group_barrier(flags) barrier(flags)
        #define sub_group_broadcast(value, lane) shuffle_by_barriers(emulated, value, lane)
        #define sub_group_shuffle(value, lane) shuffle_by_barriers(emulated, value, lane)
        #define intel_sub_group_shuffle(value, lane) shuffle_by_barriers(emulated, value, lane)
        {{string.Join("\n", new[] { "uint", "ulong", "float", "double" }.Select(type => $$"""
        static {{type}} __attribute__((overloadable)) shuffle_by_barriers(__local ulong* cells, {{type}} value, uint lane)
        {
            *(__local {{type}}*)(cells + emulated_index) = value;
            barrier(CLK_LOCAL_MEM_FENCE);
            {{type}} result = *(__local {{type}}*)(cells + emulated_index / {{warpSize}}u * {{warpSize}}u + lane);
            barrier(CLK_LOCAL_MEM_FENCE);
            return result;
        }
        """))}}

        """;
}
