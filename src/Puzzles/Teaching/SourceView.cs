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

    /// <summary>Whether two lines are in the body of one loop.</summary>
    public static bool ShareLoop(Attempt attempt, int first, int second)
    {
        SourceText text = attempt.Tree.GetText();
        if (Math.Min(first, second) < 1 || Math.Max(first, second) > text.Lines.Count)
            return false;
        TextSpan a = text.Lines[first - 1].Span, b = text.Lines[second - 1].Span;
        return attempt.Tree.GetRoot().DescendantNodes().Any(node =>
            node is ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax && node.FullSpan.Contains(a) && node.FullSpan.Contains(b));
    }

    private static bool IsWritten(ElementAccessExpressionSyntax access) =>
        access.Parent is AssignmentExpressionSyntax assignment && assignment.Left == access;
}
