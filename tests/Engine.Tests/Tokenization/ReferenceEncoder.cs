using System.Text;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

/// <summary>
/// The published algorithms written down naively over strings, to judge the fast encoder: SentencePiece's bpe_model.cc
/// and Hugging Face's added tokens + generated merge list + BPE. Quadratic, for short texts and small models.
/// </summary>
internal sealed class ReferenceEncoder(TinyModel model)
{
    private readonly Dictionary<string, int> _ids = model.Pieces.Select((piece, id) => (piece.Text, id)).ToDictionary(p => p.Text, p => p.id);
    private Dictionary<(string, string), int>? _merges;
    private readonly bool _bytes = model.Pieces.Any(piece => piece.Type == PieceType.Byte);

    /// <summary>As SentencePiece, for a model without whitespace options.</summary>
    public int[] Plain(string text)
    {
        text = text.Replace(' ', '▁');
        var symbols = new List<(string Text, bool Frozen)>();
        while (text.Length > 0)
        {
            string? cut = model.Pieces.Where(p => p.Type == PieceType.UserDefined && text.StartsWith(p.Text, StringComparison.Ordinal))
                .Select(p => p.Text).MaxBy(piece => piece.Length);
            string first = cut ?? Character(text);
            symbols.Add((first, cut is not null));
            text = text[first.Length..];
        }

        // A pair is recorded when it comes into being, so the latest recorded split of an unused piece is a matter of time.
        var splits = new Dictionary<string, (string Left, string Right)>();
        void Record(int left)
        {
            if (left >= 0 && left + 1 < symbols.Count && Score(symbols, left) is not null)
            {
                string joined = symbols[left].Text + symbols[left + 1].Text;
                if (model.Pieces[_ids[joined]].Type == PieceType.Unused)
                    splits[joined] = (symbols[left].Text, symbols[left + 1].Text);
            }
        }
        for (int i = 0; i < symbols.Count; i++)
            Record(i);
        while (Best(symbols) is int best)
        {
            symbols[best] = (symbols[best].Text + symbols[best + 1].Text, false);
            symbols.RemoveAt(best + 1);
            Record(best - 1);
            Record(best);
        }

        var output = new List<int>();
        void Emit(string piece)
        {
            if (!_ids.TryGetValue(piece, out int id) || model.Pieces[id].Type is PieceType.Control or PieceType.Unknown or PieceType.Byte)
                EmitUnknown(piece, output, 0);
            else if (model.Pieces[id].Type == PieceType.Unused && splits.TryGetValue(piece, out var split))
            {
                Emit(split.Left);
                Emit(split.Right);
            }
            else
                output.Add(id);
        }
        foreach (var symbol in symbols)
            Emit(symbol.Text);
        return [.. output];
    }

    /// <summary>As Hugging Face's tokenizers with the tokenizer.json that its converter makes.</summary>
    public int[] HuggingFace(string text)
    {
        var merges = _merges ??= Merges();
        var output = new List<int>();
        int start = 0;
        for (int i = 0; i <= text.Length;)
        {
            string? added = model.Pieces.Where(p => p.Type is PieceType.UserDefined or PieceType.Control or PieceType.Unknown)
                .Select(p => p.Text).Where(piece => text.AsSpan(i).StartsWith(piece)).MaxBy(piece => piece.Length);
            if (added is null && i < text.Length)
            {
                i++;
                continue;
            }
            Merge(text[start..i].Replace(' ', '▁'), merges, output);
            if (added is null)
                break;
            output.Add(_ids[added]);
            start = i += added.Length;
        }
        return [.. output];
    }

    private void Merge(string text, Dictionary<(string, string), int> merges, List<int> output)
    {
        int from = output.Count;
        var symbols = new List<string>();
        for (; text.Length > 0; text = text[symbols[^1].Length..])
            symbols.Add(Character(text));
        for (;;)
        {
            int best = -1;
            for (int i = 0; i + 1 < symbols.Count; i++)
            {
                if (Rank(i) < Rank(best))
                    best = i;
            }
            if (best < 0)
                break;
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }
        foreach (string symbol in symbols)
        {
            if (_ids.TryGetValue(symbol, out int id))
                output.Add(id);
            else
                EmitUnknown(symbol, output, from);
        }

        int Rank(int i) => i < 0 ? int.MaxValue : merges.GetValueOrDefault((symbols[i], symbols[i + 1]), int.MaxValue);
    }

    /// <summary>generate_merges of transformers: Python's sort is stable even when reversed, as LINQ's descending one is.</summary>
    private Dictionary<(string, string), int> Merges() => model.Pieces
        .SelectMany(piece => Enumerable.Range(1, piece.Text.Length - 1)
            .Select(at => (Left: piece.Text[..at], Right: piece.Text[at..], piece.Score))
            .Where(pair => _ids.ContainsKey(pair.Left) && _ids.ContainsKey(pair.Right))
            .OrderBy(pair => _ids[pair.Left]).ThenBy(pair => _ids[pair.Right]))
        .OrderByDescending(pair => pair.Score).ThenByDescending(pair => Characters(pair.Left)).ThenByDescending(pair => Characters(pair.Right))
        .Select((pair, rank) => (pair, rank)).ToDictionary(item => (item.pair.Left, item.pair.Right), item => item.rank);

    private int? Best(List<(string Text, bool Frozen)> symbols)
    {
        int? best = null;
        for (int i = 0; i + 1 < symbols.Count; i++)
        {
            if (Score(symbols, i) is float score && (best is not int b || score > Score(symbols, b)))
                best = i;
        }
        return best;
    }

    private float? Score(List<(string Text, bool Frozen)> symbols, int left)
    {
        if (symbols[left].Frozen || symbols[left + 1].Frozen || !_ids.TryGetValue(symbols[left].Text + symbols[left + 1].Text, out int id))
            return null;
        return model.Pieces[id].Type is PieceType.Control or PieceType.Unknown or PieceType.Byte ? null : model.Pieces[id].Score;
    }

    private void EmitUnknown(string piece, List<int> output, int from)
    {
        if (_bytes)
            output.AddRange(Encoding.UTF8.GetBytes(piece).Select(value => _ids[$"<0x{value:X2}>"]));
        else if (output.Count == from || output[^1] != _ids["<unk>"])
            output.Add(_ids["<unk>"]);
    }

    private static string Character(string text) => text[..(char.IsHighSurrogate(text[0]) ? 2 : 1)];

    private static int Characters(string text) => text.EnumerateRunes().Count();
}
