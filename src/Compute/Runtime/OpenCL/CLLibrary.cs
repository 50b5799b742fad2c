using System.Runtime.InteropServices;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>The OpenCL loader of this machine, which passes calls on to the drivers installed.</summary>
internal sealed unsafe partial class CLLibrary
{
    private static readonly string[] s_names =
        OperatingSystem.IsWindows() ? ["OpenCL.dll"]
        : OperatingSystem.IsMacOS() ? ["/System/Library/Frameworks/OpenCL.framework/OpenCL", "libOpenCL.dylib"]
        : ["libOpenCL.so.1", "libOpenCL.so"];

    private static readonly Lazy<CLLibrary?> s_found = new(Find);

    private readonly nint _handle;

    private CLLibrary(nint handle)
    {
        _handle = handle;
        Bind();
    }

    /// <summary>Gets the loader; null when there is none.</summary>
    public static CLLibrary? Found => s_found.Value;

    /// <summary>Gets what was looked for and what to install, for when there is none.</summary>
    public static string Missing =>
        $"no OpenCL loader was found (looked for {string.Join(" and ", s_names)}); install the graphics driver, "
        + "or on Debian and Ubuntu ocl-icd-libopencl1 and a driver such as pocl-opencl-icd";

    /// <summary>Gets the loader.</summary>
    /// <exception cref="OpenCLException">There is none.</exception>
    public static CLLibrary Required => Found ?? throw new OpenCLException($"OpenCL cannot be used: {Missing}.");

    /// <summary>Throws if a call failed.</summary>
    public static void Check(int result, string call, string? about = null)
    {
        if (result != 0)
            throw new OpenCLException(call, result, about);
    }

    /// <summary>Gets the address of a function that older loaders lack; 0 if there is none.</summary>
    public nint Optional(string name) => NativeLibrary.TryGetExport(_handle, name, out nint address) ? address : 0;

    private static CLLibrary? Find()
    {
        KeepSignals();
        foreach (string name in s_names)
        {
            if (!NativeLibrary.TryLoad(name, out nint handle))
                continue;
            try
            {
                return new CLLibrary(handle);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(handle);     // older than OpenCL 1.2
            }
        }
        return null;
    }

    // PoCL catches the processor's signal of integer divisions by zero and steps over the instruction, in the whole process:
    // ordinary code would go on with a wrong number where .NET throws. Kernels here divide by no zero, so it need not.
    private static void KeepSignals()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironment("POCL_SIGFPE_HANDLER"u8, "0"u8, overwrite: 0);
    }

    private static int SetEnvironment(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int overwrite)
    {
        fixed (byte* first = name, second = value)
            return setenv(first, second, overwrite);
    }

    // Environment.SetEnvironmentVariable changes a copy that native libraries do not see.
    [DllImport("libc", ExactSpelling = true)]
    private static extern int setenv(byte* name, byte* value, int overwrite);
}
