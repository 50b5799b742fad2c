namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Refusals: one sentence with kernel, method and line.</summary>
internal sealed partial class Translator
{
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
