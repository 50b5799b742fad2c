namespace GemmaIlgpu.Engine.Weights;

/// <summary>Types of GGUF metadata; numbers as in the specification.</summary>
internal enum GgufValueType : uint
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}

/// <summary>The key-value part of a GGUF file, in its order. Arrays are .NET arrays of the element type.</summary>
public sealed class GgufMetadata
{
    // The specification's limit for keys.
    private const int MaxKeyBytes = 65_535;

    // Length of an empty key, a type and the smallest value.
    private const int SmallestEntry = 8 + 4 + 1;

    private readonly string _file;
    private readonly Dictionary<string, object> _values = [];

    private GgufMetadata(string file) => _file = file;

    /// <summary>Keys and values: numbers, bool, string, or an array of one of those.</summary>
    public IReadOnlyDictionary<string, object> Values => _values;

    internal static int ReadCount(ref GgufCursor cursor) => cursor.ReadCount("metadata entries", SmallestEntry);

    internal static GgufMetadata Read(ref GgufCursor cursor, int count, string file)
    {
        var metadata = new GgufMetadata(file);
        for (int i = 0; i < count; i++)
        {
            string key = cursor.ReadString($"metadata key {i}", MaxKeyBytes);
            if (key.Length == 0)
                throw cursor.Bad($"metadata key {i} is empty");
            string what = $"\"{JsonText.Shorten(key)}\"";
            uint type = cursor.ReadUInt32($"the type of {what}");
            object value = type == (uint)GgufValueType.Array ? ReadArray(ref cursor, what) : ReadScalar(ref cursor, type, what);
            if (!metadata._values.TryAdd(key, value))
                throw cursor.Bad($"the metadata key {what} is there twice");
        }

        return metadata;
    }

    private static object ReadScalar(ref GgufCursor cursor, uint type, string what) => (GgufValueType)type switch
    {
        GgufValueType.UInt8 => cursor.ReadByte(what),
        GgufValueType.Int8 => (sbyte)cursor.ReadByte(what),
        GgufValueType.UInt16 => cursor.ReadUInt16(what),
        GgufValueType.Int16 => (short)cursor.ReadUInt16(what),
        GgufValueType.UInt32 => cursor.ReadUInt32(what),
        GgufValueType.Int32 => (int)cursor.ReadUInt32(what),
        GgufValueType.Float32 => cursor.ReadSingle(what),
        GgufValueType.Bool => cursor.ReadBool(what),
        GgufValueType.String => cursor.ReadString(what),
        GgufValueType.UInt64 => cursor.ReadUInt64(what),
        GgufValueType.Int64 => (long)cursor.ReadUInt64(what),
        GgufValueType.Float64 => cursor.ReadDouble(what),
        _ => throw cursor.Bad($"{what} has the type {type}; the types are 0 to 12"),
    };

    private delegate T ElementReader<T>(ref GgufCursor cursor);

    private static Array ReadArray(ref GgufCursor cursor, string what)
    {
        uint type = cursor.ReadUInt32($"the element type of {what}");
        string element = $"an element of {what}";
        return (GgufValueType)type switch
        {
            GgufValueType.UInt8 => ReadElements(ref cursor, what, 1, (ref c) => c.ReadByte(element)),
            GgufValueType.Int8 => ReadElements(ref cursor, what, 1, (ref c) => (sbyte)c.ReadByte(element)),
            GgufValueType.UInt16 => ReadElements(ref cursor, what, 2, (ref c) => c.ReadUInt16(element)),
            GgufValueType.Int16 => ReadElements(ref cursor, what, 2, (ref c) => (short)c.ReadUInt16(element)),
            GgufValueType.UInt32 => ReadElements(ref cursor, what, 4, (ref c) => c.ReadUInt32(element)),
            GgufValueType.Int32 => ReadElements(ref cursor, what, 4, (ref c) => (int)c.ReadUInt32(element)),
            GgufValueType.Float32 => ReadElements(ref cursor, what, 4, (ref c) => c.ReadSingle(element)),
            GgufValueType.Bool => ReadElements(ref cursor, what, 1, (ref c) => c.ReadBool(element)),
            GgufValueType.String => ReadElements(ref cursor, what, 8, (ref c) => c.ReadString(element)),
            GgufValueType.UInt64 => ReadElements(ref cursor, what, 8, (ref c) => c.ReadUInt64(element)),
            GgufValueType.Int64 => ReadElements(ref cursor, what, 8, (ref c) => (long)c.ReadUInt64(element)),
            GgufValueType.Float64 => ReadElements(ref cursor, what, 8, (ref c) => c.ReadDouble(element)),
            GgufValueType.Array => throw cursor.Bad($"{what} is an array of arrays, which no reader takes"),
            _ => throw cursor.Bad($"{what} is an array of the type {type}; the types are 0 to 12"),
        };
    }

    private static T[] ReadElements<T>(ref GgufCursor cursor, string what, int bytesEach, ElementReader<T> read)
    {
        var elements = new T[cursor.ReadCount($"elements of {what}", bytesEach)];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = read(ref cursor);
        return elements;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>A whole number in a range, of any whole type; without a default a missing key is an error.</summary>
    public int Int(string key, int low, int high, int? missing = null)
    {
        string expected = $"a whole number between {low} and {high}";
        if (!_values.TryGetValue(key, out object? value))
            return missing ?? throw Missing(key, expected);
        return Whole(value) is { } number && number >= low && number <= high ? (int)number : throw Wrong(key, value, expected);
    }

    /// <summary>A number above <paramref name="low"/> and up to <paramref name="high"/>.</summary>
    public double Number(string key, double low, double high, double? missing = null)
    {
        string expected = $"a number above {low} and up to {high}";
        if (!_values.TryGetValue(key, out object? value))
            return missing ?? throw Missing(key, expected);
        double? number = value switch { float single => single, double real => real, _ => (double?)Whole(value) };
        return number > low && number <= high ? number.Value : throw Wrong(key, value, expected);
    }

    public bool Flag(string key, bool missing) => Of<bool?>(key, "true or false") ?? missing;

    public string? Text(string key) => Of<string>(key, "text");

    public string[]? Texts(string key) => Of<string[]>(key, "an array of texts");

    public float[]? Floats(string key) => Of<float[]>(key, "an array of float32");

    /// <summary>An array of whole numbers of any type that fit 32 bits.</summary>
    public int[]? Ints(string key)
    {
        const string Expected = "an array of whole numbers";
        if (!_values.TryGetValue(key, out object? value))
            return null;
        if (value is int[] exact)
            return exact;
        if (value is not Array array || value is string[] or float[] or double[] or bool[])
            throw Wrong(key, value, Expected);
        var numbers = new int[array.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (Whole(array.GetValue(i)!) is not { } number || number < int.MinValue || number > int.MaxValue)
                throw Wrong(key, value, Expected);
            numbers[i] = (int)number;
        }

        return numbers;
    }

    internal ModelFileException Wrong(string key, object value, string expected) =>
        new($"{_file}: {key} is {Describe(value)}; it must be {expected}.");

    private ModelFileException Missing(string key, string expected) => new($"{_file} has no {key}; it must be {expected}.");

    private T? Of<T>(string key, string expected)
    {
        if (!_values.TryGetValue(key, out object? value))
            return default;
        return value is T typed ? typed : throw Wrong(key, value, expected);
    }

    private static Int128? Whole(object value) => value switch
    {
        byte n => n,
        sbyte n => n,
        ushort n => n,
        short n => n,
        uint n => n,
        int n => n,
        ulong n => n,
        long n => n,
        _ => null,
    };

    private static string Describe(object value) => value switch
    {
        string text => $"\"{JsonText.Shorten(text)}\"",
        Array array => $"an array of {array.Length} {array.GetType().GetElementType()!.Name}",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => $"{value}",
    };
}
