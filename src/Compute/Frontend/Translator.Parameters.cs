using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Flattens parameters into slots, and host objects into constants.</summary>
internal sealed partial class Translator
{
    private StackValue KernelIndex(Type type)
    {
        TypeLayout layout = TypeLayout.For(type);
        var parts = new object[layout.Count];
        for (int i = 0; i < parts.Length; i++)
        {
            IrType part = layout.Scalars[i].Type;
            IrValue grid = Extend(Ir.Leaf(IrOp.GridIndex, IrType.I32, i)), group = Extend(Ir.Leaf(IrOp.GroupIndex, IrType.I32, i));
            IrValue size = Extend(Ir.Leaf(IrOp.GroupDimension, IrType.I32, i));
            parts[i] = Ir.Emit(IrOp.Add, part, Ir.Emit(IrOp.Mul, part, grid, size), group);

            IrValue Extend(IrValue value) => part == IrType.I64 ? Ir.Emit(IrOp.SignExtend, IrType.I64, value) : value;
        }
        return new(layout, parts);
    }

    private StackValue Parameter(ParameterInfo parameter, int position)
    {
        TypeLayout layout = TypeLayout.For(parameter.ParameterType);
        string name = parameter.Name ?? $"p{position}";
        if (layout.Type is { IsGenericType: true } type && type.GetGenericTypeDefinition().FullName == "ILGPU.Runtime.SpecializedValue`1")
        {
            if (!_specialized.TryGetValue(position, out object? value))
                throw new KernelCompilationException($"Kernel {Kernel.Name} cannot be compiled: no value was given for its specialised parameter {name}.");
            return value.GetType() == type
                ? FromObject(value, type)
                : new(layout, [.. Components(FromObject(value, type.GetGenericArguments()[0]))]);
        }
        var parts = new List<object>();
        Flatten(layout, name, position, [], parts);
        return layout.Kind is LayoutKind.Scalar ? StackValue.FromComponent(parts[0]) : new(layout, [.. parts]);
    }

    private void Flatten(TypeLayout layout, string name, int position, FieldInfo[] path, List<object> parts, int elementOffset = 0)
    {
        switch (layout.Kind)
        {
            case LayoutKind.Scalar:
                IrType type = layout.Scalars[0].Type;
                IrValue value = Add(type == IrType.Bool ? IrType.I32 : type, name, ParameterKind.Value);
                parts.Add(type == IrType.Bool ? Truth(value) : value);
                break;
            case LayoutKind.View:
                parts.Add(Add(IrType.Ptr, name + ".ptr", ParameterKind.ViewPointer));
                parts.Add(Add(IrType.I64, name + ".length", ParameterKind.ViewLength));
                break;
            case LayoutKind.Struct when layout.Fields.Sum(field => field.Layout.Count) == layout.Count && !layout.HasOverlap:
                foreach (FieldLayout field in layout.Fields)
                    Flatten(field.Layout, $"{name}.{FieldName(field.Field)}", position, [.. path, field.Field], parts, elementOffset);
                break;
            case LayoutKind.Struct when layout is { HasElements: true, Fields: [{ Layout: var element } only] }:
                for (int i = 0; i < layout.Count / element.Count; i++)
                    Flatten(element, $"{name}[{i}]", position, [.. path, only.Field], parts, elementOffset + i * element.Size);
                break;
            default:
                throw new KernelCompilationException($"Kernel {Kernel.Name} cannot run on a device: its parameter {name} is or holds a {MethodNames.Of(layout.Type)}; pass views, primitives or structs of them instead.");
        }

        IrValue Add(IrType type, string fullName, ParameterKind kind)
        {
            Kernel.Parameters.Add(new(Kernel.Parameters.Count, type, fullName, position, path, kind) { ElementOffset = elementOffset });
            return Ir.Leaf(IrOp.Parameter, type, Kernel.Parameters.Count - 1);
        }
    }

    private static string FieldName(FieldInfo field) =>
        field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static IEnumerable<object> Components(StackValue value) => Enumerable.Range(0, value.Count).Select(i => value[i]);

    /// <summary>A value of the host as a constant of the kernel.</summary>
    private StackValue FromObject(object? value, Type type)
    {
        switch (value)
        {
            case null: return new(new NullSymbol());
            case string text: return new(new StringSymbol(text));
            case Type systemType: return new(new TypeSymbol(systemType));
            case Array { Rank: <= 3 } array when TypeLayout.For(array.GetType().GetElementType()!).IsStorable: return new(new TableSymbol(array));
        }
        TypeLayout layout = TypeLayout.For(type);
        if (layout.Kind == LayoutKind.Scalar)
            return new(ScalarFromObject(value, layout.Scalars[0].Type));
        if (layout.Kind == LayoutKind.Struct && layout.Fields.Sum(field => field.Layout.Count) == layout.Count && !layout.HasOverlap)
            return new(layout, [.. layout.Fields.SelectMany(field => Components(FromObject(field.Field.GetValue(value), field.Field.FieldType)))]);
        return new(new ObjectSymbol(value.GetType()));
    }

    private IrValue ScalarFromObject(object value, IrType type)
    {
        if (value is Enum)
            value = Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), null);
        return value switch
        {
            bool truth => Ir.Bool(truth),
            float single => Ir.Float(single),
            double number => Ir.Double(number),
            ulong big => Ir.Long((long)big),
            nint native => Ir.Long(native),
            nuint native => Ir.Long((long)native),
            char character => Ir.Int(character),
            uint unsigned => Ir.Int((int)unsigned),
            _ => Ir.Constant(type, Convert.ToInt64(value, null)),
        };
    }
}
