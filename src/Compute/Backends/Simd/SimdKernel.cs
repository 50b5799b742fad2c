using System.Collections.Concurrent;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Text;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>A kernel compiled to vector code for this processor.</summary>
public sealed unsafe class SimdKernel
{
    private static int s_compilations;

    private readonly IrKernel _kernel;
    private readonly VectorIsa _isa;
    private readonly nint[] _constantTables;
    private readonly bool _hasGroupBarriers;
    private readonly ConcurrentDictionary<SimdVariant, Compiled> _variants = new();
    private readonly Lock _compiling = new();

    private SimdKernel(IrKernel kernel, SimdOptions options)
    {
        (_kernel, _isa) = (kernel, VectorIsa.Of(options.VectorBits));
        _constantTables = [.. kernel.ConstantTables.Select(Pin)];
        _hasGroupBarriers = kernel.Blocks.Exists(block => block.Values.Exists(value =>
            value.Op is IrOp.Barrier or IrOp.BarrierReduce or IrOp.GroupBroadcast));
        StaticSharedBytes = (int)SharedLayout.SizeInBytes(kernel);
    }

    internal sealed record Compiled(WarpFunction Run, int SpillBytes, long LocalBytes);

    /// <summary>The kernel's name.</summary>
    public string Name => _kernel.Name;

    /// <summary>Bytes of statically allocated shared memory.</summary>
    public int StaticSharedBytes { get; }

    internal int Lanes => _isa.Lanes;

    internal bool HasGroupBarriers => _hasGroupBarriers;

    internal bool IsImplicit => _kernel.Kind == KernelKind.Implicit;

    /// <summary>Times that this process has made machine code of some variant of a kernel.</summary>
    public static int Compilations => Volatile.Read(ref s_compilations);

    /// <summary>Prepares a kernel; its variants are compiled when a launch first needs them.</summary>
    public static SimdKernel Compile(IrKernel kernel, SimdOptions options)
    {
        SimdLowering.Run(kernel, options.Lanes);
        return new SimdKernel(kernel, options);
    }

    /// <summary>The vector code that full warps of a one-warp group run, as text.</summary>
    /// <param name="kernel">The kernel, which is changed on the way.</param>
    /// <param name="options">How wide the vectors are.</param>
    /// <param name="lines">Gets the source line of each line of the text.</param>
    public static string Describe(IrKernel kernel, SimdOptions options, LineMap? lines = null)
    {
        SimdKernel compiled = Compile(kernel, options);
        var listing = new StringBuilder();
        compiled.Make(new SimdVariant(AlignedRows: true, AllLanes: true, SeveralWarps: false), listing, lines);
        string text = listing.ToString();
        lines?.Finish(text);
        return text;
    }

    /// <summary>Runs the grid on the pool's threads and returns when it is done.</summary>
    public void Launch(WorkerPool pool, in KernelLaunch launch) => new GridRunner(this, launch).Run(pool);

    internal Compiled Variant(SimdVariant variant)
    {
        if (_variants.TryGetValue(variant, out Compiled? compiled))
            return compiled;
        lock (_compiling)
        {
            if (!_variants.TryGetValue(variant, out compiled))
            {
                compiled = Make(variant, null);
                _variants[variant] = compiled;
                Interlocked.Increment(ref s_compilations);
            }

            return compiled;
        }
    }

    private Compiled Make(SimdVariant variant, StringBuilder? listing, LineMap? lines = null)
    {
        var method = new DynamicMethod(_kernel.Name, typeof(int), [typeof(byte*), typeof(WarpState*)], typeof(SimdKernel).Module, skipVisibility: true)
        {
            InitLocals = true,
        };
        var emitter = new SimdEmitter(_kernel, _isa, variant, _constantTables, new CodeWriter(method.GetILGenerator(16 * 1024), listing, lines));
        emitter.Emit();
        return new Compiled(method.CreateDelegate<WarpFunction>(), emitter.SpillBytes, emitter.LocalBytes);
    }

    // Tables live as long as the process: compiled code holds their addresses.
    private static nint Pin(byte[] table)
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)Math.Max(table.Length, 1), 64);
        table.CopyTo(new Span<byte>(memory, table.Length));
        return (nint)memory;
    }
}
