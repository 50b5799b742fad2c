using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.Host.Measurement;

/// <summary>What a figure was measured on, and how much memory the process took.</summary>
internal static class Machine
{
    /// <summary>"AMD EPYC 9B45, 2 cores, .NET 10.0.1, Debian GNU/Linux 12".</summary>
    public static string Describe() =>
        $"{ProcessorName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";

    /// <summary>The largest resident set of this process so far, in bytes; mapped weights that were touched count.</summary>
    public static long PeakResidentBytes()
    {
        const string Status = "/proc/self/status", Key = "VmHWM:";
        if (!OperatingSystem.IsLinux())
        {
            using Process self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64;
        }
        // "VmHWM:	 5423412 kB"; .NET's PeakWorkingSet64 on Linux reads the same line.
        string? line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        string number = (line ?? "").Replace(Key, "", StringComparison.Ordinal).Replace("kB", "", StringComparison.Ordinal).Trim();
        return long.TryParse(number, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes * 1024 : 0;
    }

    /// <summary>Whether <see cref="ForgetPeak"/> does anything.</summary>
    public static bool CanForgetPeak { get; } = OperatingSystem.IsLinux() && File.Exists("/proc/self/clear_refs");

    /// <summary>Lets the peak begin again at what is resident now, where the system can (Linux: proc_pid_clear_refs(5), value 5).</summary>
    public static void ForgetPeak()
    {
        if (CanForgetPeak)
            File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static string ProcessorName()
    {
        if (OperatingSystem.IsLinux() && File.Exists("/proc/cpuinfo"))
        {
            string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
                return line[(line.IndexOf(':') + 1)..].Trim();
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
