using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Tests.Support;

/// <summary>Everything a generator hands out, by tensor.</summary>
internal sealed class Trace
{
    private readonly Dictionary<string, List<float>> _rows = [];

    public float[] this[string tensor] => [.. _rows[tensor]];

    public IEnumerable<string> Names => _rows.Keys;

    /// <summary>Appends ids to a text and records the logits of each, and the hidden states if wanted.</summary>
    public static Trace Of(Generator generator, ReadOnlySpan<int> ids, bool withHidden = false)
    {
        var trace = new Trace();
        generator.Evaluate(ids, withHidden, (tensor, _, rows) =>
        {
            if (!trace._rows.TryGetValue(tensor, out List<float>? list))
                trace._rows.Add(tensor, list = []);
            list.AddRange(rows);
        });
        return trace;
    }

    /// <summary>The logits of each of the ids, one decode step at a time.</summary>
    public static float[] StepByStep(Generator generator, ReadOnlySpan<int> ids)
    {
        var logits = new List<float>();
        foreach (int id in ids)
            logits.AddRange(generator.Prefill([id]));
        return [.. logits];
    }
}
