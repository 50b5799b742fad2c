using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.OpenCL;

/// <summary>Writes one kernel as a program.</summary>
internal sealed partial class OpenCLEmitter
{
    private const int MaxExpression = 6;    // operations written in one another

    private static readonly string[] s_dimensions = ["x", "y", "z"];

    private readonly IrKernel _kernel;
    private readonly OpenCLTarget _target;
    private readonly OpenCLFunctions _library = new();
    private readonly StringBuilder _code = new();
    private readonly Dictionary<IrValue, int> _inlined = [];        // value → operations of its expression
    private readonly HashSet<IrValue> _declaredAtUse = [];
    private readonly Dictionary<IrBlock, int> _destinations = [];
    private readonly List<OpenCLArgument> _arguments = [];
    private SourceLocation? _location;
    private int _indent = 1;
    private bool _usesGroupCell, _usesScratch;

    private readonly LineMap? _lines;

    public OpenCLEmitter(IrKernel kernel, OpenCLTarget target, LineMap? lines) => (_kernel, _target, _lines) = (kernel, target, lines);

    public OpenCLKernel Emit()
    {
        _kernel.Renumber();
        PlanExpressions();
        List<Statement> body = Structurizer.Run(_kernel);
        Write(body);
        string entry = OpenCLNames.Identifier(_kernel.Name);
        string code = _code.ToString();

        var program = new StringBuilder();
        AppendHeader(program);
        _library.AppendTo(program);
        AppendTables(program);
        AppendSignature(program, entry);
        program.AppendLine("{");
        program.Append(_target.KernelPreamble);
        AppendDeclarations(program);
        int start = program.Length;
        program.Append(code);
        program.AppendLine("}");
        string text = program.ToString();
        _lines?.Mark(code.Length);
        _lines?.Finish(text, start);

        long shared = _kernel.SharedAllocations.Sum(allocation => (allocation.SizeInBytes + 15) / 16 * 16) + (_usesGroupCell ? 8 : 0);
        return new OpenCLKernel(_kernel.Name, entry, text, [.. _kernel.Parameters], _arguments, checked((int)shared), _usesScratch ? 8 : 0, BuildOptions());
    }

    private string BuildOptions()
    {
        string options = "-cl-std=" + _target.LanguageVersion;
        return _target.RoundsDivisions && !_target.FastMath ? options + " -cl-fp32-correctly-rounded-divide-sqrt" : options;
    }

    private bool Uses(Func<IrValue, bool> condition) => _kernel.Blocks.Exists(block => block.Phis.Exists(value => condition(value)) || block.Values.Exists(value => condition(value)));

    private void AppendHeader(StringBuilder text)
    {
        text.Append(_target.Preamble);
        bool doubles = Uses(value => value.Type == IrType.F64 || value.Memory == MemoryType.F64) || _kernel.Parameters.Exists(parameter => parameter.Type == IrType.F64);
        if (doubles)
            Extension("cl_khr_fp64");
        if (Uses(value => value.Op is IrOp.Atomic or IrOp.AtomicCompareExchange && value.Memory.SizeInBytes() == 8))
        {
            Extension("cl_khr_int64_base_atomics");
            Extension("cl_khr_int64_extended_atomics");
        }
        if (_target.Preamble.Length == 0 && _target.Shuffles != OpenCLShuffles.None)
        {
            Extension(_target.Shuffles == OpenCLShuffles.Intel ? "cl_intel_subgroups" : "cl_khr_subgroups");
            if (_target.Shuffles == OpenCLShuffles.Khronos)
                Extension("cl_khr_subgroup_shuffle");
        }
        text.AppendLine("#pragma OPENCL FP_CONTRACT OFF");
        text.AppendLine();
        foreach (string type in new[] { "char", "uchar", "short", "ushort", "uint", "ulong", "float" })
            text.AppendLine($"typedef {type} __attribute__((may_alias)) m_{type};");
        if (doubles)
            text.AppendLine("typedef double __attribute__((may_alias)) m_double;");
        text.AppendLine();

        void Extension(string name) => text.AppendLine($"#pragma OPENCL EXTENSION {name} : enable");
    }

    private void AppendTables(StringBuilder text)
    {
        for (int i = 0; i < _kernel.ConstantTables.Count; i++)
        {
            byte[] table = _kernel.ConstantTables[i];
            text.Append(CultureInfo.InvariantCulture, $"__constant uchar table{i}[{table.Length}] __attribute__((aligned(16))) = {{");
            for (int j = 0; j < table.Length; j++)
                text.Append(j % 32 == 0 ? "\n    " : " ").Append(table[j].ToString(CultureInfo.InvariantCulture)).Append(',');
            text.AppendLine("\n};");
        }
    }

    private void AppendSignature(StringBuilder text, string entry)
    {
        if (_target.RequiresSubGroupSize)
            text.AppendLine(CultureInfo.InvariantCulture, $"__attribute__((intel_reqd_sub_group_size({_target.WarpSize})))");
        text.AppendLine($"__kernel void {entry}(");
        var lines = new List<(string Declaration, string Comment)>();
        foreach (IrParameter parameter in _kernel.Parameters)
        {
            int i = parameter.Index;
            if (parameter.Kind == ParameterKind.ViewPointer)
            {
                Add(OpenCLArgumentKind.Buffer, i, $"__global uchar* p{i}_base", parameter.Name);
                Add(OpenCLArgumentKind.BufferOffset, i, $"long p{i}_offset", "");
                continue;
            }
            bool isLong = parameter.Type is IrType.I64 or IrType.F64 or IrType.Ptr;
            string type = parameter.Type switch { IrType.Bool => "uint", IrType.Ptr => "ulong", _ => OpenCLNames.Type(parameter.Type) };
            Add(isLong ? OpenCLArgumentKind.LongWord : OpenCLArgumentKind.Word, i, $"{type} p{i}{(parameter.Type is IrType.Bool or IrType.Ptr ? "_bits" : "")}", parameter.Name);
        }
        if (_kernel.Kind == KernelKind.Implicit)
            for (int d = 0; d < 3; d++)
                Add(OpenCLArgumentKind.Extent, d, $"long extent_{s_dimensions[d]}", "");
        if (_kernel.UsesDynamicShared)
        {
            Add(OpenCLArgumentKind.DynamicSharedLength, 0, "long dynamic_length", "");
            Add(OpenCLArgumentKind.DynamicShared, 0, "__local uchar* dynamic_shared", "");
        }
        if (_usesScratch)
            Add(OpenCLArgumentKind.Scratch, 0, "__local uchar* scratch", "");
        for (int i = 0; i < lines.Count; i++)
        {
            string end = i < lines.Count - 1 ? "," : ")";
            text.AppendLine(lines[i].Comment.Length > 0 ? $"    {lines[i].Declaration}{end}    // {lines[i].Comment}" : $"    {lines[i].Declaration}{end}");
        }
        if (lines.Count == 0)
            text.AppendLine("    void)");

        void Add(OpenCLArgumentKind kind, int index, string declaration, string comment)
        {
            _arguments.Add(new(kind, index));
            lines.Add((declaration, comment));
        }
    }

    private void AppendDeclarations(StringBuilder text)
    {
        foreach (IrParameter parameter in _kernel.Parameters)
        {
            int i = parameter.Index;
            if (parameter.Kind == ParameterKind.ViewPointer)
                text.AppendLine($"    __global uchar* p{i} = p{i}_base + p{i}_offset;");
            else if (parameter.Type == IrType.Bool)
                text.AppendLine($"    bool p{i} = p{i}_bits != 0;");
            else if (parameter.Type == IrType.Ptr)
                text.AppendLine($"    __global uchar* p{i} = (__global uchar*)p{i}_bits;");
        }
        for (int i = 0; i < _kernel.SharedAllocations.Count; i++)
            text.AppendLine($"    __local uchar shared{i}[{_kernel.SharedAllocations[i].SizeInBytes}] __attribute__((aligned(16)));    // {_kernel.SharedAllocations[i].Name}");
        for (int i = 0; i < _kernel.LocalAllocations.Count; i++)
            text.AppendLine($"    uchar local{i}[{_kernel.LocalAllocations[i].SizeInBytes}] __attribute__((aligned(16)));    // {_kernel.LocalAllocations[i].Name}");
        if (_usesGroupCell)
            text.AppendLine("    __local ulong group_cell[1];");
        if (_destinations.Count > 0)
            text.AppendLine("    uint destination = 0;");
        foreach (IGrouping<string, IrValue> variables in _kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values))
            .Where(value => IsVariable(value) && !_declaredAtUse.Contains(value)).GroupBy(OpenCLNames.TypeOf))
        {
            string separator = variables.Key.EndsWith('*') ? ", *" : ", ";
            foreach (IrValue[] line in variables.Chunk(12))
                text.Append("    ").Append(variables.Key).Append(' ').AppendJoin(separator, line.Select(Name)).AppendLine(";");
        }
        if (_kernel.Kind == KernelKind.Implicit)
        {
            IEnumerable<string> outside = Enumerable.Range(0, _kernel.IndexRank).Select(d => $"(long)get_global_id({d}) >= extent_{s_dimensions[d]}");
            text.AppendLine($"    if ({string.Join(" || ", outside)})");
            text.AppendLine("        return;");
        }
    }

    // A value that is used once, in its own block, is written where it is used; others get a variable,
    // which is declared where it is set if all uses are in that block.
    private void PlanExpressions()
    {
        var uses = new Dictionary<IrValue, (int Count, bool Elsewhere)>();
        foreach (IrBlock block in _kernel.Blocks)
        {
            foreach (IrValue phi in block.Phis)
                for (int i = 0; i < phi.Operands.Count; i++)
                    Use(phi.Operands[i], block.Predecessors[i]);
            foreach (IrValue value in block.Values)
                foreach (IrValue operand in value.Operands)
                    Use(operand, block);
            if (block.Condition is not null)
                Use(block.Condition, block);
        }
        foreach (IrBlock block in _kernel.Blocks)
        {
            foreach (IrValue value in block.Values)
            {
                (int count, bool elsewhere) = uses.GetValueOrDefault(value);
                int size = 1 + value.Operands.Sum(operand => _inlined.GetValueOrDefault(operand));
                if (count == 1 && !elsewhere && size <= MaxExpression && CanBeInlined(value))
                    _inlined[value] = size;
                else if (!elsewhere)
                    _declaredAtUse.Add(value);
            }
        }

        void Use(IrValue value, IrBlock where)
        {
            (int count, bool elsewhere) = uses.GetValueOrDefault(value);
            uses[value] = (count + 1, elsewhere || where != value.Block);
        }
    }

    private static bool CanBeInlined(IrValue value) =>
        !IrBuilder.IsLeaf(value.Op) && !value.HasSideEffect && !value.IsConvergent && value.Op is not (IrOp.Load or IrOp.Phi);

    private bool IsVariable(IrValue value) => value.Type != IrType.Void && !IrBuilder.IsLeaf(value.Op) && !_inlined.ContainsKey(value);

    private static string Name(IrValue value) => $"v{value.Id.ToString(CultureInfo.InvariantCulture)}";

    // The lines that a value's expression came from, with those of the values written inside it.
    private IEnumerable<SourceLocation?> Places(IrValue value) =>
        value.Operands.Where(_inlined.ContainsKey).SelectMany(Places).Prepend(value.Location);

    private void Line(string text) => _code.Append(' ', 4 * _indent).AppendLine(text);
}
