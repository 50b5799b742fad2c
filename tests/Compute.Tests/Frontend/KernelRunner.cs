using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Passes;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>Runs an explicit kernel as plain C# and through the interpreter, on one thread. Arrays stand for views.</summary>
internal static class KernelRunner
{
    private static readonly ConcurrentDictionary<(MethodInfo, bool), IrKernel> s_translated = new();

    public static IrKernel Translate(Delegate kernel, bool optimize = true, IReadOnlyDictionary<int, object>? specialized = null)
    {
        IrKernel ir = KernelFrontend.Translate(kernel.Method, KernelKind.Explicit, specialized);
        IrVerifier.Verify(ir);
        if (optimize)
            KernelOptimizer.Run(ir);
        IrVerifier.Verify(ir);
        return ir;
    }

    /// <summary>Runs the IR on copies of the arrays and gives the copies.</summary>
    public static Array[] Interpret(IrKernel ir, params object[] arguments)
    {
        var pins = new List<GCHandle>();
        object[] copies = [.. arguments.Select(argument => argument is Array array ? array.Clone() : argument)];
        try
        {
            foreach (object copy in copies)
                pins.Add(GCHandle.Alloc(copy as Array, GCHandleType.Pinned));
            new IrInterpreter(ir).Run([.. ir.Parameters.Select(parameter => Slot(parameter, copies[parameter.SourceParameter], pins[parameter.SourceParameter]))]);
        }
        finally
        {
            foreach (GCHandle pin in pins)
                pin.Free();
        }
        return [.. copies.OfType<Array>()];
    }

    /// <summary>Asserts that plain C#, the IR as read and the IR as optimised leave the same bits in every array.</summary>
    public static void Check(Delegate kernel, params object[] arguments)
    {
        Array[] expected = RunPlain(kernel, arguments);
        foreach (bool optimize in new[] { false, true })
        {
            IrKernel ir = s_translated.GetOrAdd((kernel.Method, optimize), _ => Translate(kernel, optimize));
            Array[] actual = Interpret(ir, arguments);
            for (int i = 0; i < expected.Length; i++)
                Assert.That(actual[i], Is.EqualTo(expected[i]), () => $"{kernel.Method.Name}({string.Join(", ", arguments)}), {(optimize ? "optimised" : "as read")}:\n{ir}");
        }
    }

    private static Array[] RunPlain(Delegate kernel, object[] arguments)
    {
        var pins = new List<GCHandle>();
        object[] copies = [.. arguments.Select(argument => argument is Array array ? array.Clone() : argument)];
        object[] views = [.. copies];
        try
        {
            for (int i = 0; i < copies.Length; i++)
            {
                if (copies[i] is not Array array)
                    continue;
                pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
                views[i] = typeof(KernelRunner).GetMethod(nameof(MakeView), BindingFlags.NonPublic | BindingFlags.Static)!
                    .MakeGenericMethod(array.GetType().GetElementType()!).Invoke(null, [pins[^1].AddrOfPinnedObject(), (long)array.Length])!;
            }
            kernel.DynamicInvoke(views);
        }
        finally
        {
            foreach (GCHandle pin in pins)
                pin.Free();
        }
        return [.. copies.OfType<Array>()];
    }

    private static unsafe object MakeView<T>(nint address, long length)
        where T : unmanaged => new ArrayView<T>(null, (T*)address, length);

    private static long Slot(IrParameter parameter, object argument, GCHandle pin)
    {
        switch (parameter.Kind)
        {
            case ParameterKind.ViewPointer: return pin.AddrOfPinnedObject();
            case ParameterKind.ViewLength: return ((Array)argument).Length;
        }
        foreach (FieldInfo field in parameter.Path)
            argument = field.GetValue(argument)!;
        return argument switch
        {
            bool truth => truth ? 1 : 0,
            float single => (uint)BitConverter.SingleToInt32Bits(single),
            double number => BitConverter.DoubleToInt64Bits(number),
            ulong big => (long)big,
            char character => character,
            nint native => native,
            Enum value => Convert.ToInt64(value),
            uint unsigned => (int)unsigned,
            _ => Convert.ToInt64(argument),
        };
    }
}
