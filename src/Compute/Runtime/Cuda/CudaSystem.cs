using System.Diagnostics.CodeAnalysis;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>A driver that has been prepared, or the reason why there is none.</summary>
/// <remarks>
/// <see cref="Default"/> looks for the installed driver once, when first asked; that costs nothing but a failed library
/// look-up on a machine without one, and never throws. Tests make systems of drivers of their own.
/// </remarks>
internal sealed class CudaSystem
{
    private static readonly Lazy<CudaSystem> s_default = new(() =>
        CudaLibrary.TryLoad(CudaLibrary.FileNames, out CudaLibrary? library, out string? reason)
            ? new CudaSystem(library)
            : new CudaSystem(reason));

    private readonly int _count;

    /// <summary>Prepares a driver.</summary>
    public CudaSystem(CudaDriver driver)
    {
        Driver = driver;
        Reason = Prepare(driver, out int version, out _count);
        Version = version;
    }

    private CudaSystem(string reason) => Reason = reason;

    /// <summary>The oldest CUDA version whose driver has all that is needed, for people.</summary>
    public const string OldestDriver = "11.4";

    /// <summary>The same as the driver counts.</summary>
    public const int OldestVersion = 11040;

    /// <summary>Gets the installed driver.</summary>
    public static CudaSystem Default => s_default.Value;

    /// <summary>Gets the driver; null if there is none.</summary>
    public CudaDriver? Driver { get; }

    /// <summary>Gets the CUDA version of the driver as it counts: 1000 · major + 10 · minor; 0 if there is none.</summary>
    public int Version { get; }

    /// <summary>Gets the number of devices.</summary>
    public int DeviceCount => IsUsable ? _count : 0;

    /// <summary>Gets whether there is at least one device.</summary>
    [MemberNotNullWhen(true, nameof(Driver))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsUsable => Reason is null;

    /// <summary>Gets why there are no devices, a sentence without a full stop; null if there are.</summary>
    public string? Reason { get; }

    /// <summary>Gets the devices; one that cannot even tell its name is left out.</summary>
    public IReadOnlyList<CudaDevice> Devices()
    {
        var devices = new List<CudaDevice>();
        for (int i = 0; i < DeviceCount; i++)
        {
            try
            {
                devices.Add(new CudaDevice(this, i));
            }
            catch (CudaException)
            {
                // nvidia-smi shows a device in this state as an error; the others can be used.
            }
        }

        return devices;
    }

    private static string? Prepare(CudaDriver driver, out int version, out int count)
    {
        count = 0;
        if (driver.DriverGetVersion(out version) != CudaResult.Success)
            version = 0;
        if (version != 0 && version < OldestVersion)
            return $"the NVIDIA driver is too old: it is for CUDA {version / 1000}.{version % 1000 / 10}; {OldestDriver} or later is needed";
        CudaResult result = driver.Init();
        if (result == CudaResult.Success)
            result = driver.DeviceGetCount(out count);
        if (result == CudaResult.NoDevice || (result == CudaResult.Success && count == 0))
            return "the NVIDIA driver is there but finds no device; see nvidia-smi and CUDA_VISIBLE_DEVICES";
        if (result == CudaResult.StubLibrary)
            return "the NVIDIA driver's library is the stub of the CUDA toolkit, which only serves to link programs; the driver's own must come first on the library path";
        if (result == CudaResult.SystemDriverMismatch)
            return "the NVIDIA driver's library and kernel module are of different versions; restart the machine or install one version of both";
        return result == CudaResult.Success ? null : $"the NVIDIA driver does not start: {CudaErrors.Describe(driver, result)}";
    }
}
