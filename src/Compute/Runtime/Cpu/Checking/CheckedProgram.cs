using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Runtime.Cpu;

/// <summary>What a program says of its accesses before it is launched.</summary>
internal sealed class CheckedProgram
{
    private static readonly ConditionalWeakTable<LockstepProgram, CheckedProgram> s_known = [];

    private CheckedProgram(LockstepProgram program)
    {
        HashSet<IrValue> used = [.. program.Kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values)).SelectMany(value => value.Operands)];
        HashSet<IrValue> exchanged = [.. program.Values.Where(value => value?.Op == IrOp.AtomicCompareExchange).Select(value => value!.Operands[0])];
        var sites = new List<CheckedSite>();
        for (int i = 0; i < program.Values.Length; i++)
        {
            if (program.Values[i] is not { Op: IrOp.Load or IrOp.Store or IrOp.Atomic or IrOp.AtomicCompareExchange } access || access.Operands[0].Space == AddressSpace.Constant)
                continue;
            sites.Add(new CheckedSite
            {
                Kind = access.Op switch
                {
                    IrOp.Load => exchanged.Contains(access.Operands[0]) ? AccessKind.AtomicRead : AccessKind.Read,
                    IrOp.Store => AccessKind.Write,
                    _ => AccessKind.Atomic,
                },
                Size = access.Memory.SizeInBytes(),
                IsExchangeOnly = access is { Op: IrOp.Atomic, Immediate: (long)AtomicOperation.Exchange } && !used.Contains(access),
                IsPacked = access.IsPacked,
                Space = access.Operands[0].Space,
                Instruction = i,
                Root = access.Operands[0].Space == AddressSpace.Local ? null : PointerRoots.Find(access.Operands[0]),
            });
        }
        Sites = [.. sites];
        LeastAccess = sites.Select(site => site.Size).DefaultIfEmpty(8).Min();
        Views = [.. Enumerable.Range(0, program.Kernel.Parameters.Count)
            .Where(index => program.Kernel.Parameters[index].Kind == ParameterKind.ViewPointer)
            .Select(index => new NamedView(program.Kernel, index))];
        // What is printed comes in the order of groups, which also decides what an atomic operation gives; and which memory an access goes
        // to has to be known before.
        bool mixes = program.Values.Any(value => value?.Op == IrOp.Print)
            || sites.Exists(site => site.Space == AddressSpace.Global && (site.Kind is AccessKind.Atomic or AccessKind.AtomicRead || site.Root?.Op != IrOp.Parameter || (site.Writes && site.IsPacked)));
        if (!mixes)
            Written = [.. sites.Where(site => site.Space == AddressSpace.Global && site.Writes).Select(site => (int)site.Root!.Immediate).Distinct()];
    }

    /// <summary>Gets the loads, stores and atomic operations, in the order of instructions.</summary>
    public CheckedSite[] Sites { get; }

    /// <summary>Gets the bytes of the smallest access.</summary>
    public int LeastAccess { get; }

    /// <summary>Gets the parameters that are pointers of views.</summary>
    public NamedView[] Views { get; }

    /// <summary>Gets the parameters whose memory the kernel may write, if threads can share the groups of a launch; null if groups have to
    /// run one after another.</summary>
    public int[]? Written { get; }

    /// <summary>What is known of a program.</summary>
    public static CheckedProgram Of(LockstepProgram program) => s_known.GetValue(program, static program => new CheckedProgram(program));
}

/// <summary>A view as the kernel names it.</summary>
internal sealed unsafe class NamedView
{
    private readonly string _name;
    private readonly int _elementSize;
    private readonly bool _hasLength;

    /// <summary>Names a view.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="index">The parameter that is its pointer.</param>
    public NamedView(IrKernel kernel, int index)
    {
        IrParameter pointer = kernel.Parameters[index];
        Index = index;
        _name = pointer.Name.EndsWith(".ptr", StringComparison.Ordinal) ? pointer.Name[..^4] : pointer.Name;
        if (_name.EndsWith(".BaseView", StringComparison.Ordinal))
            _name = _name[..^9];
        Type type = pointer.Path.Count > 0 ? pointer.Path[^1].FieldType : kernel.Method!.GetParameters()[pointer.SourceParameter].ParameterType;
        _elementSize = TypeLayout.For(type).Element?.Size ?? 1;
        _hasLength = index + 1 < kernel.Parameters.Count && kernel.Parameters[index + 1].Kind == ParameterKind.ViewLength;
    }

    public int Index { get; }

    /// <summary>Its memory, from the slots of a launch.</summary>
    public NamedMemory In(byte* slots) =>
        new(_name, *(long*)(slots + 8 * Index), _hasLength ? *(long*)(slots + 8 * (Index + 1)) * _elementSize : 0, _elementSize);
}
