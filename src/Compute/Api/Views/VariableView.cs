using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Api;

namespace ILGPU;

/// <summary>A window onto one element.</summary>
/// <typeparam name="T">The element type.</typeparam>
public readonly struct VariableView<T>
    where T : unmanaged
{
    /// <summary>Creates a view of the first element of <paramref name="baseView"/>.</summary>
    public VariableView(ArrayView<T> baseView) => BaseView = baseView;

    /// <summary>The size of the element in bytes.</summary>
    public static readonly int VariableSize = Unsafe.SizeOf<T>();

    /// <summary>Gets the view whose first element this is.</summary>
    public ArrayView<T> BaseView { get; }

    /// <summary>Gets whether the view shows any memory.</summary>
    public bool IsValid => BaseView.IsValid;

    /// <summary>Gets the element.</summary>
    public ref T Value => ref BaseView[0];

    /// <summary>Copies the element of another view here.</summary>
    public void CopyFrom(VariableView<T> sourceView) => Value = sourceView.Value;

    /// <summary>Copies the element to another view.</summary>
    public void CopyTo(VariableView<T> targetView) => targetView.Value = Value;

    /// <summary>Gets a part of the element.</summary>
    /// <param name="offsetInBytes">Bytes to skip.</param>
    public VariableView<TOther> SubView<TOther>(int offsetInBytes)
        where TOther : unmanaged =>
        new(BaseView.SubView(0, 1).Cast<byte>().SubView(offsetInBytes, Unsafe.SizeOf<TOther>()).Cast<TOther>());

    /// <inheritdoc/>
    public override string ToString() => $"{typeof(T).Name} in {BaseView}";
}
