using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace GemmaIlgpu.Puzzles;

/// <summary>Looks at a line of an attempt as C#.</summary>
internal static class SourceView
{
    /// <summary>The indexed access of a variable that touches a line: its text, and whether it is written there.</summary>
    public static (string Text, bool IsWritten)? AccessOf(Attempt attempt, int line, string variable)
    {
        SourceText text = attempt.Tree.GetText();
        if (line < 1 || line > text.Lines.Count)
            return null;
        TextSpan span = text.Lines[line - 1].Span;
        ElementAccessExpressionSyntax[] found =
        [
            .. attempt.Tree.GetRoot().DescendantNodes(span).OfType<ElementAccessExpressionSyntax>()
                .Where(access => access.Span.IntersectsWith(span) && access.Expression is IdentifierNameSyntax name && name.Identifier.Text == variable),
        ];
        // Several accesses of one variable cannot be told apart, unless all do the same.
        return found.Length == 0 ? null
            : found.Select(IsWritten).Distinct().Count() > 1 ? null
            : (found.Select(access => access.ToString()).Distinct().Count() == 1 ? found[0].ToString() : variable, IsWritten(found[0]));
    }

    /// <summary>Whether the kernel speaks of a name at all.</summary>
    public static bool Mentions(Attempt attempt, string variable) =>
        attempt.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Any(method => method.Body?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.Text == variable)
                ?? method.ExpressionBody?.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.Text == variable) ?? false);

    /// <summary>The first line that writes an element of a variable; 0 if none does under that name.</summary>
    public static int FirstWrite(Attempt attempt, string variable) =>
        attempt.Tree.GetRoot().DescendantNodes().OfType<ElementAccessExpressionSyntax>()
            .FirstOrDefault(access => access.Expression.ToString() == variable && IsWritten(access)) is { } write ? LineOf(write) : 0;

    /// <summary>Whether the kernel asks for a member of a class of the runtime, such as Group.IdxX.</summary>
    public static bool MentionsMember(Attempt attempt, string type, string member) =>
        attempt.Tree.GetRoot().DescendantNodes().OfType<MemberAccessExpressionSyntax>()
            .Any(access => access.Name.Identifier.Text == member && access.Expression.ToString().EndsWith(type, StringComparison.Ordinal));

    /// <summary>Whether a line hands an element of a variable to a method that may change it, as Atomic.Add(ref x[0], …) does.</summary>
    public static bool IsReferred(Attempt attempt, int line, string variable) => On(attempt, line) is { } span
        && attempt.Tree.GetRoot().DescendantNodes(span).OfType<ArgumentSyntax>()
            .Any(argument => argument.Span.IntersectsWith(span) && argument.RefKindKeyword.ValueText == "ref" && argument.Expression.ToString().StartsWith($"{variable}[", StringComparison.Ordinal));

    /// <summary>Whether there is a barrier anywhere.</summary>
    public static bool HasBarrier(Attempt attempt) => Barriers(attempt).Any();

    /// <summary>The line of a barrier between two lines, or on one of them, that only some threads reach: it stands in an if. 0 if there is none.</summary>
    public static int BarrierInIf(Attempt attempt, int first, int second)
    {
        InvocationExpressionSyntax? found = Barriers(attempt).FirstOrDefault(call => LineOf(call) >= first && LineOf(call) <= second && call.Ancestors().Any(node => node is IfStatementSyntax));
        return found is null ? 0 : LineOf(found);
    }

    /// <summary>Whether two lines are in the body of one loop.</summary>
    public static bool ShareLoop(Attempt attempt, int first, int second)
    {
        SourceText text = attempt.Tree.GetText();
        if (Math.Min(first, second) < 1 || Math.Max(first, second) > text.Lines.Count)
            return false;
        TextSpan a = text.Lines[first - 1].Span, b = text.Lines[second - 1].Span;
        return attempt.Tree.GetRoot().DescendantNodes().Any(node =>
            node is (ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax) && node.FullSpan.Contains(a) && node.FullSpan.Contains(b));
    }

    /// <summary>The innermost loop around a line: what stands before its body, and the line where it begins.</summary>
    public static (string Header, int Line)? LoopAt(Attempt attempt, int line) =>
        Loop(attempt, line) is { } loop ? (loop.ToString().Split('{', '\n')[0].Trim(), loop.GetLocation().GetLineSpan().StartLinePosition.Line + 1) : null;

    /// <summary>Whether the innermost loop around a line has no barrier, the line being in such a loop.</summary>
    public static bool IsInLoopWithoutBarrier(Attempt attempt, int line) =>
        Loop(attempt, line) is { } loop && !loop.ToString().Contains("Barrier(", StringComparison.Ordinal);

    /// <summary>Whether a line changes an element by what it was, as += does.</summary>
    public static bool IsUpdate(Attempt attempt, int line)
    {
        SourceText text = attempt.Tree.GetText();
        if (line < 1 || line > text.Lines.Count)
            return false;
        TextSpan span = text.Lines[line - 1].Span;
        return attempt.Tree.GetRoot().DescendantNodes(node => node.FullSpan.IntersectsWith(span)).Any(node => node.Span.IntersectsWith(span)
            && node is AssignmentExpressionSyntax { RawKind: not (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax } or PostfixUnaryExpressionSyntax { Operand: ElementAccessExpressionSyntax });
    }

    private static TextSpan? On(Attempt attempt, int line)
    {
        SourceText text = attempt.Tree.GetText();
        return line >= 1 && line <= text.Lines.Count ? text.Lines[line - 1].Span : null;
    }

    private static IEnumerable<InvocationExpressionSyntax> Barriers(Attempt attempt) =>
        attempt.Tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => call.Expression.ToString() == "Group.Barrier");

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static SyntaxNode? Loop(Attempt attempt, int line)
    {
        SourceText text = attempt.Tree.GetText();
        if (line < 1 || line > text.Lines.Count)
            return null;
        TextSpan span = text.Lines[line - 1].Span;
        SyntaxNode[] loops = [.. attempt.Tree.GetRoot().DescendantNodes().Where(node => node is (ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax))];
        // The innermost around the line; or one that is all on the line.
        return loops.LastOrDefault(loop => loop.FullSpan.Contains(span)) ?? loops.FirstOrDefault(loop => span.Contains(loop.Span));
    }

    private static bool IsWritten(ElementAccessExpressionSyntax access) =>
        access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access;
}
