using System.Buffers.Binary;
using System.Numerics;

namespace GemmaIlgpu.PtxInterpreter.Text;

internal sealed partial class Parser
{
    private static readonly Dictionary<string, StateSpace> Spaces = new()
    {
        [".global"] = StateSpace.Global,
        [".const"] = StateSpace.Const,
        [".shared"] = StateSpace.Shared,
        [".local"] = StateSpace.Local,
        [".param"] = StateSpace.Param,
    };

    private void ParseVariables(Scope scope, List<Variable> list, bool external)
    {
        StateSpace space = Spaces[_text.TakeDirective()!];
        do
        {
            Variable variable = ParseVariable(space, external);
            if (!scope.Declare(variable.Name, variable))
                throw _text.Error($"{variable.Name} is declared twice");
            list.Add(variable);
        }
        while (_text.Take(','));
        _text.Expect(';');
    }

    private Variable ParseVariable(StateSpace space, bool external)
    {
        int alignment = 0;
        int lanes = 1;
        PtxType? type = null;
        while (_text.TakeDirective() is { } directive)
        {
            if (directive == ".align")
                alignment = checked((int)_text.Integer());
            else if (directive is ".v2" or ".v4")
                lanes = directive[2] - '0';
            else if (directive == ".ptr")
            {
                // States what a pointer parameter points to; says nothing about the parameter itself.
                while (_text.PeekDirective() is ".global" or ".const" or ".shared" or ".local")
                    _text.TakeDirective();
                if (_text.TakeDirective(".align"))
                    _text.Integer();
            }
            else if (PtxTypes.TryParse(directive[1..], out PtxType parsed) && type is null)
                type = parsed;
            else
                throw _text.Error($"{directive} is not taken in a declaration");
        }
        if (type is not { } element || element == PtxType.Pred)
            throw _text.Error("a variable needs a type that has a size");
        if (alignment == 0)
            alignment = element.Size() * lanes;
        if (!BitOperations.IsPow2(alignment))
            throw _text.Error($".align {alignment} is not a power of two");
        string name = _text.Name();
        long? count = 1;
        while (_text.Take('['))
        {
            count = _text.Peek() == ']' ? null : count * _text.Integer();
            _text.Expect(']');
        }
        if (count is null && !external)
        {
            if (_text.Peek() != '=')
                throw _text.Error($"{name}[] needs a size, an initialiser or .extern");
        }
        byte[]? initial = null;
        List<(int At, string Name, long Add)> relocations = [];
        if (_text.Take('='))
        {
            if (space is not (StateSpace.Global or StateSpace.Const))
                throw _text.Error($"{name}: only .global and .const variables have initialisers");
            List<byte> bytes = [];
            ReadInitial(element, bytes, relocations);
            count ??= bytes.Count / element.Size();
            if (bytes.Count > count.Value * element.Size() * lanes)
                throw _text.Error($"{name} has more initial values than elements");
            initial = new byte[count.Value * element.Size() * lanes];
            bytes.CopyTo(initial);
        }
        var variable = new Variable(name, space, element, alignment, (count ?? 0) * element.Size() * lanes, initial, external && count is null);
        variable.Relocations.AddRange(relocations);
        return variable;
    }

    private void ReadInitial(PtxType element, List<byte> bytes, List<(int At, string Name, long Add)> relocations)
    {
        if (_text.Take('{'))
        {
            while (!_text.Take('}'))
            {
                ReadInitial(element, bytes, relocations);
                if (_text.Peek() != '}')
                    _text.Expect(',');
            }
            return;
        }
        Span<byte> value = stackalloc byte[8];
        if (_text.AtName)
        {
            string name = _text.Name();
            if (name == "generic")
            {
                _text.Expect('(');
                name = _text.Name();
                _text.Expect(')');
            }
            relocations.Add((bytes.Count, name, _text.Peek() == '+' ? _text.Integer() : 0));
        }
        else
            BinaryPrimitives.WriteUInt64LittleEndian(value, LiteralBits(_text.Number(), element));
        bytes.AddRange(value[..element.Size()]);
    }

    private ulong LiteralBits(LiteralOperand literal, PtxType type) =>
        Literals.Bits(literal, type) ?? throw _text.Error($"the literal does not fit {type.Name()}");
}

/// <summary>What a literal's bits are where an operand of some type stands.</summary>
internal static class Literals
{
    /// <summary>Null where the literal cannot stand for the type.</summary>
    public static ulong? Bits(LiteralOperand literal, PtxType type)
    {
        switch (literal.Kind)
        {
            case LiteralKind.Integer:
                if (type is PtxType.F32 or PtxType.F64 or PtxType.F16 or PtxType.BF16)
                    return null;
                return type.Size() >= 8 ? literal.Bits : literal.Bits & ((1UL << (8 * type.Size())) - 1);
            case LiteralKind.Float32:
                return type switch
                {
                    PtxType.F32 or PtxType.B32 or PtxType.TF32 => literal.Bits,
                    PtxType.F64 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)literal.Bits)),
                    _ => null,
                };
            default:
                double value = BitConverter.UInt64BitsToDouble(literal.Bits);
                return type switch
                {
                    PtxType.F64 or PtxType.B64 => literal.Bits,
                    PtxType.F32 => BitConverter.SingleToUInt32Bits((float)value),
                    _ => null,
                };
        }
    }
}
