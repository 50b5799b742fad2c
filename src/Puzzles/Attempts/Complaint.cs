namespace GemmaIlgpu.Puzzles;

/// <summary>What a compiler has to say of a line.</summary>
/// <param name="Line">The line, from 1; 0 if it is about the file.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Code">The compiler's number for it.</param>
/// <param name="Message">A sentence.</param>
public sealed record Complaint(int Line, int Column, string Code, string Message);
