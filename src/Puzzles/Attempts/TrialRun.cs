using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.ExceptionServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Puzzles;

/// <summary>Launches kernels whose parameters are known only now.</summary>
public static class TrialRun
{
    // A NaN that no arithmetic makes: an element that still holds it was written by nobody.
    private const int CanaryBits = 0x7FC5_A11E;

    private static readonly MethodInfo s_load = typeof(KernelLoaders).GetMethods()
        .Concat(typeof(Accelerator).GetMethods())
        .Single(method => method.Name == nameof(KernelLoaders.LoadKernel) && method.IsGenericMethodDefinition
            && method.GetGenericArguments() is [{ Name: "TDelegate" }] && method.GetParameters().Last().ParameterType == typeof(MethodInfo));

    /// <summary>Whether nobody wrote an element, if the launch began with marks.</summary>
    public static bool IsUnwritten(float value) => BitConverter.SingleToInt32Bits(value) == CanaryBits;

    /// <summary>Whether a method takes what the trials of a puzzle pass.</summary>
    public static bool Fits(MethodInfo kernel, Trial trial) =>
        kernel.ReturnType == typeof(void) && !kernel.IsGenericMethodDefinition
        && kernel.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(trial.Arguments.Select(argument => argument.Type));

    /// <summary>Compiles a kernel for an accelerator.</summary>
    public static Delegate Load(Accelerator accelerator, MethodInfo kernel)
    {
        Type[] types = [typeof(AcceleratorStream), typeof(KernelConfig), .. kernel.GetParameters().Select(parameter => parameter.ParameterType)];
        MethodInfo load = s_load.MakeGenericMethod(Expression.GetActionType(types));
        return (Delegate)load.Invoke(accelerator, BindingFlags.DoNotWrapExceptions, null, load.IsStatic ? [accelerator, kernel] : [kernel], null)!;
    }

    /// <summary>Launches and brings the outputs back.</summary>
    /// <param name="accelerator">The accelerator.</param>
    /// <param name="launcher">What <see cref="Load"/> gave.</param>
    /// <param name="trial">The launch.</param>
    /// <param name="marked">Whether outputs are filled with marks before, to see what nobody writes.</param>
    /// <returns>The outputs, and the name of an input that is not as it was; null if all are.</returns>
    public static (float[][] Outputs, string? Changed) Run(Accelerator accelerator, Delegate launcher, Trial trial, bool marked)
    {
        List<MemoryBuffer> buffers = [];
        List<MemoryBuffer1D<float, Stride1D.Dense>> outputs = [];
        List<(string Name, Func<bool> IsAsItWas)> inputs = [];
        try
        {
            object[] arguments = [accelerator.DefaultStream, new KernelConfig(trial.Grid, trial.Group), .. trial.Arguments.Select(Place)];
            try
            {
                launcher.DynamicInvoke(arguments);
            }
            catch (TargetInvocationException e) when (e.InnerException is not null)
            {
                ExceptionDispatchInfo.Throw(e.InnerException);
            }
            accelerator.Synchronize();
            return ([.. outputs.Select(buffer => buffer.GetAsArray1D())], inputs.Find(input => !input.IsAsItWas()).Name);
        }
        finally
        {
            foreach (MemoryBuffer buffer in buffers)
                buffer.Dispose();
        }

        object Place(Argument argument)
        {
            switch (argument)
            {
                case InputArgument { Data: byte[] bytes }:
                    var packed = accelerator.Allocate1D(bytes);
                    buffers.Add(packed);
                    inputs.Add((argument.Name, () => packed.GetAsArray1D().AsSpan().SequenceEqual(bytes)));
                    return packed.View.BaseView;
                case InputArgument { Data: float[] floats }:
                    var input = accelerator.Allocate1D(floats);
                    buffers.Add(input);
                    inputs.Add((argument.Name, () => input.GetAsArray1D().AsSpan().SequenceEqual(floats)));
                    return input.View.BaseView;
                case OutputArgument output:
                    var written = accelerator.Allocate1D<float>(output.Expected.Length);
                    buffers.Add(written);
                    outputs.Add(written);
                    if (output.StartsAtZero)
                        written.MemSetToZero();
                    else if (marked)
                        written.CopyFromCPU([.. Enumerable.Repeat(BitConverter.Int32BitsToSingle(CanaryBits), output.Expected.Length)]);
                    return written.View.BaseView;
                default:
                    return ((NumberArgument)argument).Value;
            }
        }
    }
}
