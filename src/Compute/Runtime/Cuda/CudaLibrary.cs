using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>The CUDA driver that is installed with NVIDIA's display driver.</summary>
/// <remarks>Functions are found by name and called through pointers, so that a machine without the driver only lacks devices.</remarks>
internal sealed unsafe partial class CudaLibrary : CudaDriver
{
    private readonly nint[] _entries;

    private CudaLibrary(nint[] entries) => _entries = entries;

    /// <summary>Gets the usual name of the library on this system, and where containers and Windows' Linux have it.</summary>
    public static string[] FileNames => OperatingSystem.IsWindows()
        ? ["nvcuda.dll"]
        : ["libcuda.so.1", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    private nint this[CudaEntry entry] => _entries[(int)entry];

    /// <summary>Loads the driver's library and finds all functions.</summary>
    /// <param name="fileNames">Its names or paths, of which the first that is there counts.</param>
    /// <param name="library">The driver.</param>
    /// <param name="reason">Why there is none: a sentence without a full stop.</param>
    public static bool TryLoad(IReadOnlyList<string> fileNames, [NotNullWhen(true)] out CudaLibrary? library, [NotNullWhen(false)] out string? reason)
    {
        library = null;
        nint handle = 0;
        if (!fileNames.Any(name => NativeLibrary.TryLoad(name, out handle)))
        {
            reason = $"no NVIDIA driver: {fileNames[0]} was not found or could not be loaded; install NVIDIA's display driver (in a container: its libraries must be mounted)";
            return false;
        }

        string[] names = Enum.GetNames<CudaEntry>();
        var entries = new nint[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            if (!NativeLibrary.TryGetExport(handle, names[i], out entries[i]))
            {
                NativeLibrary.Free(handle);
                reason = $"the NVIDIA driver is too old: {fileNames[0]} has no {names[i]}; a driver for CUDA {CudaSystem.OldestDriver} or later is needed";
                return false;
            }
        }

        library = new CudaLibrary(entries);
        reason = null;
        return true;
    }

    public override CudaResult Init() =>
        ((delegate* unmanaged<uint, CudaResult>)this[CudaEntry.cuInit])(0);

    public override CudaResult DriverGetVersion(out int version)
    {
        fixed (int* p = &version)
            return ((delegate* unmanaged<int*, CudaResult>)this[CudaEntry.cuDriverGetVersion])(p);
    }

    public override string? GetErrorName(CudaResult result) => ErrorText(CudaEntry.cuGetErrorName, result);

    public override string? GetErrorString(CudaResult result) => ErrorText(CudaEntry.cuGetErrorString, result);

    public override CudaResult DeviceGetCount(out int count)
    {
        fixed (int* p = &count)
            return ((delegate* unmanaged<int*, CudaResult>)this[CudaEntry.cuDeviceGetCount])(p);
    }

    public override CudaResult DeviceGet(out int device, int ordinal)
    {
        fixed (int* p = &device)
            return ((delegate* unmanaged<int*, int, CudaResult>)this[CudaEntry.cuDeviceGet])(p, ordinal);
    }

    public override CudaResult DeviceGetName(out string name, int device)
    {
        const int Capacity = 256;
        byte* text = stackalloc byte[Capacity];
        CudaResult result = ((delegate* unmanaged<byte*, int, int, CudaResult>)this[CudaEntry.cuDeviceGetName])(text, Capacity, device);
        text[Capacity - 1] = 0;
        name = result == CudaResult.Success ? Marshal.PtrToStringUTF8((nint)text) ?? "" : "";
        return result;
    }

    public override CudaResult DeviceGetUuid(out Guid uuid, int device)
    {
        byte* bytes = stackalloc byte[16];
        new Span<byte>(bytes, 16).Clear();
        CudaResult result = ((delegate* unmanaged<byte*, int, CudaResult>)this[CudaEntry.cuDeviceGetUuid])(bytes, device);
        uuid = new Guid(new ReadOnlySpan<byte>(bytes, 16), bigEndian: true);
        return result;
    }

    public override CudaResult DeviceTotalMem(out long bytes, int device)
    {
        fixed (long* p = &bytes)
            return ((delegate* unmanaged<long*, int, CudaResult>)this[CudaEntry.cuDeviceTotalMem_v2])(p, device);
    }

    public override CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device)
    {
        fixed (int* p = &value)
            return ((delegate* unmanaged<int*, int, int, CudaResult>)this[CudaEntry.cuDeviceGetAttribute])(p, (int)attribute, device);
    }

    public override CudaResult DeviceCanAccessPeer(out bool can, int device, int peerDevice)
    {
        int value = 0;
        CudaResult result = ((delegate* unmanaged<int*, int, int, CudaResult>)this[CudaEntry.cuDeviceCanAccessPeer])(&value, device, peerDevice);
        can = result == CudaResult.Success && value != 0;
        return result;
    }

    public override CudaResult DevicePrimaryCtxRetain(out nint context, int device)
    {
        fixed (nint* p = &context)
            return ((delegate* unmanaged<nint*, int, CudaResult>)this[CudaEntry.cuDevicePrimaryCtxRetain])(p, device);
    }

    public override CudaResult DevicePrimaryCtxRelease(int device) =>
        ((delegate* unmanaged<int, CudaResult>)this[CudaEntry.cuDevicePrimaryCtxRelease_v2])(device);

    public override CudaResult CtxSetCurrent(nint context) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuCtxSetCurrent])(context);

    public override CudaResult CtxSynchronize() =>
        ((delegate* unmanaged<CudaResult>)this[CudaEntry.cuCtxSynchronize])();

    public override CudaResult CtxEnablePeerAccess(nint peerContext) =>
        ((delegate* unmanaged<nint, uint, CudaResult>)this[CudaEntry.cuCtxEnablePeerAccess])(peerContext, 0);

    private string? ErrorText(CudaEntry entry, CudaResult result)
    {
        byte* text = null;
        return ((delegate* unmanaged<CudaResult, byte**, CudaResult>)this[entry])(result, &text) == CudaResult.Success
            ? Marshal.PtrToStringUTF8((nint)text)
            : null;
    }

    private static string LogText(ReadOnlySpan<byte> buffer)
    {
        int end = buffer.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? buffer : buffer[..end]).Trim();
    }
}
