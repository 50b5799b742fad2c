using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Simd;

/// <summary>Emits IL and, if asked, writes the same as text.</summary>
internal sealed class CodeWriter(ILGenerator il, StringBuilder? listing, LineMap? lines = null)
{
    private readonly Dictionary<Label, string> _labels = [];

    public LocalBuilder Local(Type type) => il.DeclareLocal(type);

    public Label NewLabel(string name)
    {
        Label label = il.DefineLabel();
        _labels[label] = name;
        return label;
    }

    public void Mark(Label label)
    {
        il.MarkLabel(label);
        listing?.Append(_labels[label]).AppendLine(":");
    }

    /// <summary>What follows came from some lines.</summary>
    public void From(IEnumerable<SourceLocation?> locations) => lines?.Mark(listing!.Length, locations);

    public void Comment(string text) => listing?.Append("    ; ").AppendLine(text);

    public void Op(OpCode code)
    {
        il.Emit(code);
        Line(code.Name!);
    }

    public void Jump(OpCode code, Label target)
    {
        il.Emit(code, target);
        Line($"{code.Name} {_labels[target]}");
    }

    public void Switch(Label[] targets)
    {
        il.Emit(OpCodes.Switch, targets);
        Line($"switch {string.Join(", ", targets.Select(target => _labels[target]))}");
    }

    public void Load(LocalBuilder local)
    {
        il.Emit(OpCodes.Ldloc, local);
        Line($"ldloc v{local.LocalIndex}");
    }

    public void Store(LocalBuilder local)
    {
        il.Emit(OpCodes.Stloc, local);
        Line($"stloc v{local.LocalIndex} ({TypeName(local.LocalType)})");
    }

    public void Argument(int index) => Op(index == 0 ? OpCodes.Ldarg_0 : OpCodes.Ldarg_1);

    public void Int(int value)
    {
        il.Emit(OpCodes.Ldc_I4, value);
        Line($"ldc.i4 {value}");
    }

    public void Long(long value)
    {
        il.Emit(OpCodes.Ldc_I8, value);
        Line($"ldc.i8 {value}");
    }

    public void Float(float value)
    {
        il.Emit(OpCodes.Ldc_R4, value);
        Line($"ldc.r4 {value.ToString("R", CultureInfo.InvariantCulture)}");
    }

    public void Double(double value)
    {
        il.Emit(OpCodes.Ldc_R8, value);
        Line($"ldc.r8 {value.ToString("R", CultureInfo.InvariantCulture)}");
    }

    public void Text(string text)
    {
        il.Emit(OpCodes.Ldstr, text);
        Line($"ldstr \"{text}\"");
    }

    public void Call(MethodInfo method)
    {
        il.Emit(OpCodes.Call, method);
        string arguments = string.Join(", ", method.GetParameters().Select(parameter => TypeName(parameter.ParameterType)));
        Line($"call {method.DeclaringType!.Name}.{method.Name}({arguments})");
    }

    private void Line(string text) => listing?.Append("    ").AppendLine(text);

    private static string TypeName(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>"
        : type.Name;
}
