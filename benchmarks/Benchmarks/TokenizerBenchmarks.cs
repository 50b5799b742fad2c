using BenchmarkDotNet.Attributes;
using GemmaIlgpu.Engine.Tokenization;

namespace GemmaIlgpu.Benchmarks;

/// <summary>Encoding and decoding of English text on one core. Divide <see cref="Megabytes"/> MB by the time for MB/s.</summary>
public class TokenizerBenchmarks
{
    /// <summary>Size of the text: the demo model's validation text, repeated.</summary>
    public const int Megabytes = 1;

    private Tokenizer _tokenizer = null!;
    private string _text = "";
    private int[] _ids = [];

    [GlobalSetup]
    public void Setup()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "demo");
        _tokenizer = Tokenizer.Load(Path.Combine(folder, "tokenizer.model"));
        string sample = File.ReadAllText(Path.Combine(folder, "validation.txt"));
        _text = string.Concat(Enumerable.Repeat(sample, Megabytes * 1_000_000 / sample.Length));
        _ids = _tokenizer.Encode(_text);
        if (_tokenizer.Decode(_ids) != _text)
            throw new InvalidOperationException("Decoding does not give the text back; its speed would mean nothing.");
    }

    [Benchmark]
    public int[] Encode() => _tokenizer.Encode(_text);

    [Benchmark]
    public string Decode() => _tokenizer.Decode(_ids);
}
