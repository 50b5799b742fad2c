using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

// Atomic operations: the built-in ones where the language has them, loops around compare-and-exchange for floats.
internal sealed partial class OpenCLEmitter
{
    private void WriteAtomic(IrValue value)
    {
        var operation = (AtomicOperation)value.Immediate;
        IrType type = value.Memory.RegisterType();
        if (value.Operands[0].Space == AddressSpace.Local)
        {
            WritePrivateAtomic(value, operation, type);
            return;
        }
        bool isLong = value.Memory.SizeInBytes() == 8;
        string prefix = isLong ? "atom_" : "atomic_";
        string moved = Bare(Operand(value.Operands[1]));
        if (operation == AtomicOperation.Exchange || !type.IsFloat())
        {
            bool isSigned = operation is AtomicOperation.Min or AtomicOperation.Max;
            string word = isSigned ? OpenCLNames.Signed(type) : isLong ? "ulong" : "uint";
            string name = operation switch
            {
                AtomicOperation.Exchange => "xchg",
                AtomicOperation.MinU => "min",
                AtomicOperation.MaxU => "max",
                _ => operation.ToString().ToLowerInvariant(),
            };
            string argument = type.IsFloat() ? ToWord(type, moved) : isSigned ? $"({word}){Operand(value.Operands[1])}" : moved;
            string old = $"{prefix}{name}({Cell(value.Operands[0], word)}, {argument})";
            Line($"{Target(value)} = {(type.IsFloat() ? FromWord(type, old) : isSigned ? $"({OpenCLNames.Type(type)}){old}" : old)};");
            return;
        }
        string bits = isLong ? "ulong" : "uint";
        if (_declaredAtUse.Contains(value))
            Line($"{OpenCLNames.Type(type)} {Name(value)};");
        Line("{");
        Line($"    volatile {OpenCLNames.Space(value.Operands[0].Space)} {bits}* cell = {Cell(value.Operands[0], bits)};");
        Line($"    {OpenCLNames.Type(type)} operand = {moved};");
        Line($"    {bits} seen, old = *cell;");
        Line("    do");
        Line("        seen = old;");
        Line($"    while ((old = {prefix}cmpxchg(cell, seen, {ToWord(type, Combined(operation, type, FromWord(type, "seen"), "operand"))})) != seen);");
        Line($"    {Name(value)} = {FromWord(type, "old")};");
        Line("}");
    }

    private void WriteCompareExchange(IrValue value)
    {
        IrType type = value.Memory.RegisterType();
        string expected = Bare(Operand(value.Operands[1])), moved = Bare(Operand(value.Operands[2]));
        bool isLong = value.Memory.SizeInBytes() == 8;
        if (value.Operands[0].Space == AddressSpace.Local)
        {
            string place = Place(value.Operands[0], value.Memory);
            Line($"{Target(value)} = {place};");
            Line($"if ({ToWord(type, Name(value))} == {ToWord(type, expected)})");
            Line($"    {place} = {moved};");
            return;
        }
        string old = $"{(isLong ? "atom" : "atomic")}_cmpxchg({Cell(value.Operands[0], isLong ? "ulong" : "uint")}, {ToWord(type, expected)}, {ToWord(type, moved)})";
        Line($"{Target(value)} = {FromWord(type, old)};");
    }

    // Nobody else sees a thread's own memory.
    private void WritePrivateAtomic(IrValue value, AtomicOperation operation, IrType type)
    {
        string place = Place(value.Operands[0], value.Memory), operand = Bare(Operand(value.Operands[1]));
        Line($"{Target(value)} = {place};");
        Line($"{place} = {(operation == AtomicOperation.Exchange ? operand : Combined(operation, type, Name(value), $"({operand})"))};");
    }

    private string Cell(IrValue pointer, string type) => $"(volatile {OpenCLNames.Space(pointer.Space)} {type}*){Atom(pointer)}";

    private static string ToWord(IrType type, string value) => type switch
    {
        IrType.F32 => $"as_uint({value})",
        IrType.F64 => $"as_ulong({value})",
        _ => value,
    };

    private static string FromWord(IrType type, string bits) => type switch
    {
        IrType.F32 => $"as_float({bits})",
        IrType.F64 => $"as_double({bits})",
        _ => bits,
    };

    private string Combined(AtomicOperation operation, IrType type, string old, string operand)
    {
        string signed = OpenCLNames.Signed(type);
        return operation switch
        {
            AtomicOperation.Add => $"{old} + {operand}",
            AtomicOperation.And => $"{old} & {operand}",
            AtomicOperation.Or => $"{old} | {operand}",
            AtomicOperation.Xor => $"{old} ^ {operand}",
            AtomicOperation.Min when type.IsFloat() => $"{_library.Use("min_" + OpenCLNames.Type(type))}({old}, {operand})",
            AtomicOperation.Max when type.IsFloat() => $"{_library.Use("max_" + OpenCLNames.Type(type))}({old}, {operand})",
            AtomicOperation.Min => $"min(({signed}){old}, ({signed}){operand})",
            AtomicOperation.Max => $"max(({signed}){old}, ({signed}){operand})",
            AtomicOperation.MinU => $"min({old}, {operand})",
            _ => $"max({old}, {operand})",
        };
    }
}
