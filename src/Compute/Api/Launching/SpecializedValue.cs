using System.Diagnostics.CodeAnalysis;

namespace ILGPU.Runtime;

/// <summary>A kernel argument that becomes a constant of the compiled kernel: each value has a kernel of its own.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
public readonly struct SpecializedValue<T>(T value) : IEquatable<SpecializedValue<T>>
    where T : unmanaged, IEquatable<T>
{
    /// <summary>Gets the value.</summary>
    public T Value { get; } = value;

    /// <summary>Gets the value.</summary>
    public static implicit operator T(SpecializedValue<T> value) => value.Value;

    /// <summary>Compares the values.</summary>
    public static bool operator ==(SpecializedValue<T> first, SpecializedValue<T> second) => first.Equals(second);

    /// <summary>Compares the values.</summary>
    public static bool operator !=(SpecializedValue<T> first, SpecializedValue<T> second) => !first.Equals(second);

    /// <inheritdoc/>
    public bool Equals(SpecializedValue<T> other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is SpecializedValue<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <inheritdoc/>
    public override string? ToString() => Value.ToString();
}

/// <summary>Makes specialised values.</summary>
public static class SpecializedValue
{
    /// <summary>Makes a specialised value.</summary>
    public static SpecializedValue<T> New<T>(T value)
        where T : unmanaged, IEquatable<T> =>
        new(value);
}
