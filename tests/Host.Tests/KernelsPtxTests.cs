using System.Diagnostics;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.PtxInterpreter;

namespace GemmaIlgpu.Host.Tests;

/// <summary>Every kernel's PTX is read by the interpreter, which knows the rules of the ISA, and assembled where NVIDIA's assembler is.</summary>
public class KernelsPtxTests
{
    private static readonly string? s_assembler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas"))
        .FirstOrDefault(File.Exists);

    // sm_90a is left to the interpreter: assemblers before CUDA 12 do not know it.
    [TestCase("sm_70")]
    [TestCase("sm_90a")]
    public void Every_kernel_is_read(string target)
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (KernelEntry entry in KernelCatalog.All)
            {
                string text = KernelStages.Ptx(entry, target);
                if (CanRun(text, target))
                    Assert.That(() => PtxModule.Parse(text), Throws.Nothing, $"{entry.Name} for {target}");
            }
        }
    }

    [TestCase("sm_70")]
    [TestCase("sm_75")]
    [TestCase("sm_80")]
    [TestCase("sm_90")]
    public void Every_kernel_is_assembled(string target)
    {
        if (s_assembler is null)
            Assert.Ignore("There is no ptxas on PATH (it comes with the CUDA toolkit), so nothing was assembled.");
        string folder = Directory.CreateTempSubdirectory("gemma-ptx").FullName;
        try
        {
            string[] files = [.. KernelCatalog.All.Select((entry, i) =>
            {
                string text = KernelStages.Ptx(entry, target), path = Path.Combine(folder, $"{i}.ptx");
                if (!CanRun(text, target))
                    return "";
                File.WriteAllText(path, text);
                return path;
            })];
            using (Assert.EnterMultipleScope())
            {
                for (int i = 0; i < files.Length; i++)
                    if (files[i].Length > 0)
                        Assert.That(Assemble(files[i], target), Is.Empty, $"{KernelCatalog.All[i].Name} for {target}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Tensor cores of the fast kernels came with sm_80; on older devices the others are chosen.
    private static bool CanRun(string text, string target) =>
        !(target is "sm_70" or "sm_75" && (text.Contains("cp.async", StringComparison.Ordinal) || text.Contains("mma.sync", StringComparison.Ordinal)));

    private static string Assemble(string file, string target)
    {
        using Process process = Process.Start(new ProcessStartInfo(s_assembler!, [$"-arch={target}", "-o", file + ".bin", file]) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : said;
    }
}
