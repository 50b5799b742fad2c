using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace LowLevelCompilation;

internal static class Program
{
    private static void Implicit(Index1D index, ArrayView<int> values, int constant) => values[index] = index + constant;

    private static void Explicit(ArrayView<int> values, int constant) => values[Grid.GlobalIndex.X] = Grid.IdxX * 100 + Group.IdxX + constant;

    private static MethodInfo Method(string name) => typeof(Program).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static void Main()
    {
        using var context = Context.CreateDefault();
        using var accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        using var buffer = accelerator.Allocate1D<int>(16);

        // Compiled by hand, loaded with a group size that the accelerator chooses.
        Backend backend = accelerator.GetBackend();
        CompiledKernel compiled = backend.Compile(EntryPointDescription.FromImplicitlyGroupedKernel(Method(nameof(Implicit))), default);
        using (Kernel kernel = accelerator.LoadAutoGroupedKernel(compiled))
        {
            var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, Index1D, ArrayView<int>, int>>();
            launch(accelerator.DefaultStream, (int)buffer.Length, buffer.View, 1);
            Console.WriteLine(string.Join(" ", buffer.GetAsArray1D()));
        }

        // With a group size of one's own.
        using (Kernel kernel = accelerator.LoadImplicitlyGroupedKernel(compiled, 8))
        {
            kernel.Launch(accelerator.DefaultStream, (int)buffer.Length, buffer.View, 2);
            Console.WriteLine(string.Join(" ", buffer.GetAsArray1D()));
        }

        // Groups of one's own.
        EntryPointDescription entry = EntryPointDescription.FromExplicitlyGroupedKernel(Method(nameof(Explicit)));
        using (Kernel kernel = accelerator.LoadKernel(accelerator.CompileKernel(entry)))
        {
            var launch = kernel.CreateLauncherDelegate<Action<AcceleratorStream, KernelConfig, ArrayView<int>, int>>();
            launch(accelerator.DefaultStream, (4, 4), buffer.View, 3);
            Console.WriteLine(string.Join(" ", buffer.GetAsArray1D()));
        }

        // Behind a launcher is a compiled kernel, too.
        var usual = accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>, int>(Implicit);
        Console.WriteLine($"{usual.GetCompiledKernel().Name} {usual.GetKernelInfo() is not null}");
    }
}
