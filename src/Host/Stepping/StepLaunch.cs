using System.Reflection;
using GemmaIlgpu.Compute;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Runtime.Cpu;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Terminal;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>Makes the launch that is stepped through.</summary>
/// <param name="Kernel">The kernel; null for the first that is launched. An open generic method stands for all its instances.</param>
/// <param name="Number">Which of its launches, from 1.</param>
/// <param name="WarpSize">Lanes of a warp.</param>
/// <param name="Launch">Makes it.</param>
/// <param name="Name">What makes it, for sentences.</param>
internal sealed record StepLaunch(MethodInfo? Kernel, int Number, int WarpSize, Action<Accelerator> Launch, string Name)
{
    // A script that runs into a loop without end comes back.
    private const long MostBlocks = 50_000_000;

    /// <summary>Runs the launch, and somebody's session in it.</summary>
    public int Run(HostConsole console, TextReader commands, bool isInteractive)
    {
        int seen = 0;
        var launches = new SteppedLaunches(
            kernel => IsWanted(kernel) && ++seen == Number,
            machine =>
            {
                if (machine.Statements.Count == 0)
                    throw new InputException($"{machine.Program.Kernel.Name} has no symbols, which say where its lines are; build it with DebugType portable or embedded, and keep the .pdb beside the .dll.");
                new StepSession(console, commands, isInteractive, machine).Run();
            });
        using Context context = Context.Create(builder => builder.CPU(SteppedEngine.Device(WarpSize, new CheckedOptions { BlockLimit = isInteractive ? 0 : MostBlocks }, launches)));
        using Accelerator accelerator = context.GetPreferredDevice(preferCPU: true).CreateAccelerator(context);
        try
        {
            Launch(accelerator);
        }
        catch (StepperQuitException)
        {
            return ExitCodes.Success;
        }
        catch (Exception complaint) when (complaint is KernelCompilationException or KernelFaultException)
        {
            throw new InputException(complaint.Message);
        }
        string kernel = Kernel is null ? "a kernel" : MethodNames.Of(Kernel);
        throw new InputException(seen == 0
            ? $"{Name} did not launch {kernel}."
            : $"{Name} launched {kernel} {seen switch { 1 => "once", 2 => "twice", _ => $"{seen} times" }}; there is no launch {Number}.");
    }

    private bool IsWanted(MethodInfo launched) => Kernel is null || launched == Kernel
        || (Kernel.IsGenericMethodDefinition && launched.IsGenericMethod && launched.GetGenericMethodDefinition() == Kernel);
}
