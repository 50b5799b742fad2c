using System.Reflection;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>An array that a kernel makes itself: a thread's local memory.</summary>
/// <param name="Allocation">Which of the kernel's local allocations.</param>
/// <param name="Type">The array's type.</param>
/// <param name="Lengths">Elements in each dimension; 1 for those that it does not have.</param>
internal sealed record LocalArraySymbol(int Allocation, Type Type, (int First, int Second, int Third) Lengths) : Symbol
{
    public TypeLayout Element => TypeLayout.For(Type.GetElementType()!);

    public int Count => Lengths.First * Lengths.Second * Lengths.Third;

    public int Length(int dimension) => dimension switch { 0 => Lengths.First, 1 => Lengths.Second, _ => Lengths.Third };
}

/// <summary>Arrays: static readonly ones, which become tables of the kernel, and small ones of a thread, in local memory.</summary>
internal sealed partial class Translator
{
    private const int MostBytes = 4096;     // set to zero one by one; beyond, a loop over LocalMemory is better

    private StackValue NewArray(Type type, params ReadOnlySpan<StackValue> lengths)
    {
        string name = MethodNames.Of(type);
        Span<int> sizes = [1, 1, 1];
        if (lengths.Length > sizes.Length)
            throw Refuse($"it allocates an array of {lengths.Length} dimensions", "three is the most");
        for (int i = 0; i < lengths.Length; i++)
        {
            IrValue length = RequireScalar(lengths[i]);
            if (length.Op != IrOp.Constant)
                throw Refuse($"it allocates an array (new {name}) whose length is not a constant", "use a constant, a SpecializedValue, SharedMemory or LocalMemory");
            if (length.Immediate is < 0 or > MostBytes)
                throw Refuse($"it allocates an array of {length.Immediate} elements", "use LocalMemory");
            sizes[i] = (int)length.Immediate;
        }
        TypeLayout element = TypeLayout.For(type.GetElementType()!);
        if (!element.IsStorable)
            throw Refuse($"it allocates an array (new {name}) of what cannot lie in device memory", "use structs of numbers");
        long bytes = (long)sizes[0] * sizes[1] * sizes[2] * element.Size;
        if (bytes > MostBytes)
            throw Refuse($"it allocates an array of {bytes} bytes; {MostBytes} is the most", "use LocalMemory");
        Kernel.LocalAllocations.Add(new(element.Size, Math.Max(1, bytes / element.Size), Math.Max(VectorAlignment, element.Alignment), MethodNames.Of(element.Type)) { Variable = NameOfResult() });
        var array = new LocalArraySymbol(Kernel.LocalAllocations.Count - 1, type, (sizes[0], sizes[1], sizes[2]));
        Clear(Base(array), bytes);
        return new(array);
    }

    /// <summary>Local memory as <c>stackalloc</c> gives it.</summary>
    private StackValue AllocateBytes(StackValue size)
    {
        IrValue bytes = Plain(RequireScalar(size));
        if (bytes.Op != IrOp.Constant)
            throw Refuse("it uses stackalloc with a length that is not a constant", "use a constant, a SpecializedValue or LocalMemory.Allocate");
        if (bytes.Immediate is < 0 or > MostBytes)
            throw Refuse($"it uses stackalloc for {bytes.Immediate} bytes; {MostBytes} is the most", "use LocalMemory.Allocate");
        Kernel.LocalAllocations.Add(new(1, Math.Max(1, bytes.Immediate), VectorAlignment, "byte") { Variable = NameOfResult() });
        IrValue address = Ir.Leaf(IrOp.LocalBase, IrType.Ptr, Kernel.LocalAllocations.Count - 1, AddressSpace.Local);
        Clear(address, bytes.Immediate);
        return new(address);
    }

    private void Clear(IrValue address, long bytes)
    {
        long at = 0;
        foreach (MemoryType unit in (ReadOnlySpan<MemoryType>)[MemoryType.I64, MemoryType.I32, MemoryType.I16, MemoryType.I8])
        {
            int size = unit.SizeInBytes();
            for (; at + size <= bytes; at += size)
                Ir.Store(Ir.Address(address, null, 0, at), size == 8 ? Ir.Long(0) : Ir.Int(0), unit);
        }
    }

    private IrValue Base(LocalArraySymbol array) => Ir.Leaf(IrOp.LocalBase, IrType.Ptr, array.Allocation, AddressSpace.Local);

    /// <summary>The elements of an array.</summary>
    public int CountOf(StackValue array) => array.Symbol switch
    {
        TableSymbol table => table.Array.Length,
        LocalArraySymbol local => local.Count,
        _ => throw RefuseArray(),
    };

    private KernelCompilationException RefuseStore() => Refuse("it writes to a managed array", "use a view, SharedMemory or LocalMemory");

    private KernelCompilationException RefuseArray() => Refuse("it uses a managed array", "use a view, SharedMemory, LocalMemory or a static readonly array");

    /// <summary>Where an array's elements lie.</summary>
    public IrValue AddressOf(StackValue array) => array.Symbol switch
    {
        TableSymbol table => TableBase(table.Array, ElementOf(array)),
        LocalArraySymbol local => Base(local),
        _ => throw RefuseArray(),
    };

    private TypeLayout ElementOf(StackValue array) => array.Symbol switch
    {
        TableSymbol table => TypeLayout.For(table.Array.GetType().GetElementType()!),
        LocalArraySymbol local => local.Element,
        _ => throw RefuseArray(),
    };

    private StackValue ElementReference(StackValue array, out TypeLayout layout, params ReadOnlySpan<StackValue> indices)
    {
        layout = ElementOf(array);
        IrValue start = AddressOf(array), at = Long(RequireScalar(indices[0]));
        if (indices.Length == 1)
        {
            CheckIndex(start, at, Ir.Long(CountOf(array)));
            return new(Ir.Address(start, at, layout.Size, 0));
        }
        List<IrValue> check = [start, at, Ir.Long(LengthOf(array, 0))];
        for (int i = 1; i < indices.Length; i++)
        {
            IrValue index = Long(RequireScalar(indices[i])), length = Ir.Long(LengthOf(array, i));
            check.AddRange([index, length]);
            at = Ir.Emit(IrOp.Add, IrType.I64, Ir.Emit(IrOp.Mul, IrType.I64, at, length), index);
        }
        if (Checks)
            Check(CheckKind.Index, [.. check]);
        return new(Ir.Address(start, at, layout.Size, 0));
    }

    private StackValue LoadElement(StackValue array, StackValue index)
    {
        if (array.Symbol is TableSymbol table && index.Scalar is { Op: IrOp.Constant } constant && constant.Immediate >= 0 && constant.Immediate < table.Array.Length)
            return FromObject(table.Array.GetValue(constant.Immediate), table.Array.GetType().GetElementType()!);
        StackValue reference = ElementReference(array, out TypeLayout layout, index);
        return LoadFrom(reference, layout);
    }

    private void StoreElement(StackValue array, StackValue index, StackValue value)
    {
        if (array.Symbol is TableSymbol)
            throw RefuseStore();
        StoreTo(ElementReference(array, out TypeLayout layout, index), layout, value);
    }

    /// <summary>What .NET makes of an array's <c>[i, j]</c>: methods of the array's type.</summary>
    private StackValue? InvokeOnArray(MethodBase method, StackValue[] arguments)
    {
        bool isSet = method.Name == "Set";
        if (method.Name is not ("Get" or "Set" or "Address"))
            throw RefuseArray();
        if (isSet && arguments[0].Symbol is TableSymbol)
            throw RefuseStore();
        StackValue reference = ElementReference(arguments[0], out TypeLayout layout, arguments.AsSpan(1..(isSet ? ^1 : arguments.Length)));
        if (isSet)
            StoreTo(reference, layout, arguments[^1]);
        return isSet ? null : method.Name == "Get" ? LoadFrom(reference, layout) : reference;
    }

    /// <summary>Fills an array with the data of a literal.</summary>
    public void Initialize(StackValue array, FieldInfo data)
    {
        if (array.Symbol is not LocalArraySymbol local)
            throw RefuseArray();
        byte[] bytes = LibraryIntrinsics.BytesOf(data);
        StackValue source = new(TableBase(data, bytes)), target = new(Base(local));
        for (int at = 0; at < local.Count * local.Element.Size; at += local.Element.Size)
            StoreTo(target, local.Element, LoadFrom(source, local.Element, byteOffset: at), byteOffset: at);
    }

    /// <summary>The length of one dimension.</summary>
    public int LengthOf(StackValue array, long dimension) => array.Symbol switch
    {
        TableSymbol table when dimension >= 0 && dimension < table.Array.Rank => table.Array.GetLength((int)dimension),
        LocalArraySymbol local when dimension >= 0 && dimension < local.Type.GetArrayRank() => local.Length((int)dimension),
        _ => throw RefuseArray(),
    };
}
