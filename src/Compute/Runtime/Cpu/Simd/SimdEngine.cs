using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>Runs kernels as vector code on a set of worker threads.</summary>
internal sealed class SimdEngine(CPUAccelerator accelerator) : ICpuEngine
{
    private readonly KernelCache _ownKernels = new();
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
    public void ClearCache()
    {
        _ownKernels.Clear(accelerator.Settings.VectorBits);
        KernelCache.OfProcess.Clear(accelerator.Settings.VectorBits);
    }

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
        KernelCache cache = kernel.Method.Module.Assembly.IsDynamic || kernel.Method.IsCollectible ? _ownKernels : KernelCache.OfProcess;
        return cache.Get(kernel.Method, kind, accelerator.Settings.VectorBits, key, specialized, accelerator.Context.Properties.EnableVerifier);
    }

    /// <summary>Gets whether a parameter is a <see cref="SpecializedValue{T}"/>.</summary>
    public static bool IsSpecialized(ParameterInfo parameter) =>
        parameter.ParameterType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(SpecializedValue<>);
}
