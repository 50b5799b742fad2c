using System.Numerics;
using System.Reflection;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Host.Stepping;

/// <content>Breakpoints and watches.</content>
internal sealed partial class StepSession
{
    private sealed class Breakpoint
    {
        public required int Number { get; init; }

        public required HashSet<int> Statements { get; init; }

        public required string Where { get; init; }

        public required bool IsTemporary { get; init; }

        public StepExpression? Condition { get; set; }

        public bool IsEnabled { get; set; } = true;

        public int Hits { get; set; }
    }

    private const BindingFlags FieldsOfThis = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly List<Breakpoint> _breakpoints = [];
    private readonly List<Breakpoint> _hits = [];
    private int _numbers;
    private string? _complaint;

    private bool IsBreakpoint(IrStatement near, int line) => _breakpoints.Exists(breakpoint => breakpoint.IsEnabled
        && breakpoint.Statements.Any(index => _machine.Statements[index].Span is var span && span.Line == line && span.File == near.Span.File));

    private void AddBreakpoint(string text, bool isTemporary)
    {
        (string place, StepExpression? condition) = SplitCondition(text);
        HashSet<int> statements = Locate(place, condition is not null, out string where);
        if (condition is not null)
        {
            CheckNames(condition, statements);
            // Of a line with several parts those count where all names have a value.
            string[] early = [.. condition.Names.Where(name => statements.All(index => !IsSeen(name, index)))];
            if (early.Length > 0)
                throw new EvaluationException($"{early[0]} has no value at {where} yet.");
            statements.RemoveWhere(index => !condition.Names.All(name => IsSeen(name, index)));
        }
        var breakpoint = new Breakpoint { Number = ++_numbers, Statements = statements, Where = where, IsTemporary = isTemporary, Condition = condition };
        _breakpoints.Add(breakpoint);
        _screen.Say($"{(isTemporary ? "Temporary breakpoint" : "Breakpoint")} {breakpoint.Number} at {where}{(condition is null ? "" : $" if {condition.Text}")}.");
    }

    private static (string Place, StepExpression? Condition) SplitCondition(string text)
    {
        int at = text.StartsWith("if ", StringComparison.Ordinal) ? 0 : text.IndexOf(" if ", StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at].Trim(), StepExpression.Parse(text[(at == 0 ? 3 : at + 4)..]));
    }

    private bool IsSeen(string name, int statement) => name is "thread" or "lane" or "warp" or "group"
        || Knows(_machine.Statements[statement], name) || SharedMemory.Find(_machine, name) is not null;

    private static bool Knows(IrStatement statement, string name) => statement.Variables.Any(variable => variable.Name == name
        || (variable.Name == "this" && (variable.Type.GetElementType() ?? variable.Type).GetField(name, FieldsOfThis) is not null));

    // A name that no statement there knows is a mistake now; one that has no value yet is not.
    private void CheckNames(StepExpression condition, HashSet<int> statements)
    {
        foreach (string name in condition.Names)
        {
            bool isKnown = name is "thread" or "lane" or "warp" or "group" || SharedMemory.Find(_machine, name) is not null
                || statements.Any(index => _machine.Statements.Any(other => other.Inlining == _machine.Statements[index].Inlining && Knows(other, name)));
            if (!isKnown)
                throw new EvaluationException(new ThreadScope(_machine, _stepper.Thread, _machine.Statements[statements.First()]).UnknownName(name));
        }
    }

    /// <summary>The statements that "23", "File.cs:23" or "Method" mean; nothing means the one shown.</summary>
    private HashSet<int> Locate(string text, bool isConditional, out string where)
    {
        IrStatement near = Shown ?? _machine.Statements[0];
        int colon = text.LastIndexOf(':');
        string file = colon > 0 ? text[..colon] : "";
        string place = text[(colon + 1)..];
        int line = text.Length == 0 ? near.Span.Line : int.TryParse(place, out int number) ? number : -1;
        IEnumerable<IrStatement> candidates = file.Length > 0
            ? _machine.Statements.Where(statement => Path.GetFileName(statement.Span.File).Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase))
            : _machine.Statements.Where(statement => statement.Span.File == near.Span.File);
        if (line < 0)
            return LocateMethod(text, out where);
        IrStatement[] all = [.. candidates];
        if (all.Length == 0)
            throw new EvaluationException($"The kernel has no statement in {file}; its files are {string.Join(", ", _machine.Statements.Select(statement => Path.GetFileName(statement.Span.File)).Distinct())}.");
        // A line without a statement means the next one that has one, as in other debuggers.
        int found = Array.Exists(all, statement => statement.Span.Line == line) ? line
            : all.Where(statement => statement.Span.Line < line && statement.Span.EndLine >= line).Select(statement => statement.Span.Line)
                .Append(all.Where(statement => statement.Span.Line > line).Select(statement => statement.Span.Line).DefaultIfEmpty(-1).Min()).First();
        if (found < 0)
            throw new EvaluationException($"There is no statement of this kernel at or after line {line} of {Path.GetFileName(all[0].Span.File)}; its last is at line {all.Max(statement => statement.Span.Line)}.");
        IrStatement[] onLine = [.. all.Where(statement => statement.Span.Line == found)];
        where = $"{onLine[0].Span}";
        // Of a line with several parts the first counts, unless a condition chooses.
        return isConditional
            ? [.. onLine.Select(statement => statement.Index)]
            : [.. onLine.GroupBy(statement => statement.Inlining).SelectMany(parts => parts.Where(part => part.Span.Column == parts.Min(other => other.Span.Column))).Select(statement => statement.Index)];
    }

    private HashSet<int> LocateMethod(string text, out string where)
    {
        IGrouping<IrInlining, IrStatement>[] methods = [.. _machine.Statements
            .Where(statement => statement.Inlining.Method.Equals(text, StringComparison.OrdinalIgnoreCase) || statement.Inlining.Method.Split('.')[^1].Equals(text, StringComparison.OrdinalIgnoreCase))
            .GroupBy(statement => statement.Inlining)];
        if (methods.Length == 0)
            throw new EvaluationException($"'{text}' is neither a line nor a method of this kernel; its methods are {string.Join(", ", _machine.Statements.Select(statement => statement.Inlining.Method).Distinct())}.");
        where = $"{methods[0].Key.Method}, {methods[0].MinBy(statement => statement.Index)!.Span}";
        return [.. methods.Select(method => method.Min(statement => statement.Index))];
    }

    private int HitBy(StepEvent done)
    {
        if (_watches.Count > 0 && WatchedBy(done) is int writer and >= 0)
            return writer;
        if (done.Kind != StepKind.Statement)
            return -1;
        _hits.Clear();
        int thread = -1;
        foreach (Breakpoint breakpoint in _breakpoints)
        {
            if (!breakpoint.IsEnabled || !breakpoint.Statements.Contains(done.Statement))
                continue;
            int hit = breakpoint.Condition is null ? _stepper.FirstOf(done) : FirstTrue(breakpoint, done);
            if (hit < 0)
                continue;
            _hits.Add(breakpoint);
            thread = thread < 0 ? hit : thread;
        }
        return thread;
    }

    private int FirstTrue(Breakpoint breakpoint, StepEvent done)
    {
        LockstepWarp warp = _machine.Group.Warps[done.Warp];
        int lanes = _machine.Program.Lanes, first = _stepper.FirstOf(done);
        if (IsTrue(first))
            return first;
        for (ulong left = warp.Mask; left != 0; left &= left - 1)
            if (warp.Number * lanes + BitOperations.TrailingZeroCount(left) is var thread && IsTrue(thread))
                return thread;
        return -1;

        bool IsTrue(int thread)
        {
            try
            {
                return breakpoint.Condition!.IsTrue(new ThreadScope(_machine, thread, _machine.Statements[done.Statement]));
            }
            catch (EvaluationException complaint)
            {
                _complaint ??= $"The condition of breakpoint {breakpoint.Number} had no value somewhere: {complaint.Message}";
                return false;
            }
        }
    }

    private void ReportHits()
    {
        // Who goes back asks at many places before he knows which it was.
        _hits.Clear();
        if (!_watchTexts.ContainsKey(_machine.Time) && _stepper.Statement is { } at)
            _ = HitBy(new StepEvent(StepKind.Statement, _stepper.Thread / _machine.Program.Lanes, at.Index));
        if (_watchTexts.TryGetValue(_machine.Time, out string? watched))
            _screen.Say(watched, "bold");
        foreach (Breakpoint hit in _hits)
        {
            hit.Hits++;
            _screen.Say($"{(hit.IsTemporary ? "Temporary breakpoint" : "Breakpoint")} {hit.Number}{(hit.Condition is null ? "" : $", {hit.Condition.Text}")}: thread {_screen.ThreadName(_stepper.Thread)} of group {_screen.GroupName}.", "bold");
            if (hit.IsTemporary)
                _breakpoints.Remove(hit);
        }
    }

    private void Delete(string text)
    {
        if (text.Length == 0)
        {
            _screen.Say(_breakpoints.Count + _watches.Count == 0 ? "There are no breakpoints." : "All breakpoints are deleted.");
            _breakpoints.Clear();
            _watches.Clear();
            return;
        }
        foreach (int number in Numbers(text))
            if (_breakpoints.RemoveAll(breakpoint => breakpoint.Number == number) + _watches.RemoveAll(watch => watch.Number == number) == 0)
                throw new EvaluationException($"There is no breakpoint {number}.");
    }

    private void Enable(string text, bool enabled)
    {
        IEnumerable<Breakpoint> chosen = text.Length == 0 ? _breakpoints : Numbers(text).Select(Numbered);
        foreach (Breakpoint breakpoint in chosen.ToArray())
            breakpoint.IsEnabled = enabled;
    }

    private void ChangeCondition(string text)
    {
        string[] parts = text.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            throw new EvaluationException("Which breakpoint? condition 1 i == 5; condition 1 takes the condition away.");
        Breakpoint breakpoint = Numbered(Numbers(parts[0])[0]);
        StepExpression? condition = parts.Length == 1 ? null : StepExpression.Parse(parts[1]);
        if (condition is not null)
            CheckNames(condition, breakpoint.Statements);
        breakpoint.Condition = condition;
    }

    private Breakpoint Numbered(int number) =>
        _breakpoints.Find(breakpoint => breakpoint.Number == number) ?? throw new EvaluationException($"There is no breakpoint {number}.");

    private static int[] Numbers(string text) => [.. text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
        .Select(part => int.TryParse(part, out int number) ? number : throw new EvaluationException($"'{part}' is no number of a breakpoint."))];
}
