namespace GemmaIlgpu.Lessons;

/// <summary>One way to compute a lesson's result.</summary>
/// <param name="Name">A few words.</param>
/// <param name="Idea">What is new, in a sentence.</param>
/// <param name="Bytes">What its kernels ask of global memory, reads and writes together.</param>
/// <param name="Prepare">Copies the inputs to the device, loads the kernels, and gives the launch, which may be repeated.</param>
/// <param name="WhyNot">Why it cannot run on a device; null where it can.</param>
public sealed record Rung(
    string Name, string Idea, Func<Problem, long> Bytes, Func<Workbench, Problem, Action> Prepare, Func<Workbench, string?> WhyNot);
