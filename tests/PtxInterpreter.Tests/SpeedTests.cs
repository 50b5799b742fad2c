using System.Diagnostics;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using static GemmaIlgpu.PtxInterpreter.Tests.Harness;

namespace GemmaIlgpu.PtxInterpreter.Tests;

/// <summary>How fast the interpreter is; measured on request, since it says nothing on a busy machine.</summary>
[Explicit("A measurement.")]
public sealed class SpeedTests
{
    [TestCase("fma.rn.f32 %f1, %f1, %f2, %f2; add.u32 %r2, %r2, %r1; xor.b32 %r3, %r2, %r1; fma.rn.f32 %f2, %f1, %f2, %f1;", "arithmetic")]
    [TestCase("ld.global.f32 %f1, [%mine]; fma.rn.f32 %f2, %f1, %f1, %f2; ld.shared.f32 %f3, [%r4]; fma.rn.f32 %f2, %f3, %f3, %f2;", "loads")]
    [TestCase("shfl.sync.bfly.b32 %r2, %r2, 1, 31, -1; setp.lt.u32 %p2, %r2, 5; selp.b32 %r3, %r2, %r1, %p2; add.u32 %r2, %r2, %r3;", "lanes")]
    public void Lane_instructions_a_second(string body, string name)
    {
        using var memory = new DeviceMemory();
        ulong address = memory.Allocate<float>(new float[256]);
        PtxEntry entry = PtxModule.Parse(Kernel($$"""
            mov.u32 %r1, 0; mov.u32 %r2, 7; mov.f32 %f1, 0f3F800000; mov.f32 %f2, 0f00000000;
            shl.b32 %r4, %t, 2; mov.u32 %r5, tile; add.u32 %r4, %r4, %r5; st.shared.f32 [%r4], %f1;
            loop:
            {{body}} {{body}} {{body}} {{body}}
            add.u32 %r1, %r1, 1; setp.lt.u32 %p1, %r1, 5000; @%p1 bra loop;
            st.global.f32 [%mine], %f2;
            """, ".shared .align 4 .b8 tile[1024];")).GetEntry("kernel");
        for (int i = 0; i < 2; i++)
        {
            var clock = Stopwatch.StartNew();
            LaunchStatistics statistics = entry.Launch(new Dim3(4), new Dim3(256), 0, entry.PackParameters(address), memory);
            TestContext.Out.WriteLine($"{name}: {statistics.LaneInstructions / clock.Elapsed.TotalSeconds / 1e6:f0} million lane instructions a second");
        }
    }
}
