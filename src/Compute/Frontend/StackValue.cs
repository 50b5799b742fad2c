using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Something that exists while compiling only. Compared by value: where paths meet, equal symbols stay one symbol.</summary>
internal abstract record Symbol;

/// <summary>A reference to a local variable, an argument or a part of one.</summary>
/// <param name="Variable">First of its scalar variables.</param>
/// <param name="Layout">What lies there.</param>
internal sealed record VariableSymbol(int Variable, TypeLayout Layout) : Symbol;

/// <summary>A System.Type or a type handle.</summary>
internal sealed record TypeSymbol(Type Type) : Symbol;

/// <summary>A field handle, for span literals.</summary>
internal sealed record FieldSymbol(FieldInfo Field) : Symbol;

/// <summary>A string literal: only Print and assertions take one.</summary>
internal sealed record StringSymbol(string Text) : Symbol;

/// <summary>The null reference.</summary>
internal sealed record NullSymbol : Symbol;

/// <summary>A static readonly array.</summary>
/// <param name="Array">The host's array, read when the kernel is compiled.</param>
internal sealed record TableSymbol(Array Array) : Symbol;

/// <summary>A boxed value that has not been looked at yet.</summary>
internal sealed record BoxSymbol(StackValue Value, Type Type) : Symbol;

/// <summary>Any other object of the host, such as the closure of a lambda.</summary>
/// <param name="Type">Its class.</param>
internal sealed record ObjectSymbol(Type Type) : Symbol;

/// <summary>An entry of the evaluation stack: one scalar or symbol, or the scalars of a struct.</summary>
internal readonly struct StackValue
{
    private readonly object? _single;
    private readonly object[]? _parts;

    public StackValue(IrValue value) => _single = value;

    public StackValue(Symbol symbol) => _single = symbol;

    public StackValue(TypeLayout layout, object[] parts) => (Layout, _parts) = (layout, parts);

    /// <summary>One component, whatever it is.</summary>
    public static StackValue FromComponent(object component) => component is IrValue value ? new(value) : new((Symbol)component);

    /// <summary>The struct's layout; null for a scalar.</summary>
    public TypeLayout? Layout { get; }

    /// <summary>The scalar, if this is one.</summary>
    public IrValue? Scalar => _single as IrValue;

    /// <summary>The symbol, if this is one.</summary>
    public Symbol? Symbol => _single as Symbol;

    public int Count => _parts?.Length ?? 1;

    public object this[int index] => _parts is null ? _single! : _parts[index];
}
