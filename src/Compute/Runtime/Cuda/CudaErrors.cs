namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Turns results of driver calls into sentences.</summary>
internal static class CudaErrors
{
    /// <summary>Describes a result: number, name and what the driver says it means.</summary>
    public static string Describe(CudaDriver driver, CudaResult result)
    {
        string name = driver.GetErrorName(result) ?? "an error unknown to the driver";
        string meaning = driver.GetErrorString(result) is { Length: > 0 } text ? $": {text}" : "";
        return $"error {(int)result} ({name}{meaning})";
    }

    /// <summary>Gets whether an error spoils its context: every later call of the process on the device fails too.</summary>
    public static bool IsSticky(CudaResult result) => result is
        CudaResult.IllegalAddress or CudaResult.LaunchTimeout or CudaResult.Assert or CudaResult.HardwareStackError or
        CudaResult.IllegalInstruction or CudaResult.MisalignedAddress or CudaResult.InvalidAddressSpace or
        CudaResult.InvalidPc or CudaResult.LaunchFailed;
}
