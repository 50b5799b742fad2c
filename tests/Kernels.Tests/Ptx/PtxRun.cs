using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Backends.Ptx;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.PtxInterpreter;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;
using PtxModule = GemmaIlgpu.PtxInterpreter.PtxModule;

namespace GemmaIlgpu.Kernels.Tests.Ptx;

/// <summary>Memory that a kernel under test reads and writes through a view.</summary>
public sealed record PtxBuffer(ulong Address, long Length);

/// <summary>Compiles a kernel to PTX and lets the interpreter run it.</summary>
public sealed class PtxRun : IDisposable
{
    private static readonly ConcurrentDictionary<(MethodInfo, string), (PtxKernel Kernel, PtxEntry Entry)> Compiled = new();

    public DeviceMemory Memory { get; } = new();

    /// <summary>What the last launch executed.</summary>
    public LaunchStatistics? Statistics { get; private set; }

    public PtxBuffer Upload<T>(T[] values)
        where T : unmanaged => new(values.Length == 0 ? 0 : Memory.Allocate<T>(values), values.Length);

    public T[] Download<T>(PtxBuffer buffer)
        where T : unmanaged => Memory.Read<T>(buffer.Address, (int)buffer.Length);

    /// <summary>Launches a kernel. Arguments are in the order of the method's parameters: buffers for views, values and structs as they are.</summary>
    public void Launch(Delegate kernel, int groups, int threads, int dynamicShared, params object[] arguments) =>
        Launch(kernel.Method, groups, threads, dynamicShared, "sm_80", arguments);

    public void Launch(MethodInfo kernel, int groups, int threads, int dynamicShared, string target, params object[] arguments)
    {
        (PtxKernel ptx, PtxEntry entry) = Compiled.GetOrAdd((kernel, target), static key =>
        {
            PtxKernel compiled = PtxCompiler.Compile(key.Item1, KernelKind.Explicit, null, PtxTarget.Parse(key.Item2));
            return (compiled, PtxModule.Parse(compiled.Text).GetEntry(compiled.EntryName));
        });
        List<ulong> slots = [.. ptx.Parameters.Select(parameter => Slot(parameter, arguments[parameter.SourceParameter]))];
        if (ptx.UsesDynamicShared)
            slots.Add((ulong)dynamicShared);
        int shared = dynamicShared + ptx.ExtraDynamicSharedBytes;
        Statistics = entry.Launch(new Dim3(groups), new Dim3(threads), shared, entry.PackParameters([.. slots]), Memory, new LaunchOptions { Threads = 2 });
    }

    public void Dispose() => Memory.Dispose();

    private static ulong Slot(IrParameter parameter, object argument)
    {
        if (argument is PtxBuffer buffer)
            return parameter.Kind == ParameterKind.ViewPointer ? buffer.Address : (ulong)buffer.Length;
        object? value = argument;
        foreach (FieldInfo field in parameter.Path)
            value = field.GetValue(value);
        return value switch
        {
            float single => BitConverter.SingleToUInt32Bits(single),
            double number => BitConverter.DoubleToUInt64Bits(number),
            bool truth => truth ? 1UL : 0UL,
            _ => unchecked((ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        };
    }
}
