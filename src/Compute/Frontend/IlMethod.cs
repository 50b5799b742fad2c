using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>A run of instructions with one entry and one exit.</summary>
internal sealed class IlBlock(int first)
{
    /// <summary>Index of the first instruction.</summary>
    public int First { get; } = first;

    /// <summary>Index after the last instruction.</summary>
    public int End { get; set; }

    /// <summary>Position in the order of translation.</summary>
    public int Order { get; set; } = -1;

    public List<IlBlock> Successors { get; } = [];

    public List<IlBlock> Predecessors { get; } = [];
}

/// <summary>The decoded body of a method, closed over its generic arguments, cut into blocks.</summary>
internal sealed class IlMethod
{
    private static readonly CodeCache<MethodBase, IlMethod?> s_cache = new(static method => method.IsCollectible);

    private readonly Type[]? _typeArguments;
    private readonly Type[]? _methodArguments;
    private readonly Dictionary<int, IlBlock> _blockAt = [];
    private readonly ConcurrentDictionary<int, MemberInfo> _members = new();
    private readonly ConcurrentDictionary<int, int> _argumentCounts = new();

    private IlMethod(MethodBase method, System.Reflection.MethodBody body)
    {
        Method = method;
        _typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        _methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        LocalTypes = [.. body.LocalVariables.Select(local => local.LocalType)];
        LocalLayouts = [.. LocalTypes.Select(TypeLayout.For)];
        ParameterLayouts = [.. method.GetParameters().Select(parameter => TypeLayout.For(parameter.ParameterType))];
        HasHandlers = body.ExceptionHandlingClauses.Count > 0;
        Instructions = IlReader.Decode(body.GetILAsByteArray());
        FindBlocks();
        Order();
        Symbols = SourceMap.For(method);
    }

    public MethodBase Method { get; }

    public IlInstruction[] Instructions { get; }

    public Type[] LocalTypes { get; }

    public TypeLayout[] LocalLayouts { get; }

    /// <summary>Layouts of the declared parameters, without "this".</summary>
    public TypeLayout[] ParameterLayouts { get; }

    /// <summary>True when the method has try, catch or finally.</summary>
    public bool HasHandlers { get; }

    /// <summary>Reachable blocks, each after all of its predecessors but those on back edges.</summary>
    public IlBlock[] Blocks { get; private set; } = [];

    public SourceMap? Symbols { get; }

    /// <summary>Which locals have a value where; made when first asked for.</summary>
    public AssignedLocals Assigned => field ??= new(this);

    /// <summary>The body of a method, or null when it has none (abstract, or made by the runtime).</summary>
    public static IlMethod? For(MethodBase method) => s_cache.GetOrAdd(method, static method =>
        method.GetMethodBody() is { } body ? new(method, body) : null);

    public IlBlock BlockAt(int offset) => _blockAt[offset];

    public MethodBase ResolveMethod(int token) => (MethodBase)Resolve(token);

    /// <summary>How many values a call of the token's method takes from the stack.</summary>
    public int ArgumentCount(int token) => _argumentCounts.GetOrAdd(token, static (token, self) =>
    {
        MethodBase method = self.ResolveMethod(token);
        return method.GetParameters().Length + (method.IsStatic ? 0 : 1);
    }, this);

    public FieldInfo ResolveField(int token) => (FieldInfo)Resolve(token);

    public Type ResolveType(int token) => (Type)Resolve(token);

    /// <summary>The member that a token stands for.</summary>
    public MemberInfo Resolve(int token) => _members.GetOrAdd(token,
        static (token, self) => self.Method.Module.ResolveMember(token, self._typeArguments, self._methodArguments)
            ?? throw new BadImageFormatException($"Token {token:X8} of {self.Method} names nothing."), this);

    private void FindBlocks()
    {
        var leaders = new SortedSet<int> { 0 };
        foreach ((IlInstruction instruction, int i) in Instructions.Select((instruction, i) => (instruction, i)))
        {
            foreach (int target in TargetsOf(instruction))
                leaders.Add(target);
            if (IlReader.Flow(instruction.Code) is not (FlowControl.Next or FlowControl.Call or FlowControl.Meta or FlowControl.Break) && i + 1 < Instructions.Length)
                leaders.Add(Instructions[i + 1].Offset);
        }
        IlBlock? last = null;
        for (int i = 0; i < Instructions.Length; i++)
        {
            if (!leaders.Contains(Instructions[i].Offset))
                continue;
            last?.End = i;
            _blockAt[Instructions[i].Offset] = last = new(i);
        }
        last!.End = Instructions.Length;
        foreach (IlBlock block in _blockAt.Values)
        {
            IlInstruction exit = Instructions[block.End - 1];
            if (IlReader.Flow(exit.Code) is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw) && block.End < Instructions.Length)
                block.Successors.Add(_blockAt[Instructions[block.End].Offset]);
            foreach (int target in TargetsOf(exit))
                if (!block.Successors.Contains(_blockAt[target]))
                    block.Successors.Add(_blockAt[target]);
        }
    }

    private static IEnumerable<int> TargetsOf(IlInstruction instruction)
    {
        if (instruction.Targets is not null)
            return instruction.Targets;
        return IlReader.OperandKind(instruction.Code) is OperandType.InlineBrTarget or OperandType.ShortInlineBrTarget ? [(int)instruction.Operand] : [];
    }

    // Reverse postorder that finishes loop bodies before loop exits: of two ways on, the one that cannot come back is visited first.
    private void Order()
    {
        var order = new List<IlBlock>();
        var visited = new HashSet<IlBlock>();
        var work = new Stack<(IlBlock Block, IEnumerator<IlBlock> Next)>();
        Enter(_blockAt[0]);
        while (work.TryPeek(out (IlBlock Block, IEnumerator<IlBlock> Next) top))
        {
            if (!top.Next.MoveNext())
            {
                order.Add(top.Block);
                work.Pop();
            }
            else if (!visited.Contains(top.Next.Current))
            {
                Enter(top.Next.Current);
            }
        }
        order.Reverse();
        Blocks = [.. order];
        for (int i = 0; i < Blocks.Length; i++)
        {
            Blocks[i].Order = i;
            foreach (IlBlock successor in Blocks[i].Successors)
                successor.Predecessors.Add(Blocks[i]);
        }

        void Enter(IlBlock block)
        {
            visited.Add(block);
            IEnumerable<IlBlock> next = block.Successors.Count < 2 ? block.Successors
                : block.Successors.OrderBy(successor => Reaches(successor, block)).ThenByDescending(successor => successor.First);
            work.Push((block, next.GetEnumerator()));
        }
    }

    private static bool Reaches(IlBlock from, IlBlock to)
    {
        var seen = new HashSet<IlBlock> { from };
        var work = new Stack<IlBlock>(seen);
        while (work.TryPop(out IlBlock? block))
        {
            if (block == to)
                return true;
            foreach (IlBlock successor in block.Successors)
                if (seen.Add(successor))
                    work.Push(successor);
        }
        return false;
    }
}
