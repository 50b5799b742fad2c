using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Generation;

// Outside our namespaces, as a reader's program is.
namespace Samples;

internal static class ReadmeSample
{
    public static void Run()
    {
        // README
        using Engine engine = Engine.Load("models/demo");
        using Generator generator = engine.CreateGenerator();
        int[] prompt = engine.Tokenizer!.Encode("Once upon a time", addBos: true);
        foreach (GeneratedToken token in generator.Generate(prompt, engine.DefaultSampling with { Seed = 1 }))
            Console.Write(token.Text);
        // end
    }
}
