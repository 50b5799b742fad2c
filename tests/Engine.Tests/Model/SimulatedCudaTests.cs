using GemmaIlgpu.CudaSimulator;
using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Generation;
using GemmaIlgpu.Engine.Planning;
using GemmaIlgpu.Engine.Tests.Support;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Kernels.Fast;
using ILGPU;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Engine.Tests.Model;

/// <summary>Golden models on CUDA accelerators whose driver runs the PTX in an interpreter: weights, caches, recorded steps, several devices.</summary>
public sealed class SimulatedCudaTests
{
    private const int Prompt = 9, Steps = 5;

    // The window of the golden models is 8.
    private static readonly int[] s_text = [2, .. Enumerable.Range(0, Prompt + Steps - 1).Select(i => i * 37 % 500 + 3)];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("gemma1-mqa")]
    [TestCase("gemma2-gqa")]
    [TestCase("gemma3-text")]
    public void Plain_kernels_give_the_logits_of_the_processor(string model) =>
        TensorAssert.Close(
            OnProcessor(TestPaths.Golden(model)), OnDevices(TestPaths.Golden(model), SimulatedDevice.Volta, 1, KernelChoice.Plain, out _), 2e-4, 512, model);

    [TestCase("gemma-2b")]
    [TestCase("gemma-2-2b")]
    [TestCase("gemma-3-4b")]
    public void Fused_steps_are_replayed_as_a_graph_and_give_the_logits_of_the_processor(string like)
    {
        string model = SmallModel.Write(_folder, like, TensorType.BF16);
        float[] actual = OnDevices(model, SimulatedDevice.Volta, 1, KernelChoice.Auto, out int replays);

        TensorAssert.Close(OnProcessor(model), actual, 4e-4, 512, model);
        Assert.That(replays, Is.EqualTo(Steps - 2), "all steps but the first and the recorded one");
    }

    [Test]
    public void Tensor_cores_keep_eight_bits_of_activations()
    {
        string model = SmallModel.Write(_folder, "gemma-2-2b", TensorType.BF16);
        float[] expected = OnProcessor(model), actual = OnDevices(model, SimulatedDevice.Ampere, 1, KernelChoice.Auto, out _);

        // Each product rounds its input to bf16, 1/256 apart; through three layers that stays within 2 % of the largest logit.
        double error = TensorAssert.Close(expected, actual, 0.02 * expected.Max(MathF.Abs), SmallModel.Vocabulary, "bf16 products");
        TestContext.Out.WriteLine($"within {error:g2}, largest logit {expected.Max(MathF.Abs):g3}");
        Assert.That(error, Is.GreaterThan(0));
    }

    [Test]
    public void Two_devices_give_the_bits_of_one_and_each_replays_its_layers()
    {
        string model = SmallModel.Write(_folder, "gemma-2-2b", TensorType.BF16);
        float[] one = OnDevices(model, SimulatedDevice.Volta, 1, KernelChoice.Auto, out _);
        float[] two = OnDevices(model, SimulatedDevice.Volta, 2, KernelChoice.Auto, out int replays);

        Assert.That(two, Is.EqualTo(one));
        Assert.That(replays, Is.EqualTo(2 * (Steps - 2)));
    }

    [Test]
    public void Devices_that_put_everything_off_and_copy_to_each_other_give_the_same_bits()
    {
        string model = SmallModel.Write(_folder, "gemma-2-2b", TensorType.BF16);
        using Context driver = Simulation.CreateContext(new SimulatorOptions { Devices = [SimulatedDevice.Volta, SimulatedDevice.Volta], Deferred = true });
        int opened = 0;
        using Engine engine = Engine.Load(model, new EngineOptions { Device = "simd,debug", Kernels = KernelChoice.Auto, ContextLength = 64 }, _ =>
        {
            Context own = Context.Create(builder => builder.CPU());
            return new OpenDevice(own, driver.Devices[opened].CreateAccelerator(own), new DeviceInfo($"cuda:{opened++}", "simulated", null) { IsHost = false });
        });
        float[] actual = Compute(engine, out int replays);

        Assert.That(actual, Is.EqualTo(OnDevices(model, SimulatedDevice.Volta, 1, KernelChoice.Auto, out _)));
        Assert.That(replays, Is.EqualTo(2 * (Steps - 2)));
    }

    [Test]
    public void What_does_not_fit_the_device_runs_on_the_processor_and_is_said()
    {
        string model = SmallModel.Write(_folder, "gemma-2-2b", TensorType.BF16);
        SimulatedDevice small = SimulatedDevice.Volta with { MemoryBytes = SplitSearch.Reserve + (3 << 20) };
        using Engine engine = Engine.Load(model, new EngineOptions { Device = "simd", ContextLength = 64, PrefillChunk = 16 }, SmallFirst(small));

        Assert.That(engine.Split.ToString(), Does.Match(@"^layers 0(-1)? on cuda:0 \(Simulated GPU sm_70, \d\.\d MB\), (1-)?2 on simd \(CPU, .*, \d\.\d MB\), logits on cuda:0$"));
        Assert.That(engine.DeviceName, Is.EqualTo(engine.Split.ToString()));
        TensorAssert.Close(OnProcessor(model), Compute(engine, out _), 4e-4, SmallModel.Vocabulary, "divided");

        Assert.That(
            () => Engine.Load(model, new EngineOptions { Device = "simd", GpuLayers = 3, ContextLength = 64, PrefillChunk = 16 }, SmallFirst(small)),
            Throws.TypeOf<InputException>().With.Message.StartsWith("--gpu-layers 3 is too many: cuda:0 has 0.3 GB free"));
    }

    // The device asked for is simulated; the processor that the engine adds is this machine's.
    private static Func<string, OpenDevice> SmallFirst(SimulatedDevice small)
    {
        bool opened = false;
        return name =>
        {
            if (opened)
                return Devices.Open(name, threads: 2);
            opened = true;
            Context context = Simulation.CreateContext(new SimulatorOptions { Devices = [small] });
            return new OpenDevice(context, context.Devices[0].CreateAccelerator(context), new DeviceInfo("cuda:0", small.Name, null) { IsHost = false });
        };
    }

    private static float[] OnProcessor(string model)
    {
        using Engine engine = Engine.Load(model, new EngineOptions { Device = "simd" });
        return Compute(engine, out _);
    }

    private static float[] OnDevices(string model, SimulatedDevice device, int count, KernelChoice kernels, out int replays)
    {
        // The names are those of processors, as the engine asks this machine what there is; what opens is simulated.
        string[] names = ["simd", "debug"];
        var options = new EngineOptions { Device = string.Join(',', names.Take(count)), Kernels = kernels, ContextLength = 64 };
        int opened = 0;
        using Engine engine = Engine.Load(model, options, _ =>
        {
            // One driver for each: copies between them go through the host.
            Context context = Simulation.CreateContext(new SimulatorOptions { Devices = [device] });
            return new OpenDevice(context, context.Devices[0].CreateAccelerator(context), new DeviceInfo($"cuda:{opened++}", device.Name, null) { IsHost = false });
        });
        Assert.That(engine.Split.Shares, Has.Count.EqualTo(count), engine.Split.ToString());
        return Compute(engine, out replays);
    }

    private static float[] Compute(Engine engine, out int replays)
    {
        using Generator generator = engine.CreateGenerator();
        float[] prompt = generator.Prefill(s_text.AsSpan(0, Prompt)).ToArray();
        float[] steps = Trace.StepByStep(generator, s_text.AsSpan(Prompt));
        replays = generator.Replays;
        return [.. prompt, .. steps];
    }
}
