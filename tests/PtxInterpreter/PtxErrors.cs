namespace GemmaIlgpu.PtxInterpreter;

/// <summary>The text is not PTX that this interpreter takes: names the line and quotes it.</summary>
public sealed class PtxSyntaxException(int line, string text, string problem)
    : Exception($"PTX line {line}: {problem}\n    {text.Trim()}")
{
    public int Line { get; } = line;
}

/// <summary>What a thread did wrong.</summary>
public enum PtxFault { Rules, Address, Misaligned, Endless }

/// <summary>A thread did what the ISA leaves undefined or forbids: names instruction, group and thread.</summary>
public sealed class PtxFaultException(string message, PtxFault kind = PtxFault.Rules) : Exception(message)
{
    public PtxFault Kind => kind;
}
