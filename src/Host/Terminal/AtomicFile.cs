namespace GemmaIlgpu.Host.Terminal;

/// <summary>Output files appear whole or not at all: written under another name in the same folder, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Complains about a path that cannot become a file, before any work is done for it.</summary>
    public static void Check(string path)
    {
        if (path.Length == 0)
            throw new UsageException("--out takes a file, not an empty name.");
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new IOException($"Cannot write '{path}': it is a folder.");
        if (!Directory.Exists(Path.GetDirectoryName(full)))
            throw new IOException($"Cannot write '{path}': there is no folder '{Path.GetDirectoryName(full)}'.");
    }

    public static void Write(string path, Action<TextWriter> write)
    {
        Check(path);
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}.partial");
        try
        {
            using (StreamWriter writer = new(temporary) { NewLine = "\n" })
                write(writer);
            File.Move(temporary, full, overwrite: true);
        }
        catch (UnauthorizedAccessException)
        {
            throw new IOException($"Cannot write '{path}': its folder may not be written to.");
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
