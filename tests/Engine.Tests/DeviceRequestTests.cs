namespace GemmaIlgpu.Engine.Tests;

public sealed class DeviceRequestTests
{
    private static readonly DeviceInfo
        Cuda0 = new("cuda:0", "one GPU", null) { IsHost = false },
        Cuda1 = new("cuda:1", "another GPU", null) { IsHost = false },
        Old = new("cuda:2", "an old GPU", "its compute capability is 6.1; 7.0 is the least") { IsHost = false },
        NoCuda = new("cuda", "cuda", "libcuda.so.1 was not found"),
        OpenCLGpu = new("opencl:0", "a GPU", null) { IsHost = false },
        OpenCLProcessor = new("opencl:1", "a processor", null),
        Simd = new("simd", "CPU", null),
        Debug = new("debug", "CPU debugger", null);

    private static readonly DeviceInfo[]
        Full = [Cuda0, Cuda1, Old, OpenCLGpu, Simd, OpenCLProcessor, Debug],
        Plain = [NoCuda, Simd, OpenCLProcessor, Debug];

    [TestCase("auto", "cuda:0 cuda:1", true)]
    [TestCase("cuda", "cuda:0 cuda:1", true)]
    [TestCase("cuda:1", "cuda:1", false)]
    [TestCase("simd, cuda:1 ,cuda:0", "cuda:1 cuda:0 simd", false)]
    [TestCase("cuda,debug", "cuda:0 cuda:1 debug", false)]
    [TestCase("simd,simd", "simd simd", false)]
    [TestCase("opencl", "opencl:0 opencl:1", true)]
    public void A_text_names_devices_in_the_order_of_layers(string text, string names, bool asNeeded)
    {
        DeviceRequest request = DeviceRequest.Parse(text, Full);
        Assert.That((string.Join(' ', request.Names), request.AsNeeded), Is.EqualTo((names, asNeeded)));
    }

    [Test]
    public void The_best_kind_is_automatic_and_a_processor_behind_opencl_is_not()
    {
        Assert.That(DeviceRequest.Parse("auto", Plain).Names, Is.EqualTo(new[] { "simd" }));
        Assert.That(DeviceRequest.Parse("auto", [OpenCLGpu, Simd, Debug]).Names, Is.EqualTo(new[] { "opencl:0" }));
        Assert.That(DeviceRequest.Parse("auto", Plain).PassedOver, Is.Empty, "no driver is no device");
        Assert.That(DeviceRequest.Parse("auto", [Old, Simd, Debug]).PassedOver, Is.EqualTo(new[] { Old }), "what is there but cannot be used is told");
    }

    [TestCase("gpu", "There is no device \"gpu\"; here are auto, cuda:0, cuda:1, opencl:0, simd, opencl:1, debug. Several are separated by commas.")]
    [TestCase("cuda:7", "There is no device \"cuda:7\"; here are auto, cuda:0")]
    [TestCase("cuda:2", "The device \"cuda:2\" cannot be used: its compute capability is 6.1; 7.0 is the least.")]
    [TestCase("", "There is no device \"\"; here are")]
    [TestCase("simd,", "There is no device \"\"; here are")]
    [TestCase("auto,simd", "--device takes auto or a list of devices, not both")]
    public void Anything_else_gets_one_sentence_that_names_what_there_is(string text, string message) =>
        Assert.That(() => DeviceRequest.Parse(text, Full), Throws.TypeOf<InputException>().With.Message.StartsWith(message));

    [Test]
    public void A_kind_without_a_driver_says_so()
    {
        Assert.That(() => DeviceRequest.Parse("cuda", Plain), Throws.TypeOf<InputException>().With.Message.Contains("libcuda.so.1 was not found"));
        Assert.That(() => DeviceRequest.Parse("cuda:0", Plain), Throws.TypeOf<InputException>().With.Message.EndsWith("(cuda: libcuda.so.1 was not found). Several are separated by commas."));
    }

    [TestCase("counted:64", 64)]
    [TestCase("checked:4", 4)]
    [TestCase("debug:8", 8)]
    public void Warps_of_a_processor_follow_its_name(string name, int warpSize)
    {
        Assert.That(DeviceRequest.Complaint(name), Is.Null);
        using OpenDevice device = Devices.Open(DeviceRequest.Of(name).Names[0], threads: 0);
        Assert.That((device.Accelerator.WarpSize, device.Info.IsProcessor), Is.EqualTo((warpSize, true)));
    }

    [TestCase("counted:5", "The device \"counted:5\" cannot be used: A warp of 5 threads was asked for; it must be a power of two up to 64.")]
    [TestCase("simd:8", "There is no device \"simd:8\"")]
    [TestCase("counted:many", "There is no device \"counted:many\"")]
    public void Other_warps_get_one_sentence(string name, string message) =>
        Assert.That(DeviceRequest.Complaint(name), Does.StartWith(message));
}
