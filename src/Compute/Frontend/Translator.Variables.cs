using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Where arguments and local variables are: in registers, or in local memory if their elements are reached by number.</summary>
internal sealed partial class Translator
{
    /// <summary>Vector code wants at least its own width; 64 bytes is the widest vector and a cache line.</summary>
    public const int VectorAlignment = 64;

    // A place in local memory has the complement of the allocation's number.
    private (int Variable, TypeLayout Layout) NewPlace(TypeLayout layout)
    {
        if (!layout.HasElements || !layout.IsStorable)
            return (_ssa.NewVariables(layout.Count), layout);
        Kernel.LocalAllocations.Add(new(layout.Size, 1, Math.Max(VectorAlignment, layout.Alignment), MethodNames.Of(layout.Type)));
        return (~(Kernel.LocalAllocations.Count - 1), layout);
    }

    private StackValue Address((int Variable, TypeLayout Layout) place) => place.Variable < 0
        ? new(Ir.Leaf(IrOp.LocalBase, IrType.Ptr, ~place.Variable, AddressSpace.Local))
        : new(new VariableSymbol(place.Variable, place.Layout));

    private void Load((int Variable, TypeLayout Layout) place) => _frame.Push(Read(place));

    private StackValue Read((int Variable, TypeLayout Layout) place) => place.Variable < 0
        ? LoadFrom(Address(place), place.Layout)
        : ReadVariables(place.Variable, place.Layout, place.Layout.Count);

    private void Reference((int Variable, TypeLayout Layout) place) => _frame.Push(Address(place));

    private void Store((int Variable, TypeLayout Layout) place) => Write(place, Coerce(_frame.Pop(), place.Layout));

    private void Write((int Variable, TypeLayout Layout) place, StackValue value, bool isFirst = false)
    {
        if (place.Variable < 0)
        {
            StoreTo(Address(place), place.Layout, value);
            return;
        }
        WriteVariables(place.Variable, value);
        if (!isFirst)
            NoteReference(place, value);
    }

    /// <summary>A value put into a fresh place, so that there can be a reference to it.</summary>
    private (int Variable, TypeLayout Layout) Spill(StackValue value, TypeLayout layout)
    {
        (int, TypeLayout) place = NewPlace(layout);
        Write(place, Coerce(value, layout), isFirst: true);
        return place;
    }
}
