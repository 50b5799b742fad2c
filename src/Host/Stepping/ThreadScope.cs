using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>An expression has no value; the message is one sentence for the user.</summary>
internal sealed class EvaluationException(string message) : Exception(message);

/// <summary>The names that a thread can see at a statement.</summary>
/// <param name="machine">The launch.</param>
/// <param name="thread">The thread, by its number in the group.</param>
/// <param name="statement">Whose variables; null for none.</param>
internal sealed class ThreadScope(SteppedMachine machine, int thread, IrStatement? statement)
{
    public SteppedMachine Machine { get; } = machine;

    public int Thread { get; } = thread;

    public IrStatement? Statement { get; } = statement;

    /// <summary>Gets or sets the address of the element that was looked at last; 0 for none.</summary>
    public long LastAddress { get; set; }

    /// <summary>The value of a variable of the statement.</summary>
    public object ValueOf(IrVariable variable)
    {
        if (variable.Count == 0)
            throw new EvaluationException($"{variable.Name} is not kept by the compiler here.");
        var bits = new long[variable.Count];
        for (int i = 0; i < bits.Length; i++)
            bits[i] = Machine.Read(Statement!.Marker.Operands[variable.First + i], Thread);
        return variable.Type.IsByRef
            ? StepValues.FromMemory(Machine, variable.Type.GetElementType()!, LastAddress = bits[0], variable.Name)
            : StepValues.FromBits(variable.Type, bits, variable.Name);
    }

    /// <summary>The value of a name without dots.</summary>
    public object Resolve(string name)
    {
        if (Statement is not null)
            for (int i = Statement.Variables.Count - 1; i >= 0; i--)
                if (Statement.Variables[i].Name == name)
                    return ValueOf(Statement.Variables[i]);
        if (FieldOfThis(name) is { } field)
            return field;
        return name switch
        {
            "thread" => Thread,
            "lane" => Thread % Machine.Program.Lanes,
            "warp" => Thread / Machine.Program.Lanes,
            "group" => (int)Machine.GroupNumber,
            _ => SharedMemory.Find(Machine, name) is { } shared ? shared : throw new EvaluationException(UnknownName(name)),
        };
    }

    // In a method of a struct its fields have names of their own.
    private object? FieldOfThis(string name)
    {
        if (Statement?.Variables.FirstOrDefault(variable => variable is { Name: "this", Count: > 0 }) is not { } own || ValueOf(own) is not StructValue { Fields: var fields })
            return null;
        return Array.Find(fields, field => field.Name == name).Value;
    }

    /// <summary>The value of a property that ILGPU has, such as Group.IdxX; null if it is none.</summary>
    public object? ResolveStatic(string type, string member)
    {
        if (Statement?.Variables.Any(variable => variable.Name == type) == true)
            return null;
        Index3D own = Machine.Group.ThreadIndex(Thread), group = Machine.Group.Index;
        (int X, int Y, int Z) size = Machine.Launch.Group, grid = Machine.Launch.Grid;
        return (type, member) switch
        {
            ("Group", "IdxX") => own.X,
            ("Group", "IdxY") => own.Y,
            ("Group", "IdxZ") => own.Z,
            ("Group", "DimX") => size.X,
            ("Group", "DimY") => size.Y,
            ("Group", "DimZ") => size.Z,
            ("Group", "LinearIndex") => Thread,
            ("Grid", "IdxX") => group.X,
            ("Grid", "IdxY") => group.Y,
            ("Grid", "IdxZ") => group.Z,
            ("Grid", "DimX") => grid.X,
            ("Grid", "DimY") => grid.Y,
            ("Grid", "DimZ") => grid.Z,
            ("Grid", "LinearIndex") => (int)Machine.GroupNumber,
            ("Grid", "GlobalLinearIndex") => Machine.GroupNumber * Machine.ThreadCount + Thread,
            ("Warp", "LaneIdx") => Thread % Machine.Program.Lanes,
            ("Warp", "WarpIdx") => Thread / Machine.Program.Lanes,
            ("Warp", "WarpSize") => Machine.Program.Lanes,
            ("Group" or "Grid" or "Warp", _) => throw new EvaluationException($"{type}.{member} is not known here; there are Group.IdxX, Group.DimX, Grid.IdxX, Grid.DimX (and Y, Z), Warp.LaneIdx, Warp.WarpIdx, Warp.WarpSize."),
            _ => null,
        };
    }

    /// <summary>Why a name has no value here.</summary>
    public string UnknownName(string name)
    {
        if (Statement is null)
            return $"There is no '{name}': the thread is at no statement.";
        bool later = Machine.Statements.Any(other => other.Inlining == Statement.Inlining && other.Variables.Any(variable => variable.Name == name));
        if (later)
            return $"{name} has no value here yet.";
        if (Machine.Statements.Any(other => other.Variables.Any(variable => variable.Name == name)))
            return $"{name} belongs to another method.";
        return $"There is no '{name}' here{(IsOptimized(Statement) ? "; the C# compiler keeps a variable in a Release build only where it must" : "")}.";
    }

    /// <summary>Whether the C# compiler left variables out of what it made of a statement's method.</summary>
    public static bool IsOptimized(IrStatement statement)
    {
        var attribute = (System.Diagnostics.DebuggableAttribute?)Attribute.GetCustomAttribute(
            statement.Inlining.Code.Module.Assembly, typeof(System.Diagnostics.DebuggableAttribute));
        return attribute is null || !attribute.IsJITOptimizerDisabled;
    }
}

/// <summary>Shared memory by the names of the variables that hold it.</summary>
internal static class SharedMemory
{
    /// <summary>The allocations of a kernel.</summary>
    public static unsafe IEnumerable<ViewValue> All(SteppedMachine machine)
    {
        LockstepProgram program = machine.Program;
        for (int i = 0; i < program.Kernel.SharedAllocations.Count; i++)
        {
            IrAllocation allocation = program.Kernel.SharedAllocations[i];
            yield return View(machine, allocation.Variable ?? $"shared{i}", program.SharedOffsets[i], ElementOf(machine, i, allocation), allocation.SizeInBytes);
        }
        if (machine.Launch.DynamicSharedBytes > 0)
            yield return View(machine, "dynamic", program.SharedBytes, TypeAt(machine, root => root.Op == IrOp.DynamicSharedBase) ?? typeof(byte), machine.Launch.DynamicSharedBytes);
    }

    public static ViewValue? Find(SteppedMachine machine, string name) => All(machine).FirstOrDefault(view => view.Name == name);

    private static unsafe ViewValue View(SteppedMachine machine, string name, long offset, Type element, long bytes) =>
        new(element, (long)machine.Group.Shared + offset, [bytes / GemmaIlgpu.Compute.Frontend.TypeLayout.For(element).Size], [1], name);

    // What is loaded from it and stored to it says what lies there.
    private static Type ElementOf(SteppedMachine machine, int index, IrAllocation allocation)
    {
        foreach (IrStatement statement in machine.Statements)
            foreach (IrVariable variable in statement.Variables)
                if (variable.Name == allocation.Variable && GemmaIlgpu.Compute.Frontend.TypeLayout.IsView(variable.Type))
                    return variable.Type.GetGenericArguments()[0];
        return TypeAt(machine, root => root.Op == IrOp.SharedBase && root.Immediate == index)
            ?? allocation.ElementSize switch { 1 => typeof(byte), 2 => typeof(short), 8 => typeof(long), _ => typeof(float) };
    }

    private static Type? TypeAt(SteppedMachine machine, Predicate<IrValue> isThere)
    {
        foreach (IrValue? value in machine.Program.Values)
            if (value is { Op: IrOp.Load or IrOp.Store } && PointerRoots.Find(value.Operands[0]) is { } root && isThere(root))
                return OfMemory(value.Memory);
        return null;
    }

    private static Type OfMemory(MemoryType memory) => memory switch
    {
        MemoryType.I8 => typeof(sbyte),
        MemoryType.U8 => typeof(byte),
        MemoryType.I16 => typeof(short),
        MemoryType.U16 => typeof(ushort),
        MemoryType.I64 => typeof(long),
        MemoryType.F32 => typeof(float),
        MemoryType.F64 => typeof(double),
        _ => typeof(int),
    };
}
