using System.Reflection;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Variables, fields, elements and memory.</summary>
internal sealed partial class Translator
{
    /// <summary>Zero, null, the empty view.</summary>
    private StackValue Zero(TypeLayout layout) => layout.Kind switch
    {
        LayoutKind.Scalar => new(Ir.Zero(layout.Scalars[0].Type)),
        LayoutKind.Reference => new(new NullSymbol()),
        LayoutKind.View => new(layout, [Ir.Zero(IrType.Ptr), Ir.Long(0)]),
        _ => new(layout, [.. layout.Scalars.Select(scalar => scalar is { Type: IrType.Ptr, Memory: MemoryType.None } && !HoldsView(layout) ? new NullSymbol() : (object)Ir.Zero(scalar.Type))]),
    };

    private static bool HoldsView(TypeLayout layout) =>
        layout.Kind == LayoutKind.View || layout.Fields.Any(field => HoldsView(field.Layout));

    /// <summary>Makes a stack value fit a variable, parameter or field: truth values to Bool, narrow integers extended.</summary>
    private StackValue Coerce(StackValue value, TypeLayout layout)
    {
        if (layout.Kind == LayoutKind.Scalar)
            return new(CoerceScalar(RequireScalar(value), layout.Scalars[0]));
        if (layout.Kind == LayoutKind.Reference)
            return value.Layout is null ? value : throw Refuse($"it uses a {MethodNames.Of(value.Layout.Type)} as a reference", null);
        if (value.Symbol is NullSymbol)
            return Zero(layout);
        if (value.Layout is null && layout.Count == 1 && value.Scalar is { } single)
            return new(layout, [CoerceScalar(single, layout.Scalars[0])]);
        if (value.Layout is null || value.Count != layout.Count)
            throw Refuse($"it uses a value as a {MethodNames.Of(layout.Type)} that is none", null);
        return value;
    }

    private IrValue CoerceScalar(IrValue value, ScalarLayout layout)
    {
        switch (layout.Type)
        {
            case IrType.Bool: return Truth(value);
            case IrType.F64 when value.Type == IrType.F32: return Ir.Emit(IrOp.FloatExtend, IrType.F64, value);
            case IrType.F32 when value.Type == IrType.F64: return Ir.Emit(IrOp.FloatTruncate, IrType.F32, value);
            case IrType.I64 when value.Type == IrType.Ptr: return Ir.Emit(IrOp.PointerToInt, IrType.I64, value);
        }
        value = Plain(value);
        if (layout.Type == IrType.I64)
            return value.Type == IrType.I32 ? Ir.Emit(IrOp.SignExtend, IrType.I64, value) : value;
        if (layout.Type != IrType.I32)
            return value.Type == layout.Type ? value : throw Refuse($"it uses a {value.Type} as a {layout.Type}", null);
        if (value.Type == IrType.I64)
            value = Ir.Emit(IrOp.Truncate64, IrType.I32, value);
        return layout.Memory switch
        {
            MemoryType.I8 => Ir.Emit(IrOp.SignExtend8, IrType.I32, value),
            MemoryType.U8 => Ir.Emit(IrOp.ZeroExtend8, IrType.I32, value),
            MemoryType.I16 => Ir.Emit(IrOp.SignExtend16, IrType.I32, value),
            MemoryType.U16 => Ir.Emit(IrOp.ZeroExtend16, IrType.I32, value),
            _ => value,
        };
    }

    /// <summary>The scalar of a stack value, or a refusal that says what it was instead.</summary>
    public IrValue RequireScalar(StackValue value)
    {
        if (value.Scalar is { } scalar)
            return scalar;
        if (value.Count == 1 && value.Layout is not null && value[0] is IrValue only)
            return only;
        throw value.Symbol switch
        {
            StringSymbol => Refuse("it uses a string", "only Interop.Write, Interop.WriteLine and assertions take one"),
            ObjectSymbol symbol => Refuse($"it uses an object of class {MethodNames.Of(symbol.Type)}", "use structs and static methods"),
            TableSymbol => Refuse("it uses a managed array as a value", "use a view, or a static readonly array element by element"),
            NullSymbol => Refuse("it uses a null reference", null),
            BoxSymbol => Refuse("it boxes a value", "use a generic parameter with a struct constraint"),
            VariableSymbol => Refuse("it uses the address of a local variable as a number", null),
            _ => Refuse("it uses a reference type", "use structs and views"),
        };
    }

    /// <summary>Loads what a reference points to.</summary>
    private StackValue LoadFrom(StackValue reference, TypeLayout layout, int variableOffset = 0, long byteOffset = 0, TypeLayout? owner = null)
    {
        if (reference.Symbol is VariableSymbol variable)
            return LoadVariable(variable, layout, variableOffset);
        if (reference.Symbol is NullSymbol)
            throw Refuse("it reads through a null reference", null);
        IrValue pointer = RequireScalar(reference);
        if (!layout.IsStorable)
            throw Refuse($"it reads a {MethodNames.Of(layout.Type)} from memory", "views and references cannot lie in device memory");
        var parts = new object[layout.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            ScalarLayout scalar = layout.Scalars[i];
            IrValue loaded = Ir.Load(Ir.Address(AsPointer(pointer), null, 0, byteOffset + scalar.Offset), scalar.Memory);
            loaded.IsPacked = pointer.IsPacked || IsPacked(scalar, owner ?? layout);
            parts[i] = scalar.Type == IrType.Bool ? Truth(loaded) : loaded;
        }
        return layout.Kind == LayoutKind.Scalar ? StackValue.FromComponent(parts[0]) : new(layout, parts);
    }

    private StackValue LoadVariable(VariableSymbol variable, TypeLayout layout, int offset)
    {
        if (offset + layout.Count > variable.Layout.Count)
            throw Refuse($"it reads a {MethodNames.Of(variable.Layout.Type)} as a {MethodNames.Of(layout.Type)}", null);
        StackValue value = ReadVariables(variable.Variable + offset, layout, layout.Count);
        if (layout.Kind != LayoutKind.Scalar || value.Scalar is not { } scalar)
            return value;
        // Reinterpreted through a reference: same size, other type.
        IrType wanted = layout.Scalars[0].Type;
        return new(wanted == scalar.Type ? CoerceScalar(scalar, layout.Scalars[0]) : Reinterpret(scalar, layout.Scalars[0]));
    }

    private IrValue Reinterpret(IrValue value, ScalarLayout layout)
    {
        value = Plain(value);
        return (value.Type, layout.Type) switch
        {
            (IrType.I32, IrType.F32) or (IrType.F32, IrType.I32) or (IrType.I64, IrType.F64) or (IrType.F64, IrType.I64) => Ir.Emit(IrOp.Bitcast, layout.Type, value),
            (IrType.I32, IrType.Bool) => Truth(value),
            (IrType.I32, IrType.I32) => CoerceScalar(value, layout),
            _ => throw Refuse($"it reads the bits of a {value.Type} variable as {layout.Type}", null),
        };
    }

    /// <summary>Stores to what a reference points to.</summary>
    private void StoreTo(StackValue reference, TypeLayout layout, StackValue value, int variableOffset = 0, long byteOffset = 0, TypeLayout? owner = null)
    {
        if (reference.Symbol is VariableSymbol variable)
        {
            if (variableOffset + layout.Count > variable.Layout.Count)
                throw Refuse($"it writes a {MethodNames.Of(layout.Type)} to a {MethodNames.Of(variable.Layout.Type)}", null);
            StackValue fitted = Coerce(value, layout);
            if (layout.Kind == LayoutKind.Scalar && FindScalar(variable, variableOffset) is { } target && target.Type != layout.Scalars[0].Type)
                fitted = new(Reinterpret(RequireScalar(fitted), target));
            WriteVariables(variable.Variable + variableOffset, fitted);
            return;
        }
        if (reference.Symbol is NullSymbol)
            throw Refuse("it writes through a null reference", null);
        IrValue pointer = AsPointer(RequireScalar(reference));
        if (!layout.IsStorable)
            throw Refuse($"it writes a {MethodNames.Of(layout.Type)} to memory", "views and references cannot lie in device memory");
        if (pointer.Space == AddressSpace.Constant)
            throw Refuse("it writes to a static readonly array", "use a view");
        value = Coerce(value, layout);
        for (int i = 0; i < layout.Count; i++)
        {
            ScalarLayout scalar = layout.Scalars[i];
            IrValue store = Ir.Store(Ir.Address(pointer, null, 0, byteOffset + scalar.Offset), StoredForm((IrValue)value[i], scalar.Memory), scalar.Memory);
            store.IsPacked = pointer.IsPacked || IsPacked(scalar, owner ?? layout);
        }
    }

    private static bool IsPacked(ScalarLayout scalar, TypeLayout owner) => scalar.Memory.SizeInBytes() > owner.Alignment;

    // A store keeps the low bits, so an extension just before it does nothing.
    private IrValue StoredForm(IrValue value, MemoryType memory)
    {
        value = Plain(value);
        bool narrow = memory is MemoryType.I8 or MemoryType.U8;
        while ((narrow && value.Op is IrOp.SignExtend8 or IrOp.ZeroExtend8 or IrOp.SignExtend16 or IrOp.ZeroExtend16)
            || (memory is MemoryType.I16 or MemoryType.U16 && value.Op is IrOp.SignExtend16 or IrOp.ZeroExtend16))
        {
            value = value.Operands[0];
        }
        return value;
    }

    private static ScalarLayout? FindScalar(VariableSymbol variable, int offset) =>
        offset < variable.Layout.Count && variable.Layout.Kind != LayoutKind.Reference ? variable.Layout.Scalars[offset] : null;

    private IrValue AsPointer(IrValue value) => value.Type switch
    {
        IrType.Ptr => value,
        IrType.I64 => Ir.Emit(IrOp.IntToPointer, IrType.Ptr, value),
        _ => throw Refuse("it uses a number as a pointer", null),
    };

    private FieldLayout Layout(FieldInfo field)
    {
        Type owner = field.DeclaringType!;
        if (!owner.IsValueType)
        {
            throw owner.Name.StartsWith('<')
                ? Refuse($"it captures the variable {FieldName(field)}", "pass it as a parameter")
                : Refuse($"it uses the field {MethodNames.Of(owner)}.{FieldName(field)} of a class", "pass it as a parameter");
        }
        TypeLayout layout = TypeLayout.For(owner);
        return layout.Find(field) ?? throw Refuse($"it uses the field {MethodNames.Of(owner)}.{FieldName(field)}, which devices do not have", null);
    }

    private StackValue LoadField(StackValue receiver, FieldInfo field)
    {
        FieldLayout place = Layout(field);
        if (receiver.Symbol is not null || receiver.Scalar is { Type: IrType.Ptr or IrType.I64 } && receiver.Layout is null)
        {
            RefuseOverlap(receiver, place);
            return LoadFrom(receiver, place.Layout, place.First, place.Offset, TypeLayout.For(field.DeclaringType!));
        }
        return Part(receiver, place);
    }

    private static StackValue Part(StackValue value, FieldLayout place)
    {
        if (place.Layout.Kind is LayoutKind.Scalar or LayoutKind.Reference)
            return StackValue.FromComponent(value[place.First]);
        var parts = new object[place.Layout.Count];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = value[place.First + i];
        return new(place.Layout, parts);
    }

    private void StoreField(StackValue receiver, FieldInfo field, StackValue value)
    {
        FieldLayout place = Layout(field);
        RefuseOverlap(receiver, place);
        StoreTo(receiver, place.Layout, value, place.First, place.Offset, TypeLayout.For(field.DeclaringType!));
    }

    private StackValue FieldReference(StackValue receiver, FieldInfo field)
    {
        FieldLayout place = Layout(field);
        RefuseOverlap(receiver, place);
        if (receiver.Symbol is VariableSymbol variable)
            return new(new VariableSymbol(variable.Variable + place.First, place.Layout));
        IrValue pointer = AsPointer(RequireScalar(receiver)), address = Ir.Address(pointer, null, 0, place.Offset);
        TypeLayout owner = TypeLayout.For(field.DeclaringType!);
        address.IsPacked |= pointer.IsPacked || place.Layout.Scalars.Any(scalar => IsPacked(scalar, owner));
        return new(address);
    }

    private void RefuseOverlap(StackValue receiver, FieldLayout place)
    {
        if (receiver.Symbol is VariableSymbol && TypeLayout.For(place.Field.DeclaringType!).HasOverlap)
            throw Refuse($"it uses a local variable of {MethodNames.Of(place.Field.DeclaringType!)}, whose fields overlap", "use Interop.FloatAsInt or BitConverter to look at bits");
    }

    private StackValue LoadStatic(FieldInfo field)
    {
        // Where the compiler keeps what it made of a lambda, or of a call that is looked up at run time.
        if (!field.IsInitOnly && typeof(Delegate).IsAssignableFrom(field.FieldType))
            throw RefuseDelegate();
        if (field.FieldType.Namespace == "System.Runtime.CompilerServices" && field.FieldType.Name.StartsWith("CallSite", StringComparison.Ordinal))
            throw Refuse("it uses dynamic", "give the variable its type");
        StaticFields needed = field.FieldType.IsArray ? StaticFields.MutableArrays : StaticFields.Mutable;
        if (!field.IsInitOnly && !field.IsLiteral && !Fields.HasFlag(needed))
            throw Refuse($"it uses the static field {MethodNames.Of(field.DeclaringType!)}.{FieldName(field)}, which can change", "make it const or readonly, or pass it as a parameter");
        return Intrinsics.Find(field) is { } intrinsic
            ? intrinsic(new(this, null, field.FieldType, []))!.Value
            : FromObject(ValueOf(field), field.FieldType);
    }

    private object? ValueOf(FieldInfo field)
    {
        try
        {
            return field.GetValue(null);
        }
        catch (Exception e) when (e is TargetInvocationException or TypeInitializationException)
        {
            throw Refuse($"it uses the static field {MethodNames.Of(field.DeclaringType!)}.{FieldName(field)}, whose value cannot be computed ({e.GetBaseException().Message})", "make it const, or pass it as a parameter");
        }
    }

    // Literals of bytes are read where they lie in the assembly; other readonly fields are copied.
    private StackValue StaticReference(FieldInfo field) => field.Attributes.HasFlag(FieldAttributes.HasFieldRVA)
        ? new(TableBase(field, LibraryIntrinsics.BytesOf(field)))
        : Address(Spill(LoadStatic(field), TypeLayout.For(field.FieldType)));

    /// <summary>A struct given by value or by reference, as a value.</summary>
    public StackValue Dereference(StackValue value, Type type) =>
        value.Layout is not null ? value : LoadFrom(value, TypeLayout.For(type));

    /// <summary>Stores to a reference.</summary>
    public void Assign(StackValue reference, TypeLayout layout, StackValue value) => StoreTo(reference, layout, value);

    /// <summary>The default value of a type.</summary>
    public StackValue ZeroOf(Type type) => Zero(TypeLayout.For(type));

    /// <summary>As a variable of the layout's type would hold it.</summary>
    public StackValue Fit(StackValue value, TypeLayout layout) => Coerce(value, layout);

    private readonly Dictionary<object, int> _tables = new(ReferenceEqualityComparer.Instance);

    private IrValue TableBase(Array array, TypeLayout element) => TableBase(array,
        _tables.ContainsKey(array) ? [] : MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), checked(array.Length * element.Size)).ToArray());

    /// <summary>The address of a copy of host data in the kernel.</summary>
    /// <param name="key">What it is a copy of; each gets one table.</param>
    /// <param name="bytes">The data, looked at the first time only.</param>
    public IrValue TableBase(object key, byte[] bytes)
    {
        if (!_tables.TryGetValue(key, out int index))
        {
            Kernel.ConstantTables.Add(bytes);
            _tables[key] = index = Kernel.ConstantTables.Count - 1;
        }
        return Ir.Leaf(IrOp.ConstantBase, IrType.Ptr, index, AddressSpace.Constant);
    }
}
