using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>A statement of structured code: what C has without goto.</summary>
internal abstract record Statement;

/// <summary>The values of a block, in order.</summary>
internal sealed record BlockStatement(IrBlock Block) : Statement;

/// <summary>What the phis of the target get when control comes from the source.</summary>
internal sealed record CopyStatement(IrBlock From, IrBlock To) : Statement;

/// <summary>A two-way choice by the block's condition.</summary>
internal sealed record IfStatement(IrBlock Block, List<Statement> Then, List<Statement> Else) : Statement;

/// <summary>Repeats until something leaves it; the end of the body goes back to the start.</summary>
internal sealed record LoopStatement(IrBlock Header, List<Statement> Body) : Statement;

/// <summary>Runs once; a break in it goes to its end.</summary>
internal sealed record ScopeStatement(List<Statement> Body) : Statement;

/// <summary>Leaves the innermost loop or scope.</summary>
internal sealed record BreakStatement : Statement;

/// <summary>Starts the next round of the innermost loop.</summary>
internal sealed record ContinueStatement : Statement;

internal sealed record ReturnStatement : Statement;

/// <summary>Notes a destination outside the innermost loop or scope; a break follows.</summary>
internal sealed record LeaveStatement(IrBlock Destination) : Statement;

/// <summary>If that destination was noted: forgets it when it is reached by the last step, and takes that step.</summary>
internal sealed record ArriveStatement(IrBlock Destination, bool IsLast, Statement Step) : Statement;
