using System.Globalization;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

// Addresses, loads and stores.
internal sealed partial class PtxEmitter
{
    private readonly HashSet<IrValue> _generic = [];

    private bool EmitMemory(IrValue value)
    {
        switch (value.Op)
        {
            case IrOp.Address or IrOp.AlignedPointer:
                EmitAddress(value);
                return true;
            case IrOp.Load or IrOp.Store when _vectors.IsPart(value):
                if (_vectors.At(value) is { } vector)
                    EmitVector(value, vector);
                return true;
            case IrOp.Load:
                Line($"ld{SpaceOf(value.Operands[0])}.{MemoryName(value.Memory)}", Result(value), Access(value.Operands[0]));
                return true;
            case IrOp.Store:
                Line($"st{SpaceOf(value.Operands[0])}.{StoredName(value.Memory)}", Access(value.Operands[0]), Register(value.Operands[1]));
                return true;
            case IrOp.Atomic:
                EmitAtomic(value);
                return true;
            case IrOp.AtomicCompareExchange:
                EmitCompareExchange(value);
                return true;
            default:
                return false;
        }
    }

    // One instruction for neighbours.
    private void EmitVector(IrValue at, PtxVector vector)
    {
        IrValue first = vector.Parts[0];
        bool isLoad = first.Op == IrOp.Load;
        string type = first.Memory.SizeInBytes() switch { 4 => "b32", 8 => "b64", _ => isLoad ? MemoryName(first.Memory) : StoredName(first.Memory) };
        string operation = $"{(isLoad ? "ld" : "st")}{SpaceOf(at.Operands[0])}.v{vector.Parts.Length}.{type}";
        string parts = $"{{{string.Join(", ", vector.Parts.Select(part => isLoad ? Result(part) : Register(part.Operands[1])))}}}";
        (IrValue? start, string? name, _) = Base(first.Operands[0]);
        string place = $"[{Sum(name ?? Register(start!), vector.Offset)}]";
        Line(operation, isLoad ? parts : place, isLoad ? place : parts);
    }

    private static string MemoryName(MemoryType memory) => memory switch
    {
        MemoryType.I8 => "s8",
        MemoryType.I16 => "s16",
        _ => StoredName(memory),
    };

    private static string StoredName(MemoryType memory) => memory switch
    {
        MemoryType.I8 or MemoryType.U8 => "u8",
        MemoryType.I16 or MemoryType.U16 => "u16",
        MemoryType.I32 => "u32",
        MemoryType.I64 => "u64",
        MemoryType.F32 => "f32",
        _ => "f64",
    };

    // A pointer made of a number may point anywhere; the processor then finds out.
    private string SpaceOf(IrValue pointer) => IsGeneric(pointer) ? "" : pointer.Space switch
    {
        AddressSpace.Shared => ".shared",
        AddressSpace.Local => ".local",
        AddressSpace.Constant when _module.TablesAreConstant => ".const",
        _ => ".global",
    };

    private bool IsGeneric(IrValue pointer)
    {
        if (pointer.Space != AddressSpace.Global)
            return false;
        var seen = new HashSet<IrValue>();
        var work = new Stack<IrValue>([pointer]);
        while (work.TryPop(out IrValue? value))
        {
            if (!seen.Add(value))
                continue;
            if (value.Op == IrOp.IntToPointer || _generic.Contains(value))
            {
                _generic.Add(pointer);
                return true;
            }
            foreach (IrValue operand in value.Operands)
                if (operand.Type == IrType.Ptr)
                    work.Push(operand);
        }
        return false;
    }

    /// <summary>What an address starts from once constant offsets are taken off; null if that is a name.</summary>
    private (IrValue? Pointer, string? Name, long Offset) Base(IrValue pointer)
    {
        long offset = 0;
        while (pointer is { Op: IrOp.Address, Operands.Count: 1 } or { Op: IrOp.AlignedPointer })
        {
            offset += pointer.Op == IrOp.Address ? pointer.Offset : 0;
            pointer = pointer.Operands[0];
        }
        return pointer.Op switch
        {
            IrOp.SharedBase when !_module.SharedIsDynamic => (null, PtxModule.SharedName(pointer.Immediate), offset),
            IrOp.SharedBase when !kernel.UsesDynamicShared => (null, PtxModule.DynamicShared, offset + _module.SharedOffset(pointer.Immediate)),
            IrOp.DynamicSharedBase => (null, PtxModule.DynamicShared, offset),
            IrOp.LocalBase => (null, PtxModule.LocalName(pointer.Immediate), offset),
            IrOp.ConstantBase => (null, _module.TableName(pointer.Immediate), offset),
            _ => (pointer, null, offset),
        };
    }

    // A name with an offset, if the pointer is one.
    private string? Symbol(IrValue pointer) => Base(pointer) is (null, { } name, var offset) ? Sum(name, offset) : null;

    // PTX has no minus here: a distance backwards is added as a negative number.
    private static string Sum(string start, long offset) => offset == 0 ? start : string.Create(CultureInfo.InvariantCulture, $"{start}+{offset}");

    private string Access(IrValue pointer)
    {
        (IrValue? start, string? name, long offset) = Base(pointer);
        return $"[{Sum(name ?? Register(start!), offset)}]";
    }

    private void EmitBase(IrValue value)
    {
        if (Symbol(value) is { } symbol)
        {
            Line(PtxRegisters.HasShortAddress(value) ? "mov.u32" : "mov.u64", Result(value), symbol);
            return;
        }
        EmitMoved(Result(value), _module.SharedOffset(value.Immediate));
    }

    // A place behind the kernel's own dynamic part, whose length the launch decides.
    private void EmitMoved(string result, long offset)
    {
        if (!kernel.UsesDynamicShared)
        {
            Line("mov.u32", result, Sum(PtxModule.DynamicShared, offset));
            return;
        }
        string length = New(RegisterClass.Long), low = New(RegisterClass.Int), up = New(RegisterClass.Int), rounded = New(RegisterClass.Int), start = New(RegisterClass.Int);
        Line("ld.param.u64", length, $"[{PtxModule.DynamicLength}]");
        Line("cvt.u32.u64", low, length);
        Line("add.s32", up, low, (PtxKernel.DynamicAlignment - 1).ToString(CultureInfo.InvariantCulture));
        Line("and.b32", rounded, up, (-PtxKernel.DynamicAlignment).ToString(CultureInfo.InvariantCulture));
        Line("mov.u32", start, Sum(PtxModule.DynamicShared, offset));
        Line("add.s32", result, start, rounded);
    }

    // The 32-bit number of which an index is made, if it is.
    private static IrValue Narrowed(IrValue index, out string extension)
    {
        extension = index.Op switch { IrOp.SignExtend => ".s32", IrOp.ZeroExtend => ".u32", _ => "" };
        return extension.Length > 0 ? index.Operands[0] : index;
    }

    private void EmitAddress(IrValue value)
    {
        if (value.Op == IrOp.AlignedPointer || value.Operands.Count == 1)
        {
            (IrValue? pointer, string? name, long offset) = Base(value);
            bool isShort = PtxRegisters.HasShortAddress(value);
            if (name is not null)
                Line(isShort ? "mov.u32" : "mov.u64", Result(value), Sum(name, offset));
            else if (offset == 0)
                Line(isShort ? "mov.b32" : "mov.b64", Result(value), Register(pointer!));
            else
                Line(isShort ? "add.s32" : "add.s64", Result(value), Register(pointer!), offset.ToString(CultureInfo.InvariantCulture));
            return;
        }
        IrValue index = Narrowed(value.Operands[1], out string extension);
        string start = Start(value.Operands[0]), stride = value.Immediate.ToString(CultureInfo.InvariantCulture);
        string at = Register(index);
        if (PtxRegisters.HasShortAddress(value))
        {
            if (index.Type == IrType.I64)
            {
                string low = New(RegisterClass.Int);
                Line("cvt.u32.u64", low, at);
                at = low;
            }
            Step("s32", value, at, start, RegisterClass.Int, RegisterClass.Int);
        }
        else if (extension.Length > 0 && value.Immediate is >= 0 and <= int.MaxValue)
        {
            Line("mad.wide" + extension, WithOffset(value, RegisterClass.Long, out string result), at, stride, start);
            Finish(value, result, "add.s64");
        }
        else
        {
            if (extension.Length > 0)
            {
                string wide = New(RegisterClass.Long);
                Line(extension == ".s32" ? "cvt.s64.s32" : "cvt.u64.u32", wide, at);
                at = wide;
            }
            Step("s64", value, at, start, RegisterClass.Long, RegisterClass.Long);
        }
    }

    // start + index · stride, by a shift where the stride is a power of two.
    private void Step(string type, IrValue value, string index, string start, RegisterClass kind, RegisterClass result)
    {
        string bits = type == "s32" ? "b32" : "b64";
        if (System.Numerics.BitOperations.IsPow2(value.Immediate))
        {
            string scaled = index;
            if (value.Immediate > 1)
            {
                scaled = New(kind);
                Line("shl." + bits, scaled, index, System.Numerics.BitOperations.Log2((ulong)value.Immediate).ToString(CultureInfo.InvariantCulture));
            }
            Line("add." + type, WithOffset(value, result, out string sum), start, scaled);
            Finish(value, sum, "add." + type);
            return;
        }
        Line("mad.lo." + type, WithOffset(value, result, out string product), index, value.Immediate.ToString(CultureInfo.InvariantCulture), start);
        Finish(value, product, "add." + type);
    }

    // Offsets too large for an instruction stay with the address.
    private string WithOffset(IrValue value, RegisterClass kind, out string register) =>
        register = value.Offset == 0 ? Result(value) : New(kind);

    private void Finish(IrValue value, string register, string add)
    {
        if (value.Offset != 0)
            Line(add, Result(value), register, Literal(IrType.I64, value.Offset));
    }

    private string Start(IrValue pointer)
    {
        if (Symbol(pointer) is not { } symbol)
            return Register(pointer);
        if (_of.TryGetValue(pointer, out string? known))
            return known;
        bool isShort = PtxRegisters.HasShortAddress(pointer);
        string register = New(isShort ? RegisterClass.Int : RegisterClass.Long);
        Line(isShort ? "mov.u32" : "mov.u64", register, symbol);
        return register;
    }

    // Numbers of pointers are addresses that hold everywhere.
    private void EmitPointerToInt(IrValue value, IrValue pointer)
    {
        string address = Register(pointer);
        if (PtxRegisters.HasShortAddress(pointer))
        {
            string wide = New(RegisterClass.Long);
            Line("cvt.u64.u32", wide, address);
            address = wide;
        }
        if (pointer.Space == AddressSpace.Global)
            Line("mov.b64", Result(value), address);
        else
            Line($"cvta{SpaceOf(pointer)}.u64", Result(value), address);
    }
}
