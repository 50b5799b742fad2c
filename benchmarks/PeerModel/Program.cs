using GemmaIlgpu.Engine;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Benchmarks.PeerModel;

/// <summary>Copies a Gemma 2 folder into a GGUF file, so that llama.cpp can be measured on the very same weights.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("Usage: PeerModel MODEL_DIR OUT.gguf");
            return 2;
        }
        try
        {
            using ModelFiles model = ModelFiles.Open(args[0]);
            Gemma2Gguf.Write(model, args[1]);
            Console.WriteLine($"{args[1]}: {new FileInfo(args[1]).Length} bytes");
            return 0;
        }
        catch (Exception e) when (e is ModelFileException or IOException or NotSupportedException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
