using GemmaIlgpu.Engine.Configuration;
using GemmaIlgpu.Engine.Weights;

namespace GemmaIlgpu.Engine.Tests.Support;

/// <summary>Models of random weights, small enough for an interpreter, with heads of 64, as wide as fast kernels ask for, and rows of whole blocks of every type.</summary>
internal static class SmallModel
{
    /// <summary>Values of a hidden state.</summary>
    public const int Width = 256;

    public const int Vocabulary = 512;

    /// <summary>Writes a folder with a model like a published one, three layers of it.</summary>
    public static string Write(TemporaryFolder folder, string like, TensorType type)
    {
        string path = folder.File(like);
        ModelConfig config = KnownModels.Get(like) with
        {
            VocabularySize = Vocabulary, EmbedDim = Width, FeedForwardDim = 512, QueryHeads = 4, KvHeads = 2, HeadDim = 64, SlidingWindow = 8,
            LayerKinds = [AttentionKind.Local, AttentionKind.Global, AttentionKind.Local],
        };
        ModelSynthesizer.Write(config, type, path);
        return path;
    }
}
