namespace GemmaIlgpu.Host.Terminal;

/// <summary>Output files appear whole or not at all: written under another name in the same folder, then renamed.</summary>
internal static class AtomicFile
{
    public static void Write(string path, Action<string> writeTo)
    {
        string full = Path.GetFullPath(path);
        string? folder = Path.GetDirectoryName(full);
        if (Directory.Exists(full) || folder is null)
            throw new IOException($"Cannot write '{path}': it is a folder.");
        if (!Directory.Exists(folder))
            throw new IOException($"Cannot write '{path}': there is no folder '{folder}'.");
        string temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Environment.ProcessId}.partial");
        try
        {
            writeTo(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
