using System.Reflection;
using System.Reflection.Emit;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>What the sentence of a fault says can be had without reading it.</summary>
public class FaultPropertyTests
{
    private static KernelFaultException Fault(Action<ArrayView<int>> kernel, KernelConfig config)
    {
        using Context context = Context.Create(builder => builder.CheckedCpu(32, new CheckedOptions { BlockLimit = 100_000 }));
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using var x = accelerator.Allocate1D(new int[64]);
        var launch = accelerator.LoadStreamKernel(kernel);
        return Assert.Throws<KernelFaultException>(() =>
        {
            launch(config, x.View);
            accelerator.Synchronize();
        })!;
    }

    [Test]
    public void An_index() => Has(Fault(x => x[Grid.GlobalIndex.X] = 1, (2, 40)), KernelFaultKind.OutOfBounds, new("", "x", 64, 64));

    [Test]
    public void A_race()
    {
        KernelFaultException fault = Fault(Turn, (1, 64));
        Has(fault, KernelFaultKind.Race, new(fault.Access!.Did, "shared memory 'tile'", fault.Access.Element, 64));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault.Message, Does.Contain($"{fault.Access.Did} element {fault.Access.Element} of shared memory 'tile', which thread {fault.Other!.ThreadIndex} {fault.Other.Did} ("));
            Assert.That(fault.Message, Does.Contain($"FaultPropertyTests.cs:{fault.Other.Line})"));
            Assert.That(fault.Other.GroupIndex, Is.EqualTo(fault.GroupIndex));
            Assert.That(Math.Abs(fault.Other.Line - fault.Line), Is.EqualTo(1));
        }
    }

    private static void Turn(ArrayView<int> x)
    {
        ArrayView<int> tile = SharedMemory.Allocate<int>(64);
        tile[Group.IdxX] = Group.IdxX;
        x[Group.IdxX] = tile[63 - Group.IdxX];
    }

    [Test]
    public void Shared_memory_that_nobody_wrote() => Has(Fault(x => x[0] = SharedMemory.Allocate<int>(8)[3], (1, 1)), KernelFaultKind.NotWritten, null, "element 3 of");

    [Test]
    public void Local_memory_that_the_thread_did_not_write() => Has(Fault(ReadLocal, (1, 1)), KernelFaultKind.NotWritten, new("reads", "local memory 'own'", 2, -1));

    private static void ReadLocal(ArrayView<int> x)
    {
        ArrayView<int> own = LocalMemory.Allocate<int>(4);
        x[0] = own[2];
    }

    [Test]
    public void A_barrier_that_some_come_to()
    {
        KernelFaultException fault = Fault(Some, (1, 64));
        Has(fault, KernelFaultKind.NotAllThreads, null, "Group.Barrier");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault.Operation, Is.EqualTo("Group.Barrier"));
            Assert.That(fault.Places.Sum(place => place.Threads), Is.EqualTo(64));
            Assert.That(fault.Message, Does.Contain(", …) are at the end of the kernel; 20 threads (")
                .And.Contains($", …) are at Group.Barrier (FaultPropertyTests.cs:{fault.Line}); warps of 32."));
            Assert.That(fault.Places.Single(place => place.Where.StartsWith("at Group.Barrier (", StringComparison.Ordinal)).Threads, Is.EqualTo(20));
        }
    }

    private static void Some(ArrayView<int> x)
    {
        if (Group.IdxX < 20)
            Group.Barrier();
        x[Group.IdxX] = 1;
    }

    [Test]
    public void A_division() => Has(Fault(x => x[1] = 7 / x[0], (1, 1)), KernelFaultKind.DivisionByZero, null);

    [Test]
    public void An_address() => Has(Fault(x => System.Runtime.CompilerServices.Unsafe.As<int, long>(ref x[1]) = 7, (1, 1)), KernelFaultKind.Misaligned, new("writes", "x", 1, 64));

    [Test]
    public void A_view_that_begins_elsewhere() => Has(Fault(x => x.SubView(1, 8).AsAligned(16)[0] = 7, (1, 1)), KernelFaultKind.Misaligned, null);

    [Test]
    public void A_part_beyond_the_end() => Has(Fault(x => x.SubView(60, 8)[0] = 7, (1, 1)), KernelFaultKind.OutOfBounds, null);

    [Test]
    public void A_view_with_other_elements() => Has(Fault(x => x.Cast<long>()[Group.IdxX] = 7, (1, 40)), KernelFaultKind.OutOfBounds, new("", "a view of x", 32, 32));

    [Test]
    public void A_part_from_the_beginning() => Has(Fault(x => x.SubView(0, 8)[Group.IdxX] = 7, (1, 40)), KernelFaultKind.OutOfBounds, new("", "a view of x", 8, 8));

    [Test]
    public void A_buffer_that_is_gone()
    {
        using Context context = Context.Create(builder => builder.CheckedCpu());
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        MemoryBuffer1D<int, Stride1D.Dense> buffer = accelerator.Allocate1D(new int[64]);
        ArrayView<int> view = buffer.View;
        buffer.Dispose();
        var launch = accelerator.LoadStreamKernel<ArrayView<int>>(x => x[2] = 1);
        Has(Assert.Throws<KernelFaultException>(() => launch((1, 1), view))!, KernelFaultKind.Disposed, new("writes", "x", 2, 64));
    }

    [Test]
    public void A_NaN_that_comes_into_being()
    {
        using Context context = Context.Create(builder => builder.CheckedCpu(options: new CheckedOptions { NaNs = true }));
        using Accelerator accelerator = context.CreateCPUAccelerator(0);
        using MemoryBuffer1D<float, Stride1D.Dense> buffer = accelerator.Allocate1D([-1f]);
        var launch = accelerator.LoadStreamKernel<ArrayView<float>>(x => x[0] = MathF.Sqrt(x[0]));
        Has(Assert.Throws<KernelFaultException>(() => launch((1, 1), buffer.View))!, KernelFaultKind.NotFinite, null, "Sqrt of -1 gives NaN");
    }

    [Test]
    public void A_kernel_without_symbols()
    {
        TypeBuilder type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("NoSymbols"), AssemblyBuilderAccess.Run).DefineDynamicModule("NoSymbols").DefineType("Made");
        ILGenerator il = type.DefineMethod("Kernel", MethodAttributes.Public | MethodAttributes.Static, null, [typeof(ArrayView<int>)]).GetILGenerator();
        il.Emit(OpCodes.Ldarga_S, (byte)0);
        il.Emit(OpCodes.Ldc_I4, 64);
        il.Emit(OpCodes.Call, typeof(ArrayView<int>).GetProperty("Item", [typeof(int)])!.GetMethod!);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Stind_I4);
        il.Emit(OpCodes.Ret);
        KernelFaultException fault = Fault(type.CreateType().GetMethod("Kernel")!.CreateDelegate<Action<ArrayView<int>>>(), (1, 1));
        Has(fault, KernelFaultKind.OutOfBounds, new("", "x", 64, 64) { Memory = fault.Access!.Memory }, "of length 64 (no line is known: the kernel's assembly has no symbols); warps of 32.");
        Assert.That((fault.Line, fault.File), Is.EqualTo((0, (string?)null)));
    }

    [Test]
    public void A_loop() => Has(Fault(Spin, (1, 1)), KernelFaultKind.NoEnd, null);

    private static void Spin(ArrayView<int> x)
    {
        while (x[0] < 5)
            x[1]++;
    }

    private static void Has(KernelFaultException fault, KernelFaultKind kind, KernelFaultAccess? access, string says = "")
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fault.Kind, Is.EqualTo(kind), fault.Message);
            if (access is not null)
                Assert.That(fault.Access, Is.EqualTo(access), fault.Message);
            Assert.That(fault.Message, Does.Contain(says));
        }
    }
}
