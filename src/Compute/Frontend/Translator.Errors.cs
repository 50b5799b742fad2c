using System.Reflection;
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Refusals: one sentence with kernel, method and line.</summary>
internal sealed partial class Translator
{
    private KernelCompilationException RefuseDelegate() =>
        Refuse("it uses a delegate (a lambda, or a method as a value) or function pointer", "call the method directly, or use a generic struct parameter with a static abstract or interface method");

    // Library code that would be refused somewhere deep inside, for a reason that has nothing to do with the kernel.
    private void RefuseLibrary(MethodBase method, Type owner)
    {
        if (owner == typeof(Console))
            throw Refuse($"it uses the console (Console.{method.Name})", "use Interop.WriteLine");
        if (owner == typeof(string) || owner == typeof(DefaultInterpolatedStringHandler) || owner.Namespace == "System.Text" || (method as MethodInfo)?.ReturnType == typeof(string))
            throw Refuse("it makes a string", "Interop.WriteLine formats numbers on the device");
        if (owner == typeof(decimal))
            throw Refuse("it computes with decimal", "devices have integers, float and double");
        if (owner == typeof(Random))
            throw Refuse("it asks for random numbers (System.Random)", "take an RNGView of ILGPU.Algorithms.Random, or fill a view with them on the host");
        if (owner == typeof(Interlocked))
            throw Refuse($"it calls Interlocked.{method.Name}", "use Atomic.Add and the other operations of Atomic, on an element of a view");
        if (owner.Namespace is "System.IO" or "System.Net" or "System.Threading.Tasks" || owner == typeof(Environment) || owner == typeof(Thread)
            || (owner == typeof(DateTime) && method.Name is "get_Now" or "get_UtcNow" or "get_Today"))
            throw Refuse($"it calls {MethodNames.Of(method).Replace("get_", "", StringComparison.Ordinal)}, which only a program on the processor can", "call it before the launch and pass what it gives as a parameter");
    }

    private KernelCompilationException RefuseNative(MethodBase method) =>
        Refuse($"it calls {MethodNames.Of(method)}, which has no C# body to compile", method.DeclaringType == typeof(Math) || method.DeclaringType == typeof(MathF)
            ? "write it in C#, of functions that devices have, such as Sqrt, Exp, Log, Pow, Sin, Cos and Tanh"
            : "call it before the launch and pass what it gives as a parameter");

    /// <summary>Makes the exception for something that a device cannot do.</summary>
    /// <param name="what">"it allocates an object (new List)".</param>
    /// <param name="instead">What to do instead, if there is something to say.</param>
    public KernelCompilationException Refuse(string what, string? instead)
    {
        // Library code has no symbols; the line of the call that led there is what helps.
        Frame? frame = _frame;
        string where = "";
        if (frame is not null)
        {
            while (frame.Code.Symbols is null && frame.Caller is not null)
                frame = frame.Caller;
            where = $" in {MethodNames.Of(frame.Method)}" + (frame.Location is null ? "" : $" at {frame.Location}");
        }
        return new($"Kernel {Kernel.Name} cannot run on a device: {what}{where}{(instead is null ? "" : "; " + instead)}.");
    }
}
