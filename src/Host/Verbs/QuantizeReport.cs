using System.Globalization;
using System.Text.RegularExpressions;
using GemmaIlgpu.Engine.Weights;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>What <c>gemma quantize</c> says about the tensors it wrote: by kind, or one by one.</summary>
internal static partial class QuantizeReport
{
    public static Dictionary<string, object?> Document(string path, TensorType wanted, IReadOnlyList<ConvertedTensor> tensors) => new()
    {
        ["file"] = path,
        ["bytes"] = new FileInfo(path).Length,
        ["type"] = wanted.FileName(),
        ["tensors"] = tensors.Select(tensor => new Dictionary<string, object?>
        {
            ["name"] = tensor.Name,
            ["from"] = tensor.From.FileName(),
            ["to"] = tensor.To.FileName(),
            ["bytes"] = tensor.Bytes,
            ["relativeError"] = tensor.RelativeError,
            ["largestError"] = tensor.LargestError,
        }).ToArray(),
    };

    /// <summary>A line for each tensor.</summary>
    public static void WriteEveryTensor(IReadOnlyList<ConvertedTensor> tensors, HostConsole console)
    {
        Table table = Tables.Create(console, "tensor", "from", "to", "size", "relative error", "largest error");
        AlignRight(table, from: 3);
        foreach (ConvertedTensor tensor in tensors)
        {
            table.AddRow(
                Markup.Escape(tensor.Name), tensor.From.FileName(), tensor.To.FileName(), Quantity.Bytes(tensor.Bytes),
                Error(tensor.RelativeError), Error(tensor.LargestError));
        }

        Tables.Write(console, table);
    }

    /// <summary>A line for each kind: the tensors of all layers that play the same part and have the same type.</summary>
    public static void WriteKinds(IReadOnlyList<ConvertedTensor> tensors, HostConsole console)
    {
        Table table = Tables.Create(console, "tensors", "count", "from", "to", "size", "mean relative error", "worst");
        AlignRight(table, from: 4);
        foreach (var kind in tensors.GroupBy(tensor => (Name: Kind(tensor.Name), tensor.From, tensor.To)))
        {
            table.AddRow(
                Markup.Escape(kind.Key.Name), Quantity.Count(kind.Count()), kind.Key.From.FileName(), kind.Key.To.FileName(),
                Quantity.Bytes(kind.Sum(tensor => tensor.Bytes)),
                Error(kind.Average(tensor => tensor.RelativeError)), Error(kind.Max(tensor => tensor.RelativeError)));
        }

        Tables.Write(console, table);
    }

    /// <summary>Says which matrices could not have the wanted type; null when all could.</summary>
    public static string? Exceptions(TensorType wanted, ModelFiles model, IReadOnlyList<ConvertedTensor> tensors)
    {
        int block = wanted.BlockLength();
        ConvertedTensor[] others = [.. tensors.Where(tensor => tensor.To.BlockLength() < block && !tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal))];
        if (others.Length == 0)
            return null;
        string types = string.Join(", ", others.GroupBy(tensor => tensor.To).Select(group => $"{group.Count()} {group.Key.FileName()}"));
        return $"{wanted.FileName()} stores blocks of {block} weights; rows of this model ({model.Config.EmbedDim} and {model.Config.FeedForwardDim} wide) "
            + $"are not whole blocks everywhere, so other types took their place: {types}.";
    }

    private static void AlignRight(Table table, int from)
    {
        foreach (TableColumn column in table.Columns.Skip(from))
            column.RightAligned();
    }

    private static string Error(double error) => error.ToString("0.00e+0", CultureInfo.InvariantCulture);

    private static string Kind(string name) => LayerNumber().Replace(name, ".*.");

    [GeneratedRegex(@"\.\d+\.")]
    private static partial Regex LayerNumber();
}
