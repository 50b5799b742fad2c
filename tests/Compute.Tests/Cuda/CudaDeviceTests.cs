using GemmaIlgpu.Compute.Runtime.Cuda;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

/// <summary>Finding drivers and devices, or the reason why there are none; threads and several devices.</summary>
internal sealed class CudaDeviceTests
{
    [Test]
    public void A_machine_without_a_driver_has_no_devices_and_a_reason()
    {
        Assert.That(CudaLibrary.TryLoad(["libno-such-driver.so.1", "/nowhere/libno-such-driver.so.1"], out _, out string? reason), Is.False);
        Assert.That(reason, Does.StartWith("no NVIDIA driver: libno-such-driver.so.1 was not found"));
    }

    [Test]
    public void Default_devices_are_found_quickly_and_never_throw()
    {
        using var context = Context.CreateDefault();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.GetCudaDevices(), Has.Count.EqualTo(CudaDevices.All.Count));
            Assert.That(CudaDevices.All.Count == 0, Is.EqualTo(CudaDevices.UnusableReason is not null));
        }
    }

    [Test]
    public void Drivers_that_cannot_be_used_say_why()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ReasonOf(driver => driver.Version = 10020), Is.EqualTo("the NVIDIA driver is too old: it is for CUDA 10.2; 11.4 or later is needed"));
            Assert.That(ReasonOf(driver => driver.Fail("Init", CudaResult.NoDevice)), Does.Contain("finds no device"));
            Assert.That(ReasonOf(driver => driver.Fail("Init", CudaResult.StubLibrary)), Does.Contain("stub"));
            Assert.That(ReasonOf(driver => driver.Fail("Init", CudaResult.SystemDriverMismatch)), Does.Contain("different versions"));
            Assert.That(ReasonOf(driver => driver.Fail("Init", CudaResult.Unknown)), Is.EqualTo("the NVIDIA driver does not start: error 999 (an error unknown to the driver)"));
            Assert.That(ReasonOf(_ => { }), Is.Null);
        }

        static string? ReasonOf(Action<FakeCudaDriver> prepare)
        {
            using var driver = new FakeCudaDriver();
            prepare(driver);
            return new CudaSystem(driver).Reason;
        }
    }

    [Test]
    public void A_device_tells_what_it_is()
    {
        using var cuda = new FakeCuda(devices: 2);
        CudaDevice device = cuda.Accelerators[1].Device;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(device.Name, Is.EqualTo("Fake 1"));
            Assert.That(device.AcceleratorType, Is.EqualTo(AcceleratorType.Cuda));
            Assert.That(device.WarpSize, Is.EqualTo(32));
            Assert.That(device.Architecture, Is.EqualTo(CudaArchitecture.SM_80));
            Assert.That(device.DriverVersion, Is.EqualTo(CudaDriverVersion.FromMajorMinor(12, 4)));
            Assert.That(device.InstructionSet, Is.EqualTo(new CudaInstructionSet(8, 4)));
            Assert.That(device.MaxSharedMemoryPerGroup, Is.EqualTo(163 << 10), "what can be asked for, not the 48 KiB that come by themselves");
            Assert.That(device.NVMLPCIBusId, Is.EqualTo("00000000:65:00.0"));
            Assert.That(device, Is.Not.EqualTo(cuda.Accelerator.Device));
        }
    }

    [Test]
    public void A_device_that_is_too_old_is_listed_and_refused()
    {
        using var driver = new FakeCudaDriver { Capability = (6, 1) };
        using var context = Context.Create(builder => builder.Cuda(new CudaSystem(driver)));
        var failure = Assert.Throws<NotSupportedException>(() => context.CreateCudaAccelerator(0));
        Assert.That(failure!.Message, Is.EqualTo("Fake 0 has compute capability 6.1; kernels need 7.0 (Volta) or newer."));
    }

    [Test]
    public void A_GPU_comes_before_the_processor()
    {
        using var driver = new FakeCudaDriver();
        using var context = Context.Create(builder => builder.AllAccelerators().Cuda(new CudaSystem(driver)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.GetPreferredDevice(preferCPU: false).AcceleratorType, Is.EqualTo(AcceleratorType.Cuda));
            Assert.That(context.GetPreferredDevice(preferCPU: true).AcceleratorType, Is.EqualTo(AcceleratorType.CPU));
        }
    }

    [Test]
    public void Any_thread_can_use_an_accelerator_whatever_context_it_had()
    {
        using var cuda = new FakeCuda(devices: 2);
        Parallel.For(0, 32, i =>
        {
            cuda.Driver.Disturb();
            using MemoryBuffer1D<int, Stride1D.Dense> buffer = cuda.Accelerators[i % 2].Allocate1D<int>(100 + i);
            cuda.Driver.Disturb();
            buffer.CopyFromCPU([.. Enumerable.Repeat(i, 100 + i)]);
            cuda.Driver.Disturb();
            Assert.That(buffer.GetAsArray1D(), Is.All.EqualTo(i));
        });
    }

    [Test]
    public void Buffers_are_copied_between_devices_in_the_order_of_both([Values] bool reach, [Values] bool streamOfSource)
    {
        using var cuda = new FakeCuda(devices: 2, prepare: driver => driver.PeersReach = reach);
        (CudaAccelerator first, CudaAccelerator second) = (cuda.Accelerators[0], cuda.Accelerators[1]);
        using MemoryBuffer1D<byte, Stride1D.Dense> source = first.Allocate1D<byte>(100), target = second.Allocate1D<byte>(100);
        source.MemSet(5);       // waits in the stream of the first device
        target.MemSet(1);       // and in that of the second
        AcceleratorStream stream = streamOfSource ? first.DefaultStream : second.DefaultStream;
        target.View.CopyFrom(stream, source.View);
        source.MemSet(9);       // must not be seen by the copy
        Assert.That(target.GetAsArray1D(), Is.All.EqualTo(5));
        Assert.That(source.GetAsArray1D(), Is.All.EqualTo(9));
        Assert.That(cuda.Driver.Calls("CtxEnablePeerAccess"), Is.EqualTo(reach ? 1 : 0));
    }

    [Test]
    public void Buffers_of_different_drivers_are_copied_through_the_host()
    {
        using FakeCuda one = new(), other = new();
        using MemoryBuffer1D<byte, Stride1D.Dense> source = one.Accelerator.Allocate1D<byte>(100), target = other.Accelerator.Allocate1D<byte>(100);
        source.MemSet(5);
        target.View.CopyFrom(source.View);
        Assert.That(target.GetAsArray1D(), Is.All.EqualTo(5));
    }

    [Test]
    public void Two_accelerators_of_one_device_share_its_memory()
    {
        using var cuda = new FakeCuda();
        using CudaAccelerator second = cuda.Accelerator.Device.CreateCudaAccelerator(cuda.Context);
        using MemoryBuffer1D<byte, Stride1D.Dense> source = cuda.Accelerator.Allocate1D<byte>(100), target = second.Allocate1D<byte>(100);
        source.MemSet(5);
        target.View.CopyFrom(source.View);
        Assert.That(target.GetAsArray1D(), Is.All.EqualTo(5));
    }

    [Test]
    public void Marks_measure_time_between_them()
    {
        using var cuda = new FakeCuda(profiling: true);
        using ProfilingMarker start = cuda.Accelerator.AddProfilingMarker(), end = cuda.Accelerator.AddProfilingMarker();
        end.Synchronize();
        Assert.That(end - start, Is.GreaterThanOrEqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Nothing_is_left_when_creation_fails([Values("DevicePrimaryCtxRetain", "EventCreate", "StreamCreate")] string call)
    {
        using var driver = new FakeCudaDriver();
        using var context = Context.Create(builder => builder.Cuda(new CudaSystem(driver)));
        driver.Fail(call, CudaResult.Unknown);
        Assert.That(() => context.CreateCudaAccelerator(0), Throws.TypeOf<CudaException>());
        Assert.That(driver.Live, Is.Empty);
    }

    [Test]
    public void Versions_and_architectures_compare_by_number()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(CudaArchitecture.SM_90 > CudaArchitecture.SM_89);
            Assert.That(CudaArchitecture.SM_100 > CudaArchitecture.SM_90);
            Assert.That(CudaArchitecture.SM_100.ToString(), Is.EqualTo("SM_100"));
            Assert.That(CudaDriverVersion.FromValue(12040).ToString(), Is.EqualTo("12.4"));
            Assert.That((int)CudaDriverVersion.FromMajorMinor(11, 8), Is.EqualTo(11080));
            Assert.That(CudaInstructionSet.ISA_78 < CudaInstructionSet.ISA_80);
        }
    }
}
