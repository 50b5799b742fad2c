using System.Globalization;
using GemmaIlgpu.PtxInterpreter.Text;

namespace GemmaIlgpu.PtxInterpreter.Decoding;

/// <summary>From which target and which version of PTX on instructions exist, as their "PTX ISA Notes" and "Target ISA
/// Notes" say. Only what lies above sm_70 and PTX 6.0, from where this interpreter starts.</summary>
internal static class Requirements
{
    private static readonly (string Name, string[] Words, int Target, int Version)[] Rules =
    [
        ("ldmatrix", [], 75, 65), ("movmatrix", [], 75, 78), ("stmatrix", [], 90, 78),
        ("mma", ["m16n8k8"], 75, 65), ("mma", ["m16n8k16"], 80, 70), ("mma", ["m16n8k32"], 80, 70), ("mma", ["bf16"], 80, 70), ("mma", ["tf32"], 80, 70),
        ("cp", ["async"], 80, 70),
        ("redux", [], 80, 70), ("elect", [], 90, 80), ("activemask", [], 70, 62),
        ("tanh", [], 75, 70), ("ex2", ["f16"], 75, 70), ("ex2", ["f16x2"], 75, 70), ("ex2", ["bf16"], 90, 78), ("ex2", ["bf16x2"], 90, 78),
        ("tanh", ["bf16"], 90, 78), ("tanh", ["bf16x2"], 90, 78),
        ("fma", ["bf16"], 80, 70), ("fma", ["bf16x2"], 80, 70), ("fma", ["relu"], 80, 70),
        ("min", ["NaN"], 80, 70), ("max", ["NaN"], 80, 70), ("min", ["f16"], 80, 70), ("max", ["f16"], 80, 70), ("min", ["f16x2"], 80, 70), ("max", ["f16x2"], 80, 70),
        ("min", ["bf16"], 80, 70), ("max", ["bf16"], 80, 70), ("min", ["bf16x2"], 80, 70), ("max", ["bf16x2"], 80, 70),
        ("abs", ["bf16"], 80, 70), ("neg", ["bf16"], 80, 70), ("abs", ["bf16x2"], 80, 70), ("neg", ["bf16x2"], 80, 70),
        ("add", ["bf16"], 90, 78), ("sub", ["bf16"], 90, 78), ("mul", ["bf16"], 90, 78), ("add", ["bf16x2"], 90, 78), ("sub", ["bf16x2"], 90, 78), ("mul", ["bf16x2"], 90, 78),
        ("cvt", ["bf16"], 80, 70), ("cvt", ["bf16x2"], 80, 70), ("cvt", ["f16x2"], 80, 70), ("cvt", ["tf32"], 80, 70), ("cvt", ["relu"], 80, 70),
        ("atom", ["bf16"], 90, 78), ("atom", ["bf16x2"], 90, 78), ("red", ["bf16"], 90, 78), ("red", ["bf16x2"], 90, 78), ("atom", ["b16"], 70, 63), ("atom", ["f16"], 70, 63),
        ("createpolicy", [], 80, 74), ("nanosleep", [], 70, 63), ("griddepcontrol", [], 90, 78), ("setmaxnreg", [], 90, 80),
        ("ld", ["L1::no_allocate"], 70, 74), ("ld", ["L2::64B"], 75, 74), ("ld", ["L2::128B"], 75, 74), ("ld", ["L2::256B"], 80, 74), ("ld", ["L2::cache_hint"], 80, 74), ("st", ["L2::cache_hint"], 80, 74),
        ("bar", ["cta"], 70, 78), ("barrier", ["cta"], 70, 78), ("mov", ["b128"], 70, 83),
    ];

    /// <summary>What the module lacks for an instruction, or null.</summary>
    public static string? Missing(ModuleSyntax module, string opcode)
    {
        string[] words = opcode.Split('.');
        if (!module.Target.StartsWith("sm_", StringComparison.Ordinal) || !int.TryParse(module.Target.AsSpan(3).TrimEnd("af"), NumberStyles.None, CultureInfo.InvariantCulture, out int target))
            return $".target {module.Target} is not one of this interpreter";
        int version = (10 * module.VersionMajor) + module.VersionMinor;
        foreach ((string name, string[] required, int needed, int since) in Rules)
        {
            if (words[0] != name || required.Any(word => !words.Contains(word)))
                continue;
            if (target < needed)
                return $"'{opcode}' needs .target sm_{needed} or higher, not {module.Target}";
            if (version < since)
                return $"'{opcode}' needs .version {since / 10}.{since % 10} or higher, not {module.VersionMajor}.{module.VersionMinor}";
        }
        // bf16 as the source of a conversion came later than as its destination.
        if (words[0] == "cvt" && words[^1] == "bf16" && (target < 90 || version < 78))
            return $"'{opcode}' needs .target sm_90 and .version 7.8 or higher";
        return words[0] == "setmaxnreg" && !module.Target.EndsWith('a') ? $"'{opcode}' needs a target with the suffix 'a'" : null;
    }
}
