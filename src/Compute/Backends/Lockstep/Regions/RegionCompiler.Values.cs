using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using GemmaIlgpu.Compute.Backends.Simd;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Values on the way between rows and registers.</content>
internal sealed unsafe partial class RegionCompiler
{
    private static readonly VectorIsa s_isa = VectorIsa.Of(256);

    private static Type Scalar(IrType type) => type == IrType.I32 ? typeof(int) : typeof(long);

    private static Type Element(IrType type) => type switch
    {
        IrType.I32 => typeof(int),
        IrType.F32 => typeof(float),
        IrType.F64 => typeof(double),
        _ => typeof(long),
    };

    private static Type Vector(Type element) => s_isa.Vector(element);

    private int Parts(IrType type) => _lanes / LanesOfPart(type);

    private static int LanesOfPart(IrType type) => type is IrType.I32 or IrType.F32 ? 8 : 4;

    private void Call(MethodInfo method)
    {
        // What is inlined needs variables for what it is given and what it makes.
        if (method.MethodImplementationFlags.HasFlag(MethodImplAttributes.AggressiveInlining) && method.DeclaringType!.Assembly == typeof(RegionCompiler).Assembly)
            _temporaries += method.GetParameters().Length + 1;
        _il.Emit(OpCodes.Call, method);
    }

    private void CallVector(string name, params Type[] parameters) => Call(s_isa.Method(name, parameters));

    private void PushRow(int offset)
    {
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldc_I4, offset);
        _il.Emit(OpCodes.Add);
    }

    private void PushRow(IrValue value) => PushRow(program.RowOf(value));

    private void PushTag(IrValue value, int offset) => PushRow(program.RowOf(value) - RowTag.Bytes + offset);

    private void PushTagNumber(IrValue value, int offset)
    {
        PushTag(value, offset);
        _il.Emit(OpCodes.Ldind_I8);
        if (value.Type == IrType.I32)
            _il.Emit(OpCodes.Conv_I4);
    }

    private void PushRowPart(IrValue value, int part)
    {
        PushRow(program.RowOf(value) + (32 * part));
        CallVector("Load", Element(value.Type).MakePointerType());
    }

    private void PushRowBits(IrValue value)
    {
        PushRow(value);
        _il.Emit(OpCodes.Ldind_I8);
    }

    private void PushFill(IrValue value)
    {
        _il.Emit(OpCodes.Ldarg_1);
        PushRow(value);
        Call(typeof(RegionOps).GetMethod(nameof(RegionOps.Fill))!);
    }

    private void PushConstant(IrType type, long bits)
    {
        switch (type)
        {
            case IrType.I32: _il.Emit(OpCodes.Ldc_I4, (int)bits); break;
            case IrType.F32: _il.Emit(OpCodes.Ldc_R4, BitConverter.Int32BitsToSingle((int)bits)); break;
            case IrType.F64: _il.Emit(OpCodes.Ldc_R8, BitConverter.Int64BitsToDouble(bits)); break;
            default: _il.Emit(OpCodes.Ldc_I8, bits); break;
        }
    }

    // A number that all lanes share, or that of lane 0.
    private void PushStart(IrValue value)
    {
        Form form = _forms[value];
        if (form.Kind == FormKind.Constant)
            PushConstant(value.Type, form.Number);
        else
            _il.Emit(OpCodes.Ldloc, form.Locals[0]);
    }

    private void PushStep(IrValue value)
    {
        Form form = _forms[value];
        if (form.Step is not null)
            _il.Emit(OpCodes.Ldloc, form.Step);
        else
            PushConstant(value.Type, form.Kind == FormKind.Affine ? form.Number : 0);
    }

    // One vector of a value's lanes, as one of other elements if asked.
    private void PushPart(IrValue value, int part, Type wanted)
    {
        Type element = Element(value.Type);
        Form form = _forms[value];
        switch (form.Kind)
        {
            case FormKind.Row:
                PushRowPart(value, part);
                break;
            case FormKind.Constant:
                PushConstant(value.Type, form.Number);
                CallVector("Create", element);
                break;
            case FormKind.Uniform:
                _il.Emit(OpCodes.Ldloc, form.Locals[0]);
                CallVector("Create", element);
                break;
            case FormKind.Affine:
                PushAffinePart(value, form, part, element);
                break;
            case FormKind.Pattern:
                _il.Emit(OpCodes.Ldloc, form.Locals[0]);
                CallVector("Create", element);
                PushNumbers(value.Type, form.Distances.Skip(part * LanesOfPart(value.Type)));
                CallVector("Add", Vector(element), Vector(element));
                break;
            case FormKind.Broadcast:
                _il.Emit(OpCodes.Ldloc, form.Locals[0]);
                break;
            default:
                _il.Emit(OpCodes.Ldloc, form.Locals[part]);
                break;
        }
        As(element, wanted);
    }

    private void PushAffinePart(IrValue value, Form form, int part, Type element)
    {
        int count = LanesOfPart(value.Type);
        _il.Emit(OpCodes.Ldloc, form.Locals[0]);
        CallVector("Create", element);
        long factor = form.Step is null ? form.Number : 1;
        PushNumbers(value.Type, Enumerable.Range(0, count).Select(lane => ((part * count) + lane) * factor));
        if (form.Step is not null)
        {
            _il.Emit(OpCodes.Ldloc, form.Step);
            CallVector("Create", element);
            CallVector("Multiply", Vector(element), Vector(element));
        }
        CallVector("Add", Vector(element), Vector(element));
    }

    // A vector of as many numbers as there are lanes in it.
    private void PushNumbers(IrType type, IEnumerable<long> numbers)
    {
        int count = LanesOfPart(type);
        foreach (long number in numbers.Take(count))
            PushConstant(type, number);
        CallVector("Create", [.. Enumerable.Repeat(Element(type), count)]);
    }

    private void As(Type from, Type to)
    {
        if (from != to)
            Call(typeof(Vector256).GetMethod(nameof(Vector256.As))!.MakeGenericMethod(from, to));
    }

    // A bit for each lane.
    private void PushBits(IrValue value)
    {
        Form form = _forms[value];
        switch (form.Kind)
        {
            case FormKind.Row:
                PushRowBits(value);
                break;
            case FormKind.Bit:
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Ldloc, form.Locals[0]);
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Conv_I8);
                break;
            case FormKind.Bits:
                _il.Emit(OpCodes.Ldloc, form.Locals[0]);
                break;
            default:
                Type element = form.Width == 4 ? typeof(int) : typeof(long);
                for (int part = 0; part < form.Locals.Length; part++)
                {
                    _il.Emit(OpCodes.Ldloc, form.Locals[part]);
                    CallVector("ExtractMostSignificantBits", Vector(element));
                    _il.Emit(OpCodes.Conv_U8);
                    _il.Emit(OpCodes.Ldc_I4, part * 32 / form.Width);
                    _il.Emit(OpCodes.Shl);
                    if (part > 0)
                        _il.Emit(OpCodes.Or);
                }
                break;
        }
    }

    // A condition for one vector of lanes.
    private void PushMask(IrValue condition, int part, int width)
    {
        Form form = _forms[condition];
        if (form.Kind == FormKind.Masks && form.Width == width)
        {
            _il.Emit(OpCodes.Ldloc, form.Locals[part]);
            return;
        }
        PushBits(condition);
        _il.Emit(OpCodes.Ldc_I4, part * 32 / width);
        Call(typeof(RegionOps).GetMethod(width == 4 ? nameof(RegionOps.Mask32) : nameof(RegionOps.Mask64))!);
    }
}
