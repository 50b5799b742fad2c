using System.Reflection.Emit;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

// Calls of vector methods, reinterpretation, and masks of active lanes.
internal sealed partial class SimdEmitter
{
    private void Vector(string name, Type element, int arity)
    {
        Type vector = _isa.Vector(element);
        _code.Call(_isa.Method(name, arity switch { 1 => [vector], 2 => [vector, vector], _ => [vector, vector, vector] }));
    }

    private void PushZero(Type element) => _code.Call(_isa.Property("Zero", element));

    // Reinterprets the vector on the stack.
    private void As(Type from, Type to)
    {
        if (from == to)
            return;
        string name = to == typeof(int) ? "AsInt32" : to == typeof(uint) ? "AsUInt32" : to == typeof(long) ? "AsInt64"
            : to == typeof(ulong) ? "AsUInt64" : to == typeof(float) ? "AsSingle" : to == typeof(double) ? "AsDouble"
            : to == typeof(short) ? "AsInt16" : to == typeof(ushort) ? "AsUInt16" : to == typeof(sbyte) ? "AsSByte" : "AsByte";
        _code.Call(_isa.Method(name, _isa.Vector(from)));
    }

    // The mask, widened and reinterpreted so that it selects elements of the given type.
    private void PushMaskAs(LocalBuilder mask, IrType type, int part)
    {
        _code.Load(mask);
        MaskAs(type, part);
    }

    private void MaskAs(IrType type, int part)
    {
        if (Parts(type) == 2)
        {
            _code.Call(_isa.Method(part == 0 ? "WidenLower" : "WidenUpper", _isa.Vector(typeof(int))));
            As(typeof(long), Element(type));
        }
        else
        {
            As(typeof(int), Element(type));
        }
    }

    // Pushes 0 if no lane of the mask is set.
    private void PushAnyActive(LocalBuilder mask) => PushBits(mask);

    // Pushes one bit per lane as an int.
    private void PushBits(LocalBuilder mask)
    {
        _code.Load(mask);
        Bits();
    }

    private void Bits()
    {
        Vector("ExtractMostSignificantBits", typeof(int), 1);
        if (_isa.Bits == 512)
            _code.Op(OpCodes.Conv_I4);
    }

    private int AllLanes => (1 << _isa.Lanes) - 1;

    private void PushActiveBits()
    {
        if (_mask is null)
            _code.Int(AllLanes);
        else
            PushBits(_mask);
    }
}
