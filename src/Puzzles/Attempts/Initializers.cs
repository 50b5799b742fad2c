using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Puzzles;

/// <summary>Computes the first values of an attempt's static fields, which is the only code of it that runs outside of the machine that checks.</summary>
internal static class Initializers
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>What is said of values that cannot be computed; null if they can.</summary>
    public static Verdict? Complaint(Attempt attempt)
    {
        Type[] types = [.. attempt.Kernel!.Module.GetTypes().Where(type => type.TypeInitializer is not null && !type.ContainsGenericParameters)];
        if (types.Length == 0)
            return null;
        Exception? failure = null;
        // .NET cannot stop a thread, so one that never ends is left behind.
        Thread thread = new(() =>
        {
            try
            {
                foreach (Type type in types)
                    RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            }
            catch (TypeInitializationException e)
            {
                failure = e.InnerException ?? e;
            }
        }) { IsBackground = true };
        thread.Start();
        const string where = "Static fields get their values before the kernel is launched, by the program and not on the device. A constant does without.";
        return !thread.Join(s_patience) ? new(Standing.Wrong, "The value of a static field is still being computed after 5 seconds.") { Explanation = [where] }
            : failure is not null ? new(Standing.Wrong, $"The value of a static field cannot be computed: {failure.Message}") { Explanation = [where] } : null;
    }
}
