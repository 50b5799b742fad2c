using System.Globalization;

namespace GemmaIlgpu.Engine.Planning;

/// <summary>The memory that this process may use: the machine's, or less where a container sets a limit.</summary>
/// <param name="Total">Bytes there are.</param>
/// <param name="Available">Bytes that can be had now; what the system keeps of files counts, as it gives that up.</param>
public sealed record MachineMemory(long Total, long Available)
{
    private const string MemInfo = "/proc/meminfo", OwnGroups = "/proc/self/cgroup", GroupRoot = "/sys/fs/cgroup";

    /// <summary>Asks the system.</summary>
    public static MachineMemory Read()
    {
        if (OperatingSystem.IsLinux() && ReadText(MemInfo) is { } memInfo && Parse(memInfo) is { } machine)
            return Groups(ReadText(OwnGroups) ?? "").Aggregate(machine, (memory, group) => memory.Within(ReadText(group.Limit), ReadText(group.Usage), ReadText(group.Statistics)));
        GCMemoryInfo info = GC.GetGCMemoryInfo();
        return new MachineMemory(info.TotalAvailableMemoryBytes, Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes));
    }

    /// <summary>Reads the text of /proc/meminfo; null when it lacks the two lines.</summary>
    internal static MachineMemory? Parse(string memInfo)
    {
        long? Kilobytes(string key) => memInfo.Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture, out long value) ? value : null;
        return Kilobytes("MemTotal:") is { } total && Kilobytes("MemAvailable:") is { } available
            ? new MachineMemory(total * 1024, available * 1024)
            : null;
    }

    /// <summary>What is left inside a control group; texts of its files, null where there is none.</summary>
    internal MachineMemory Within(string? limit, string? usage, string? statistics)
    {
        // "max", or a number beyond any memory, stands for no limit.
        if (!long.TryParse(limit, CultureInfo.InvariantCulture, out long most) || most >= Total)
            return this;
        long used = long.TryParse(usage, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
        long files = (statistics ?? "").Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words is ["inactive_file" or "active_file", _])
            .Sum(words => long.TryParse(words[1], CultureInfo.InvariantCulture, out long value) ? value : 0);
        return new MachineMemory(most, Math.Clamp(most - used + files, 0, Math.Min(most, Available)));
    }

    // Every group that this process is in, from its own up to the root: version 2 in one tree, version 1 below "memory".
    private static IEnumerable<(string Limit, string Usage, string Statistics)> Groups(string ownGroups)
    {
        foreach (string line in ownGroups.Split('\n'))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            bool second = controllers.Length == 0;
            if (!second && !controllers.Split(',').Contains("memory"))
                continue;
            string root = second ? GroupRoot : Path.Combine(GroupRoot, "memory");
            for (string? group = path; group is not null; group = Path.GetDirectoryName(group))
            {
                string folder = root + group.TrimEnd('/');
                yield return second
                    ? ($"{folder}/memory.max", $"{folder}/memory.current", $"{folder}/memory.stat")
                    : ($"{folder}/memory.limit_in_bytes", $"{folder}/memory.usage_in_bytes", $"{folder}/memory.stat");
            }
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;    // a file that only its owner may read: then its limit is not known
        }
    }
}
