using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Ptx;

/// <summary>What stands around a kernel's instructions: version, target, memory, tables, parameters.</summary>
internal sealed class PtxModule
{
    /// <summary>Start of the dynamic shared memory; the name that ILGPU gives it, since inline PTX uses it.</summary>
    public const string DynamicShared = "__dyn_shared_alloca";

    /// <summary>Where a group's broadcast value passes through.</summary>
    public const string Broadcast = "__group_broadcast";

    /// <summary>The name of the trailing parameter with the bytes of dynamic shared memory.</summary>
    public const string DynamicLength = "dynamic_shared_bytes";

    /// <summary>What follows the instructions.</summary>
    public const string End = "}\n";

    private const int MaxStaticShared = 48 * 1024;      // of every device; more is dynamic
    private const int MaxConstant = 32 * 1024;          // half of what a module has

    private readonly IrKernel _kernel;
    private readonly PtxTarget _target;
    private readonly PtxOptions _options;
    private readonly long[] _sharedOffsets;
    private readonly List<string> _formats = [];
    private int _isa;

    public PtxModule(IrKernel kernel, PtxTarget target, PtxOptions options)
    {
        (_kernel, _target, _options, _isa) = (kernel, target, options, target.Isa);
        EntryName = Legal(kernel.Name);
        bool[] used = new bool[kernel.SharedAllocations.Count];
        foreach (IrValue value in kernel.Blocks.SelectMany(block => block.Values))
        {
            if (value.Op == IrOp.SharedBase)
                used[value.Immediate] = true;
            if (value.Op is IrOp.InlinePtx)
                for (int i = 0; i < used.Length; i++)
                    used[i] |= value.Text!.Contains(SharedName(i), StringComparison.Ordinal);
            UsesBroadcast |= value.Op == IrOp.GroupBroadcast;
        }
        UsedShared = used;
        _sharedOffsets = new long[used.Length];
        long total = UsesBroadcast ? 8 : 0;
        for (int i = 0; i < used.Length; i++)
        {
            if (!used[i])
                continue;
            IrAllocation allocation = kernel.SharedAllocations[i];
            total = (total + allocation.Alignment - 1) / allocation.Alignment * allocation.Alignment;
            _sharedOffsets[i] = total;
            total += allocation.SizeInBytes;
        }
        SharedIsDynamic = total > MaxStaticShared;
        SharedBytes = checked((int)total);
        RefuseMovedNames();
        TablesAreConstant = kernel.ConstantTables.Sum(table => (long)table.Length) <= MaxConstant;
    }

    public string EntryName { get; }

    /// <summary>The static allocations exceed what can be declared and lie behind the dynamic part.</summary>
    public bool SharedIsDynamic { get; }

    public int SharedBytes { get; }

    public bool[] UsedShared { get; }

    public bool UsesBroadcast { get; }

    public bool UsesPrint => _formats.Count > 0;

    /// <summary>Tables lie in constant memory; large ones in global memory.</summary>
    public bool TablesAreConstant { get; }

    /// <summary>Bytes of a thread's stack for the arguments of a print.</summary>
    public int PrintBytes { get; set; }

    public long SharedOffset(long allocation) => _sharedOffsets[allocation];

    public static string SharedName(long allocation) => string.Create(CultureInfo.InvariantCulture, $"__shared_alloca{allocation}");

    public static string LocalName(long allocation) => string.Create(CultureInfo.InvariantCulture, $"__local_alloca{allocation}");

    public string TableName(long table) => string.Create(CultureInfo.InvariantCulture, $"{EntryName}_table{table}");

    public string FormatName(int format) => string.Create(CultureInfo.InvariantCulture, $"{EntryName}_format{format}");

    public static string ExtentName(int dimension) => "extent_" + "xyz"[dimension];

    public static string ParameterName(IrParameter parameter) =>
        string.Create(CultureInfo.InvariantCulture, $"p{parameter.Index}_{Legal(parameter.Name)}");

    /// <summary>The number of a format string, which becomes data of the module.</summary>
    public int Format(string text)
    {
        int known = _formats.IndexOf(text);
        if (known < 0)
            _formats.Add(text);
        return known < 0 ? _formats.Count - 1 : known;
    }

    public PtxKernel Finish(PtxRegisters registers, StringBuilder body)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"// {_kernel.Name}\n.version {_isa / 10}.{_isa % 10}\n.target {_target.Name}\n.address_size 64\n\n");
        if (UsesPrint)
            text.Append(".extern .func (.param .b32 printed) vprintf (.param .b64 format, .param .b64 arguments);\n");
        for (int i = 0; i < _formats.Count; i++)
            Data(text, ".global .align 1", FormatName(i), [.. Encoding.UTF8.GetBytes(_formats[i]), 0]);
        for (int i = 0; i < _kernel.ConstantTables.Count; i++)
            Data(text, TablesAreConstant ? ".const .align 16" : ".global .align 16", TableName(i), _kernel.ConstantTables[i]);
        if (UsesDynamic)
            text.Append(CultureInfo.InvariantCulture, $".extern .shared .align {(_target.Capability >= 90 ? 1024 : 128)} .b8 {DynamicShared}[];\n");
        text.Append(CultureInfo.InvariantCulture, $"\n.visible .entry {EntryName}(");
        IEnumerable<string> parameters = _kernel.Parameters.Select(parameter => $".param {TypeOf(parameter.Type)} {ParameterName(parameter)}");
        if (_kernel.Kind == KernelKind.Implicit)
            parameters = parameters.Concat(Enumerable.Range(0, 3).Select(i => $".param .u64 {ExtentName(i)}"));
        if (_kernel.UsesDynamicShared)
            parameters = parameters.Append($".param .u64 {DynamicLength}");
        text.Append("\n    ").AppendJoin(",\n    ", parameters).Append(')');
        if (_options.MaxThreadsPerGroup is { } threads)
            text.Append(CultureInfo.InvariantCulture, $"\n.maxntid {threads}, 1, 1");
        if (_options.MinGroupsPerMultiprocessor is { } groups)
            text.Append(CultureInfo.InvariantCulture, $"\n.minnctapersm {groups}");
        text.Append("\n{\n");
        registers.Declare(text);
        Memory(text);
        text.Append('\n').Append(body).Append(End);
        return new()
        {
            Text = text.ToString(),
            EntryName = EntryName,
            Target = _target,
            StaticSharedBytes = SharedIsDynamic ? 0 : SharedBytes,
            ExtraDynamicSharedBytes = SharedIsDynamic ? SharedBytes : 0,
            Parameters = [.. _kernel.Parameters],
            IsImplicit = _kernel.Kind == KernelKind.Implicit,
            UsesDynamicShared = _kernel.UsesDynamicShared,
        };
    }

    // The declared names are gone once their memory is a part of the dynamic one.
    private void RefuseMovedNames()
    {
        if (!SharedIsDynamic)
            return;
        foreach (IrValue inline in _kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.InlinePtx))
        {
            if (inline.Text!.Contains("__shared_alloca", StringComparison.Ordinal))
                throw new KernelCompilationException($"Kernel {_kernel.Name} names __shared_alloca in inline PTX and allocates {SharedBytes} bytes of shared memory, which have no such name beyond {MaxStaticShared}; use SharedMemory.GetDynamic and __dyn_shared_alloca.");
        }
    }

    /// <summary>Notes that an instruction needs a later version of PTX than the target itself.</summary>
    public void Require(int isa) => _isa = Math.Max(_isa, isa);

    private bool UsesDynamic => SharedIsDynamic || _kernel.UsesDynamicShared;

    private void Memory(StringBuilder text)
    {
        if (!SharedIsDynamic)
        {
            for (int i = 0; i < UsedShared.Length; i++)
            {
                IrAllocation allocation = _kernel.SharedAllocations[i];
                if (UsedShared[i])
                    text.Append(CultureInfo.InvariantCulture, $"    .shared .align {allocation.Alignment} .b8 {SharedName(i)}[{allocation.SizeInBytes}];    // {allocation.Length} x {allocation.Name}\n");
            }
            if (UsesBroadcast)
                text.Append(CultureInfo.InvariantCulture, $"    .shared .align 8 .b8 {Broadcast}[8];\n");
        }
        HashSet<long> locals = [.. _kernel.Blocks.SelectMany(block => block.Values).Where(value => value.Op == IrOp.LocalBase).Select(value => value.Immediate)];
        for (int i = 0; i < _kernel.LocalAllocations.Count; i++)
        {
            IrAllocation allocation = _kernel.LocalAllocations[i];
            if (locals.Contains(i))
                text.Append(CultureInfo.InvariantCulture, $"    .local .align {Math.Min(16, allocation.Alignment)} .b8 {LocalName(i)}[{allocation.SizeInBytes}];    // {allocation.Length} x {allocation.Name}\n");
        }
        if (PrintBytes > 0)
            text.Append(CultureInfo.InvariantCulture, $"    .local .align 8 .b8 __print[{PrintBytes}];\n");
    }

    private static void Data(StringBuilder text, string space, string name, byte[] bytes)
    {
        text.Append(CultureInfo.InvariantCulture, $"{space} .b8 {name}[{bytes.Length}] = {{");
        for (int i = 0; i < bytes.Length; i++)
            text.Append(i == 0 ? "" : i % 32 == 0 ? ",\n    " : ", ").Append(bytes[i].ToString(CultureInfo.InvariantCulture));
        text.Append("};\n");
    }

    private static string TypeOf(IrType type) => type switch
    {
        IrType.F32 => ".f32",
        IrType.F64 => ".f64",
        IrType.I32 or IrType.Bool => ".u32",
        _ => ".u64",
    };

    /// <summary>A name that PTX takes: letters, digits and underscores.</summary>
    private static string Legal(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char letter in name)
            text.Append(char.IsAsciiLetterOrDigit(letter) || letter == '_' ? letter : '_');
        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }
}
