using System.Collections.Concurrent;
using System.Reflection;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Runtime;

/// <summary>Compiles kernels for one accelerator and keeps what it compiled.</summary>
/// <remarks>
/// One cache serves the whole process: code depends on nothing of an accelerator but its <paramref name="target"/>, so several
/// engines, or one that is loaded again, share it. Methods that were made at run time may be collected; they get a cache
/// with the accelerator.
/// </remarks>
/// <typeparam name="TTarget">What code depends on: vector width, architecture, mathematics.</typeparam>
/// <typeparam name="TCode">Code of the back end.</typeparam>
/// <param name="accelerator">The accelerator.</param>
/// <param name="target">What to compile for.</param>
/// <param name="compile">The back end, given the limits that a kernel was loaded with. The IR is as the front end left it, not yet optimised.</param>
/// <param name="forPtx">Whether to translate what only PTX has.</param>
/// <param name="checks">Whether the IR keeps the checks of indices.</param>
/// <param name="statements">Whether the IR marks C# statements.</param>
/// <param name="alignments">Whether the IR keeps what a kernel says of the alignment of views.</param>
internal sealed class KernelCompiler<TTarget, TCode>(Accelerator accelerator, TTarget target, Func<IrKernel, TTarget, KernelSpecialization, TCode> compile, bool forPtx = false, bool checks = false, bool statements = false, bool alignments = false)
    where TTarget : notnull
{
    private static readonly ConcurrentDictionary<Key, Lazy<CompiledKernel<TCode>>> s_ofProcess = new();

    private readonly ConcurrentDictionary<Key, Lazy<CompiledKernel<TCode>>> _own = new();

    private readonly StaticFields _fields = FieldsOf(accelerator.Context.Properties);

    /// <summary>Compiles a kernel, or finds what an earlier call compiled or is compiling.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="key">The bytes of the specialised values.</param>
    /// <param name="specialized">The specialised values by position in the parameter list.</param>
    public CompiledKernel<TCode> Get(Kernel kernel, byte[] key, IReadOnlyDictionary<int, object>? specialized)
    {
        KernelKind kind = kernel.ImplicitlyGrouped ? KernelKind.Implicit : KernelKind.Explicit;
        var cache = kernel.Method.Module.Assembly.IsDynamic || kernel.Method.IsCollectible || _fields != StaticFields.Constant ? _own : s_ofProcess;
        return cache.GetOrAdd(new Key(kernel.Method, kind, target, kernel.Specialization, Convert.ToHexString(key)), full => new(() =>
        {
            IrKernel ir = KernelFrontend.Translate(full.Method, full.Kind, specialized, forPtx, checks, statements, alignments, _fields);
            if (accelerator.Context.Properties.EnableVerifier)
                IrVerifier.Verify(ir);
            return new(compile(ir, full.Target, full.Specialization), [.. ir.Parameters]);
        })).Value;
    }

    /// <summary>Makes a launcher; kernels with specialised values are compiled when the values are known.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="signature">The type of the launcher and what its parameters are.</param>
    /// <param name="bind">Makes what the launcher is bound to.</param>
    public Delegate CreateLauncher(Kernel kernel, LauncherSignature signature, Func<CompiledKernel<TCode>, SlotLauncher> bind)
    {
        return kernel.Parameters.Any(SpecializingLauncher.IsSpecialized)
            ? LauncherEmitter.EmitSpecializing(signature, new SpecializingLauncher(kernel, Launcher))
            : Launcher([], null);

        Delegate Launcher(byte[] key, IReadOnlyDictionary<int, object>? specialized)
        {
            CompiledKernel<TCode> compiled = Get(kernel, key, specialized);
            return LauncherEmitter.EmitFlattening(signature, bind(compiled), compiled.Parameters);
        }
    }

    /// <summary>Forgets what was compiled for this target; what is loaded already goes on working.</summary>
    public void Clear()
    {
        _own.Clear();
        foreach (Key key in s_ofProcess.Keys.Where(key => key.Target.Equals(target)))
            s_ofProcess.TryRemove(key, out _);
    }

    private static StaticFields FieldsOf(ContextProperties properties) =>
        (properties.StaticFieldMode.HasFlag(StaticFieldMode.MutableStaticFields) ? StaticFields.Mutable : 0)
        | (properties.StaticFieldMode.HasFlag(StaticFieldMode.IgnoreStaticFieldStores) ? StaticFields.IgnoredStores : 0)
        | (properties.ArrayMode == ArrayMode.InlineMutableStaticArrays ? StaticFields.MutableArrays : 0);

    private sealed record Key(MethodInfo Method, KernelKind Kind, TTarget Target, KernelSpecialization Specialization, string Specialized);
}

/// <summary>A compiled kernel and the slots that it reads.</summary>
/// <param name="Code">The code.</param>
/// <param name="Parameters">The slots.</param>
internal sealed record CompiledKernel<TCode>(TCode Code, IrParameter[] Parameters);
