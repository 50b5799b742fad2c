using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>A method being inlined: its variables, its stack and its blocks.</summary>
internal sealed class Frame(IlMethod code, Frame? caller)
{
    /// <summary>What is known of one block of this method.</summary>
    public sealed class BlockState(IrBlock block)
    {
        public IrBlock Block { get; } = block;

        /// <summary>What lies on the stack on entry, set by the first jump here.</summary>
        public List<(TypeLayout? Layout, int Variable, int Count)>? EntryStack { get; set; }

        public bool Started { get; set; }
    }

    public IlMethod Code { get; } = code;

    public Frame? Caller { get; } = caller;

    public MethodBase Method => Code.Method;

    /// <summary>First variable and layout of each argument, "this" first; a symbol-only argument has one variable.</summary>
    public (int Variable, TypeLayout Layout)[] Arguments { get; set; } = [];

    public (int Variable, TypeLayout Layout)[] Locals { get; set; } = [];

    public List<StackValue> Stack { get; } = [];

    public BlockState?[] Blocks { get; } = new BlockState?[code.Blocks.Length];

    /// <summary>Blocks that a jump has reached and that are not translated yet.</summary>
    public SortedSet<int> Pending { get; } = [];

    /// <summary>Blocks begun whose predecessors are not all known.</summary>
    public List<IlBlock> Open { get; } = [];

    public bool[] Done { get; } = new bool[code.Blocks.Length];

    /// <summary>Where the method returns, and what.</summary>
    public List<(IrBlock Block, StackValue? Value)> Returns { get; } = [];

    /// <summary>The type of the next call's receiver, from a "constrained." prefix.</summary>
    public Type? Constraint { get; set; }

    /// <summary>The method belongs to the ILGPU API: its operations count as the line that calls it.</summary>
    public bool IsLibrary { get; } = caller is not null && code.Method.Module == typeof(Frame).Module;

    /// <summary>A constructor, or what the compiler wrote (accessors of properties, members of records): only the line that calls it
    /// tells something.</summary>
    public bool IsUnseen { get; } = caller is not null && (code.Method.IsConstructor
        || (code.Method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), false) && !code.Method.Name.StartsWith('<')));

    /// <summary>Gets or sets what statements say of this method.</summary>
    public IrInlining? Inlining { get; set; }

    /// <summary>Gets or sets the last statement that was marked; -1 for none.</summary>
    public int LastStatement { get; set; } = -1;

    /// <summary>Position of the instruction being translated.</summary>
    public int At { get; set; }

    /// <summary>Source line of the instruction being translated.</summary>
    public SourceLocation? Location { get; set; }

    /// <summary>The next instructions came from a line.</summary>
    public void GoTo(SourceLocation? line)
    {
        if (line is null || line != Location || line.CalledFrom != Caller?.Location)
            Location = line is not null && Caller?.Location is { } call ? line with { CalledFrom = call } : line;
    }

    public void Push(StackValue value) => Stack.Add(value);

    public StackValue Pop()
    {
        StackValue value = Stack[^1];
        Stack.RemoveAt(Stack.Count - 1);
        return value;
    }
}
