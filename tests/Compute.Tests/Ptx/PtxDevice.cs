using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Ptx;

/// <summary>Compiles a kernel over one view with chosen options and lets the interpreter run it.</summary>
internal sealed class PtxDevice(string target, PtxOptions? options = null) : IDisposable
{
    private readonly DeviceMemory _memory = new();

    public T[] Run<T>(Action<ArrayView<T>> kernel, T[] data, int groups, int threads, int dynamicShared)
        where T : unmanaged
    {
        PtxKernel ptx = PtxCompiler.Compile(kernel.Method, KernelKind.Explicit, null, PtxTarget.Parse(target), options);
        PtxInterpreter.PtxEntry entry = PtxInterpreter.PtxModule.Parse(ptx.Text).GetEntry(ptx.EntryName);
        ulong address = _memory.Allocate<T>(data);
        ulong[] slots = ptx.UsesDynamicShared ? [address, (ulong)data.Length, (ulong)dynamicShared] : [address, (ulong)data.Length];
        int own = (dynamicShared + PtxKernel.DynamicAlignment - 1) / PtxKernel.DynamicAlignment * PtxKernel.DynamicAlignment;
        int shared = ptx.ExtraDynamicSharedBytes > 0 ? own + ptx.ExtraDynamicSharedBytes : dynamicShared;
        entry.Launch(new Dim3(groups), new Dim3(threads), shared, entry.PackParameters([.. slots[..ptx.Parameters.Count], .. slots[2..]]), _memory, new LaunchOptions { Threads = 1 });
        return _memory.Read<T>(address, data.Length);
    }

    public void Dispose() => _memory.Dispose();
}
