using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels as vector code on a set of worker threads.</summary>
internal sealed class SimdEngine(CPUAccelerator accelerator) : ICpuEngine
{
    private readonly ConcurrentDictionary<KernelKey, Lazy<CompiledKernel>> _compiled = new();
    private readonly Lazy<WorkerPool> _pool = new(() => new WorkerPool(accelerator.Settings.Threads));

    /// <summary>Gets the number of threads of a group when the accelerator chooses it; launches of many threads get larger groups.</summary>
    public int AutoGroupSize => accelerator.WarpSize;

    /// <summary>Gets the worker threads.</summary>
    public WorkerPool Pool => _pool.Value;

    /// <inheritdoc/>
    public void Prepare(CPUKernel kernel)
    {
        if (!kernel.Parameters.Any(IsSpecialized))
            Compile(kernel, [], null);
    }

    /// <inheritdoc/>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature) =>
        kernel.Parameters.Any(IsSpecialized)
            ? LauncherEmitter.EmitSpecializing(signature, new SpecializingLauncher(kernel, signature, this))
            : CreateLauncher(kernel, signature, Compile(kernel, [], null));

    /// <inheritdoc/>
    public void Launch(CPUKernel kernel, AcceleratorStream stream, object dimension, object[] arguments)
    {
        Type[] types = [typeof(AcceleratorStream), dimension.GetType(), .. arguments.Select(argument => argument.GetType())];
        Type[] kernelTypes = [.. kernel.Parameters.Select(parameter => parameter.ParameterType)];
        var signature = LauncherSignature.Read(kernel.DisplayName, Expression.GetDelegateType([.. types, typeof(void)]), kernelTypes, kernel.ImplicitlyGrouped);
        try
        {
            CreateLauncher(kernel, signature).DynamicInvoke([stream, dimension, .. arguments]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
    }

    /// <inheritdoc/>
    public void ClearCache() => _compiled.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pool.IsValueCreated)
            _pool.Value.Dispose();
    }

    /// <summary>Makes a delegate that launches a compiled kernel.</summary>
    public Delegate CreateLauncher(CPUKernel kernel, LauncherSignature signature, CompiledKernel compiled) =>
        LauncherEmitter.EmitFlattening(signature, new SimdLauncher(kernel, compiled.Code, this), compiled.Parameters);

    /// <summary>Compiles a kernel, once for each set of specialised values.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="key">The bytes of the specialised values.</param>
    /// <param name="specialized">The specialised values by position in the parameter list.</param>
    public CompiledKernel Compile(CPUKernel kernel, byte[] key, IReadOnlyDictionary<int, object>? specialized)
    {
        KernelKind kind = kernel.ImplicitlyGrouped ? KernelKind.Implicit : KernelKind.Explicit;
        var fullKey = new KernelKey(kernel.Method, kind, Convert.ToHexString(key));
        return _compiled.GetOrAdd(fullKey, _ => new(() => CompileNow(kernel.Method, kind, specialized))).Value;
    }

    /// <summary>Gets whether a parameter is a <see cref="SpecializedValue{T}"/>.</summary>
    public static bool IsSpecialized(ParameterInfo parameter) =>
        parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>);

    private CompiledKernel CompileNow(MethodInfo method, KernelKind kind, IReadOnlyDictionary<int, object>? specialized)
    {
        IrKernel ir = KernelFrontend.Translate(method, kind, specialized);
        if (accelerator.Context.Properties.EnableVerifier)
            IrVerifier.Verify(ir);
        return new(SimdKernel.Compile(ir, new SimdOptions(accelerator.Settings.VectorBits)), [.. ir.Parameters]);
    }

    private sealed record KernelKey(MethodInfo Method, KernelKind Kind, string Specialized);
}

/// <summary>A compiled kernel and the slots that it reads.</summary>
/// <param name="Code">The vector code.</param>
/// <param name="Parameters">The slots.</param>
internal sealed record CompiledKernel(SimdKernel Code, IrParameter[] Parameters);
