using System.Globalization;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>Values as text.</summary>
internal static class ValueText
{
    /// <summary>Stands for what nobody has written yet.</summary>
    public const string Unwritten = "·";

    private const int MostElements = 8;

    /// <summary>A value in one line.</summary>
    /// <param name="scope">Where views take their elements from.</param>
    /// <param name="value">The value.</param>
    /// <param name="hexadecimal">Integers to the base 16.</param>
    public static string Of(ThreadScope scope, object value, bool hexadecimal = false) => value switch
    {
        bool truth => truth ? "true" : "false",
        float number => number.ToString("G7", CultureInfo.InvariantCulture),
        double number => number.ToString("G15", CultureInfo.InvariantCulture),
        char character => $"{(int)character} '{character}'",
        Enum choice => choice.ToString(),
        ViewValue view => OfView(scope, view),
        UnwrittenValue => Unwritten,
        SliceValue slice => string.Join(", ", slice.Elements.Select(element => Of(scope, element, hexadecimal))),
        ElementsValue { Elements: var elements } => $"{{ {string.Join(", ", elements.Take(MostElements).Select(element => Of(scope, element, hexadecimal)))}{(elements.Length > MostElements ? ", …" : "")} }}",
        StructValue { Fields: [(_, var only)] } => Of(scope, only, hexadecimal),
        StructValue { Fields: [("X", var x), ("Y", var y)], Type.Namespace: "ILGPU" } => $"({x}, {y})",
        StructValue { Fields: [("X", var x), ("Y", var y), ("Z", var z)], Type.Namespace: "ILGPU" } => $"({x}, {y}, {z})",
        StructValue { Fields: var fields } => $"{{ {string.Join(", ", fields.Select(field => $"{field.Name} = {Of(scope, field.Value, hexadecimal)}"))} }}",
        long or int or short or sbyte when hexadecimal => $"0x{Convert.ToInt64(value, CultureInfo.InvariantCulture):x}",
        ulong or uint or ushort or byte when hexadecimal => $"0x{Convert.ToUInt64(value, CultureInfo.InvariantCulture):x}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string OfView(ThreadScope scope, ViewValue view)
    {
        string type = $"{TypeNames.Short(view.Element)}[{string.Join(", ", view.Extents)}]";
        if (view.Length == 0 || view.Pointer == 0)
            return $"{type}, of nothing";
        if (view.Extents.Length > 1)
            return type;
        try
        {
            var elements = new List<string>();
            for (long i = 0; i < Math.Min(view.Length, MostElements); i++)
                elements.Add(Of(scope, StepValues.Element(scope, view, i)));
            return $"{type} {{ {string.Join(", ", elements)}{(view.Length > MostElements ? ", …" : "")} }}";
        }
        catch (EvaluationException)
        {
            return $"{type}, whose memory is not there";
        }
    }
}
