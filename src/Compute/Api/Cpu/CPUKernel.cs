using System.Reflection;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace ILGPU.Runtime.CPU;

/// <summary>A kernel that is loaded on the processor.</summary>
public sealed class CPUKernel : Kernel
{
    private readonly CPUAccelerator _accelerator;

    internal CPUKernel(
        CPUAccelerator accelerator,
        MethodInfo method,
        bool implicitlyGrouped,
        int groupSize,
        KernelSpecialization specialization)
        : base(accelerator, method, specialization, new KernelInfo(groupSize == 0 ? accelerator.Engine.AutoGroupSize : groupSize, accelerator.NumMultiprocessors))
    {
        _accelerator = accelerator;
        KernelMethod.Check(method, implicitlyGrouped);
        ImplicitlyGrouped = implicitlyGrouped;
        GroupSize = groupSize == 0 ? accelerator.Engine.AutoGroupSize : groupSize;
        Parameters = [.. method.GetParameters()];
        DisplayName = KernelMethod.Name(method);
        CustomGroupSize = groupSize;
        accelerator.Engine.Prepare(this);
    }

    /// <summary>Gets the accelerator.</summary>
    public CPUAccelerator CPUAccelerator => _accelerator;

    /// <inheritdoc/>
    public override int NumParameters => Parameters.Length - (ImplicitlyGrouped ? 1 : 0);

    /// <summary>Gets whether the first parameter is the index.</summary>
    internal bool ImplicitlyGrouped { get; }

    /// <summary>Gets the threads of a group of an implicitly grouped launch.</summary>
    internal int GroupSize { get; }

    /// <summary>Gets the threads of a group that the caller chose; 0 if the accelerator chooses.</summary>
    internal int CustomGroupSize { get; }

    /// <summary>Gets the parameters of the method.</summary>
    internal ParameterInfo[] Parameters { get; }

    /// <summary>Gets the type and method, for people.</summary>
    internal string DisplayName { get; }

    /// <inheritdoc/>
    public override TDelegate CreateLauncherDelegate<TDelegate>()
    {
        var signature = LauncherSignature.Read(
            DisplayName,
            typeof(TDelegate),
            [.. Parameters.Select(parameter => parameter.ParameterType)],
            ImplicitlyGrouped);
        return (TDelegate)_accelerator.Engine.CreateLauncher(this, signature);
    }

    private protected override void LaunchBoxed(AcceleratorStream stream, object dimension, object[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Length != NumParameters)
            throw new ArgumentException($"{DisplayName} takes {NumParameters} arguments; {args.Length} were given.", nameof(args));
        _accelerator.Engine.Launch(this, stream, dimension, args);
    }
}
