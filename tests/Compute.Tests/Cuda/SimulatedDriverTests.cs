using System.Text;
using GemmaIlgpu.Compute.Runtime.Cuda;
using GemmaIlgpu.CudaSimulator;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>The simulated driver answers as NVIDIA's documentation says: order, waiting, recording, errors.</summary>
internal sealed unsafe class SimulatedDriverTests
{
    // Adds 1 to the word of each thread.
    private const string Increment = """
        .version 7.0
        .target sm_70
        .address_size 64
        .extern .shared .align 16 .b8 dynamic[];
        .visible .entry increment(.param .u64 words)
        {
            .reg .b64 %p;
            .reg .b32 %t, %x, %s;
            ld.param.u64 %p, [words];
            mov.u32 %t, %tid.x;
            mov.u32 %s, dynamic;
            mad.wide.u32 %p, %t, 4, %p;
            ld.global.u32 %x, [%p];
            add.u32 %x, %x, 1;
            st.global.u32 [%p], %x;
            ret;
        }
        """;

    private SimulatedDriver _driver = null!;
    private nint _context, _stream;

    [TearDown]
    public void Close() => _driver.Dispose();

    [Test]
    public void Work_put_off_is_done_when_somebody_waits()
    {
        Open(deferred: true);
        nint device = Allocate(4);
        Must(_driver.MemHostAlloc(out nint host, 4));
        *(int*)host = 7;
        Must(_driver.MemsetD8Async(device, 0, 4, _stream));
        Launch(Load(), device, 1);
        Must(_driver.MemcpyDtoHAsync(host, device, 4, _stream));
        Assert.That(*(int*)host, Is.EqualTo(7), "nobody has waited");
        Must(_driver.StreamSynchronize(_stream));
        Assert.That(*(int*)host, Is.EqualTo(1));
        Must(_driver.MemFreeHost(host));
    }

    [Test]
    public void One_stream_waits_for_another_only_where_told_to()
    {
        Open(deferred: true);
        Must(_driver.StreamCreate(out nint other));
        Must(_driver.EventCreate(out nint done, timing: false));
        nint device = Allocate(4);
        Must(_driver.MemsetD8Async(device, 0, 4, _stream));
        Must(_driver.StreamSynchronize(_stream));
        nint kernel = Load();
        Launch(kernel, device, 1);
        Must(_driver.EventRecord(done, _stream));
        Launch(kernel, device, 1);
        Assert.That(Read(device, other), Is.EqualTo(0), "the other stream was not told to wait");
        Must(_driver.StreamWaitEvent(other, done));
        // The wait is for this record, whatever happens to the event later.
        Must(_driver.EventRecord(done, _stream));
        Assert.That(Read(device, other), Is.EqualTo(1), "the launch before the record");
        Must(_driver.EventSynchronize(done));
        Assert.That(Read(device, other), Is.EqualTo(2));
    }

    [Test]
    public void A_recording_runs_when_it_is_launched_as_often_as_it_is()
    {
        Open(deferred: false);
        nint device = Allocate(4), kernel = Load();
        Must(_driver.StreamBeginCapture(_stream));
        Must(_driver.MemsetD8Async(device, 0, 4, _stream));
        Launch(kernel, device, 1);
        Launch(kernel, device, 1);
        Must(_driver.StreamEndCapture(_stream, out nint graph));
        Must(_driver.GraphGetNodeCount(graph, out long nodes));
        Assert.That(nodes, Is.EqualTo(3));
        Assert.That(Read(device, _stream), Is.EqualTo(-1), "fresh memory is full of 0xFF: nothing has run");
        Must(_driver.GraphInstantiate(out nint executable, graph));
        for (int i = 0; i < 2; i++)
        {
            Must(_driver.GraphLaunch(executable, _stream));
            Assert.That(Read(device, _stream), Is.EqualTo(2));
        }
    }

    [Test]
    public void Waiting_and_allocating_break_a_recording()
    {
        Open(deferred: false);
        Must(_driver.StreamBeginCapture(_stream));
        Assert.That(_driver.StreamSynchronize(_stream), Is.EqualTo(CudaResult.StreamCaptureUnsupported));
        Assert.That(_driver.StreamEndCapture(_stream, out _), Is.EqualTo(CudaResult.StreamCaptureInvalidated));
        Must(_driver.StreamBeginCapture(_stream));
        Assert.That(_driver.MemAlloc(out _, 16), Is.EqualTo(CudaResult.StreamCaptureUnsupported));
        Assert.That(_driver.StreamEndCapture(_stream, out _), Is.EqualTo(CudaResult.StreamCaptureInvalidated));
    }

    [Test]
    public void A_kernel_that_breaks_rules_spoils_the_context()
    {
        Open(deferred: true);
        nint device = Allocate(8);
        Launch(Load(), device, 200);    // 8 bytes are allocated in a block of their own size
        CudaResult result = _driver.CtxSynchronize();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result, Is.EqualTo(CudaResult.IllegalAddress));
            Assert.That(_driver.GetErrorString(result), Does.Contain("increment").And.Contain("thread (2, 0, 0)").And.Contain("past the end"));
            Assert.That(_driver.MemAlloc(out _, 4), Is.EqualTo(CudaResult.IllegalAddress), "every later call");
        }
    }

    [TestCase(".target sm_70", ".target sm_90", CudaResult.NoBinaryForGpu, "")]
    [TestCase(".target sm_70", ".target sm_90a", CudaResult.NoBinaryForGpu, "")]
    [TestCase(".version 7.0", ".version 8.7", CudaResult.UnsupportedPtxVersion, "Unsupported .version 8.7")]
    [TestCase("add.u32", "add.f32", CudaResult.InvalidPtx, "line 14")]
    [TestCase(".extern .shared .align 16 .b8 dynamic[];", ".shared .align 16 .b8 dynamic[49153];", CudaResult.InvalidPtx, "too much shared data")]
    public void Wrong_modules_are_refused_with_a_log(string what, string by, CudaResult expected, string log)
    {
        Open(deferred: false);
        string text = Increment.Replace(what, by, StringComparison.Ordinal).Replace("%t, %x, %s;", by == "add.f32" ? "%t, %s; .reg .u32 %x;" : "%t, %x, %s;", StringComparison.Ordinal);
        CudaResult result = _driver.ModuleLoadData(out nint module, [.. Encoding.UTF8.GetBytes(text), 0], default, out string said);
        Assert.That((result, module), Is.EqualTo((expected, (nint)0)));
        Assert.That(said, Does.Contain(log));
    }

    [Test]
    public void Memory_and_shared_memory_have_limits()
    {
        Open(deferred: false);
        Must(_driver.MemGetInfo(out long free, out long total));
        Assert.That((free, total), Is.EqualTo((1 << 20, 1 << 20)));
        nint device = Allocate(1 << 19);
        Assert.That(_driver.MemAlloc(out _, (1 << 19) + 1), Is.EqualTo(CudaResult.OutOfMemory));
        nint kernel = Load();
        Assert.That(TryLaunch(kernel, device, 1, 48 << 10), Is.EqualTo(CudaResult.Success));
        Assert.That(TryLaunch(kernel, device, 1, (48 << 10) + 4), Is.EqualTo(CudaResult.InvalidValue), "nobody has asked for more");
        Must(_driver.FuncSetAttribute(kernel, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, 160 << 10));
        Assert.That(TryLaunch(kernel, device, 1, 160 << 10), Is.EqualTo(CudaResult.Success));
        Assert.That(_driver.FuncSetAttribute(kernel, CudaFunctionAttribute.MaxDynamicSharedSizeBytes, 164 << 10), Is.EqualTo(CudaResult.InvalidValue), "an sm_80 has 163 KiB");
        Assert.That(TryLaunch(kernel, device, 1025, 0), Is.EqualTo(CudaResult.InvalidValue));
    }

    private static void Must(CudaResult result) => Assert.That(result, Is.EqualTo(CudaResult.Success));

    private void Open(bool deferred)
    {
        _driver = new SimulatedDriver(new SimulatorOptions { Deferred = deferred, Devices = [SimulatedDevice.Ampere with { MemoryBytes = 1 << 20 }] });
        Must(_driver.Init());
        Must(_driver.DevicePrimaryCtxRetain(out _context, 0));
        Must(_driver.CtxSetCurrent(_context));
        Must(_driver.StreamCreate(out _stream));
    }

    private nint Allocate(long bytes)
    {
        Must(_driver.MemAlloc(out nint address, bytes));
        return address;
    }

    private nint Load()
    {
        Must(_driver.ModuleLoadData(out nint module, [.. Encoding.UTF8.GetBytes(Increment), 0], default, out _));
        Must(_driver.ModuleGetFunction(out nint function, module, "increment"));
        return function;
    }

    private void Launch(nint kernel, nint device, uint threads) => Must(TryLaunch(kernel, device, threads, 0));

    private CudaResult TryLaunch(nint kernel, nint device, uint threads, uint shared)
    {
        void* parameter = &device;
        return _driver.LaunchKernel(kernel, (1, 1, 1), (threads, 1, 1), shared, _stream, &parameter);
    }

    /// <summary>Through page-locked memory, so that only the stream given is waited for.</summary>
    private int Read(nint device, nint stream)
    {
        int value = 0;
        Must(_driver.MemHostRegister((nint)(&value), 4));
        Must(_driver.MemcpyDtoHAsync((nint)(&value), device, 4, stream));
        Must(_driver.StreamSynchronize(stream));
        Must(_driver.MemHostUnregister((nint)(&value)));
        return value;
    }
}
