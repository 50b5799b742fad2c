using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Types, spans over literals, Unsafe and Half: what generic C# code calls without noticing.</summary>
internal static class LibraryIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        table["System.Type.GetTypeFromHandle"] = call => call.Arguments[0];
        table["System.Type.op_Equality"] = call => TypesEqual(call, true);
        table["System.Type.op_Inequality"] = call => TypesEqual(call, false);
        table["System.Type.get_IsValueType"] = call => new(call.Ir.Bool(Type(call, 0).IsValueType));
        table["System.Type.get_IsPrimitive"] = call => new(call.Ir.Bool(Type(call, 0).IsPrimitive));
        table["System.Runtime.CompilerServices.RuntimeHelpers.CreateSpan"] = CreateSpan;
        table["System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences"] = call => new(call.Ir.Bool(false));
        table["System.Runtime.CompilerServices.RuntimeHelpers.InitializeArray"] = InitializeArray;
        table["System.Array.get_Length"] = call => new(call.Ir.Int(call.Translator.CountOf(call.Arguments[0])));
        table["System.Array.GetLength"] = call => new(call.Ir.Int(call.Translator.LengthOf(call.Arguments[0], call.Number(1) is { Op: IrOp.Constant } dimension ? dimension.Immediate : -1)));
        table["System.Span`1..ctor"] = NewSpan;
        table["System.ReadOnlySpan`1..ctor"] = NewSpan;
        table["System.ReadOnlySpan`1.get_Item"] = SpanItem;
        table["System.Span`1.get_Item"] = SpanItem;
        table["System.Runtime.CompilerServices.Unsafe.SizeOf"] = call => new(call.Ir.Int(call.TypeArgument().Size));
        table["System.Runtime.CompilerServices.Unsafe.As"] = As;
        table["System.Runtime.CompilerServices.Unsafe.AsRef"] = call => call.Arguments[0];
        table["System.Runtime.CompilerServices.Unsafe.AsPointer"] = call => call.Arguments[0];
        table["System.Runtime.CompilerServices.Unsafe.Add"] = call => Step(call, call.TypeArgument().Size, negative: false);
        table["System.Runtime.CompilerServices.Unsafe.Subtract"] = call => Step(call, call.TypeArgument().Size, negative: true);
        table["System.Runtime.CompilerServices.Unsafe.AddByteOffset"] = call => Step(call, 1, negative: false);
        table["System.Runtime.CompilerServices.Unsafe.BitCast"] = BitCast;
        table["System.Runtime.CompilerServices.Unsafe.SkipInit"] = _ => null;
        table["System.Half.op_Explicit"] = HalfConversion;
        table["System.Half.op_Implicit"] = HalfConversion;
        table["System.Activator.CreateInstance"] = call => call.Translator.ZeroOf(call.ResultType);
    }

    private static Type Type(IntrinsicCall call, int index) => call.Arguments[index].Symbol is TypeSymbol type
        ? type.Type
        : throw call.Translator.Refuse("it looks at the type of an object", "compare typeof(T) with typeof(...)");

    private static StackValue? TypesEqual(IntrinsicCall call, bool equal) =>
        new(call.Ir.Bool((Type(call, 0) == Type(call, 1)) == equal));

    private static StackValue? CreateSpan(IntrinsicCall call)
    {
        if (call.Arguments[0].Symbol is not FieldSymbol field)
            throw call.Translator.Refuse("it makes a span", "use a view");
        TypeLayout element = call.TypeArgument();
        byte[] bytes = BytesOf(field.Field);
        return new(TypeLayout.For(call.ResultType), [call.Translator.TableBase(field.Field, bytes), call.Ir.Int(bytes.Length / element.Size)]);
    }

    private static StackValue? InitializeArray(IntrinsicCall call)
    {
        if (call.Arguments[1].Symbol is not FieldSymbol field)
            throw call.Translator.Refuse("it fills an array", "assign element by element");
        call.Translator.Initialize(call.Arguments[0], field.Field);
        return null;
    }

    // Of stackalloc's memory, of an inline array or of an array of the thread.
    private static StackValue? NewSpan(IntrinsicCall call) => call.Method!.GetParameters() switch
    {
        [{ ParameterType: { IsPointer: true } or { IsByRef: true } }, _] => new(TypeLayout.For(call.Method.DeclaringType!), [call.Arguments[0][0], call.Number(1)]),
        [{ ParameterType.IsArray: true }] => new(TypeLayout.For(call.Method.DeclaringType!), [call.Translator.AddressOf(call.Arguments[0]), call.Ir.Int(call.Translator.CountOf(call.Arguments[0]))]),
        _ => throw call.Translator.Refuse("it makes a span", "use a view"),
    };

    /// <summary>The data that an assembly keeps for a literal.</summary>
    public static byte[] BytesOf(FieldInfo field)
    {
        byte[] bytes = new byte[Marshal.SizeOf(field.FieldType)];
        RuntimeHelpers.InitializeArray(bytes, field.FieldHandle);
        return bytes;
    }

    private static StackValue? SpanItem(IntrinsicCall call)
    {
        StackValue span = call.Translator.Dereference(call.Arguments[0], call.Method!.DeclaringType!);
        TypeLayout element = TypeLayout.For(call.Method.DeclaringType!.GetGenericArguments()[0]);
        if (span[0] is not IrValue pointer)
            throw call.Translator.Refuse("it uses a span over local variables", "use LocalMemory");
        IrValue index = call.Translator.Long(call.Number(1));
        call.Translator.CheckIndex(pointer, index, call.Translator.Long((IrValue)span[1]));
        return new(call.Ir.Address(pointer, index, element.Size, 0));
    }

    private static StackValue? As(IntrinsicCall call)
    {
        if (call.Method!.GetGenericArguments().Length == 1)
            throw call.Translator.Refuse("it casts an object with Unsafe.As", "use structs");
        return call.Arguments[0];       // loads and stores say what they read
    }

    private static StackValue? Step(IntrinsicCall call, int size, bool negative)
    {
        if (call.Arguments[0].Symbol is VariableSymbol)
            throw call.Translator.Refuse("it moves a reference across a local variable", "use LocalMemory");
        IrValue count = call.Translator.Long(call.Number(1));
        if (negative)
            count = call.Ir.Emit(IrOp.Neg, IrType.I64, count);
        return new(call.Ir.Address(call.Scalar(0), count, size, 0));
    }

    private static StackValue? BitCast(IntrinsicCall call)
    {
        TypeLayout to = call.TypeArgument(1);
        if (to.Count != 1 || call.Arguments[0].Count != 1)
            throw call.Translator.Refuse("it reinterprets a struct of several fields", "convert field by field");
        IrValue value = call.Number(0);
        IrType type = to.Scalars[0].Type;
        IrValue result = value.Type == type || type == IrType.Bool ? value : call.Ir.Emit(IrOp.Bitcast, type, value);
        return call.Translator.Fit(new(result), to);
    }

    private static StackValue? HalfConversion(IntrinsicCall call)
    {
        Type from = call.ParameterType(0), to = call.ResultType;
        IrBuilder ir = call.Ir;
        IrValue value = call.Number(0);
        if (from == typeof(Half) && (to == typeof(float) || to == typeof(double)))
        {
            IrValue single = ir.Emit(IrOp.HalfToFloat, IrType.F32, value);
            return new(to == typeof(float) ? single : ir.Emit(IrOp.FloatExtend, IrType.F64, single));
        }
        if (to == typeof(Half) && from == typeof(float))
            return new(TypeLayout.For(to), [ir.Emit(IrOp.FloatToHalf, IrType.I32, value)]);
        if (to == typeof(Half) && from == typeof(double))
            return new(TypeLayout.For(to), [DeviceIntrinsics.DoubleToHalf(ir, value)]);
        return call.Translator.Inline(call);
    }
}
