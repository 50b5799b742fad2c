using ILGPU.Runtime.OpenCL;

namespace GemmaIlgpu.Compute.Tests;

/// <summary>The OpenCL device that tests run on: the first usable one.</summary>
public static class OpenCLTestDevice
{
    /// <summary>Set where the absence of an OpenCL device is a failure, as it is in CI.</summary>
    private const string Required = "GEMMA_TESTS_REQUIRE_OPENCL";

    /// <summary>Gets the device; null, said aloud, if there is none and none is required.</summary>
    /// <exception cref="InvalidOperationException">One is required.</exception>
    public static CLDevice? Find()
    {
        if (OpenCLDevices.List().FirstOrDefault(info => info.Device is not null)?.Device is { } device)
            return device;
        string reason = $"there is no OpenCL device to test on: {OpenCLDevices.Problem ?? "none of those found can be used"}.";
        if (Environment.GetEnvironmentVariable(Required) is "1" or "true")
            throw new InvalidOperationException(reason);
        TestContext.Progress.WriteLine("SKIPPED: " + reason);
        return null;
    }

    /// <summary>Gets the device; ends the test, aloud, if there is none.</summary>
    public static CLDevice Get()
    {
        if (Find() is { } device)
            return device;
        Assert.Ignore("SKIPPED: there is no OpenCL device to test on.");
        throw new InvalidOperationException();
    }
}
