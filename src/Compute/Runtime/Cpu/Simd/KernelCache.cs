using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Compiled kernels by method, kind, vector width and specialised values.</summary>
/// <remarks>
/// One cache serves the whole process: code depends on nothing else of an accelerator, so several engines, or one that is
/// loaded again, share it. Methods that were made at run time may be collected; they get a cache with the accelerator.
/// </remarks>
internal sealed class KernelCache
{
    private readonly ConcurrentDictionary<Key, Lazy<CompiledKernel>> _kernels = new();

    /// <summary>The kernels of assemblies that stay as long as the process.</summary>
    public static KernelCache OfProcess { get; } = new();

    /// <summary>Compiles a kernel, or finds what an earlier call compiled or is compiling.</summary>
    /// <param name="method">The kernel.</param>
    /// <param name="kind">Who computes the index.</param>
    /// <param name="vectorBits">Bits of a vector.</param>
    /// <param name="key">The bytes of the specialised values.</param>
    /// <param name="specialized">The specialised values by position in the parameter list.</param>
    /// <param name="verify">Whether to check the IR.</param>
    public CompiledKernel Get(MethodInfo method, KernelKind kind, int vectorBits, byte[] key, IReadOnlyDictionary<int, object>? specialized, bool verify) =>
        _kernels.GetOrAdd(new Key(method, kind, vectorBits, Convert.ToHexString(key)), full => new(() =>
        {
            IrKernel ir = KernelFrontend.Translate(full.Method, full.Kind, specialized);
            if (verify)
                IrVerifier.Verify(ir);
            return new(SimdKernel.Compile(ir, new SimdOptions(full.VectorBits)), [.. ir.Parameters]);
        })).Value;

    /// <summary>Forgets the kernels of one vector width; what is loaded already goes on working.</summary>
    public void Clear(int vectorBits)
    {
        foreach (Key key in _kernels.Keys.Where(key => key.VectorBits == vectorBits))
            _kernels.TryRemove(key, out _);
    }

    private sealed record Key(MethodInfo Method, KernelKind Kind, int VectorBits, string Specialized);
}

/// <summary>A compiled kernel and the slots that it reads.</summary>
/// <param name="Code">The vector code.</param>
/// <param name="Parameters">The slots.</param>
internal sealed record CompiledKernel(SimdKernel Code, IrParameter[] Parameters);
