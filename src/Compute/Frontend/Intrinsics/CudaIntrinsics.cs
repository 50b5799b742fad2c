using System.Reflection;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>CudaAsm: a text with places for registers.</summary>
internal static class CudaIntrinsics
{
    public static void AddTo(Dictionary<string, Intrinsic> table)
    {
        table["CudaAsm.IsSupported"] = call => new(call.Ir.Bool(call.Translator.ForPtx));
        table["CudaAsm.Emit"] = Emit;
        table["CudaAsm.EmitRef"] = EmitRef;
    }

    // The first argument is written if it is "out"; all others are read.
    private static StackValue? Emit(IntrinsicCall call)
    {
        ParameterInfo[] parameters = call.Method!.GetParameters();
        var places = new List<Place>();
        for (int i = 1; i < parameters.Length; i++)
        {
            bool isOut = parameters[i].ParameterType.IsByRef;
            TypeLayout layout = Layout(call, call.ParameterType(i));
            places.Add(new(layout, isOut ? null : call.Arguments[i], isOut ? call.Arguments[i] : null));
        }
        return Append(call, places);
    }

    private static StackValue? EmitRef(IntrinsicCall call)
    {
        var places = new List<Place>();
        for (int i = 1; i < call.Arguments.Length; i++)
        {
            Type wrapper = call.ParameterType(i);
            string? kind = wrapper.IsGenericType ? wrapper.GetGenericTypeDefinition().FullName : null;
            if (kind is not ("ILGPU.Runtime.Cuda.Input`1" or "ILGPU.Runtime.Cuda.Output`1" or "ILGPU.Runtime.Cuda.Ref`1"))
                throw call.Translator.Refuse($"it passes a {MethodNames.Of(wrapper)} to CudaAsm.EmitRef", "wrap it in Input<T>, Output<T> or Ref<T>");
            TypeLayout layout = Layout(call, wrapper.GetGenericArguments()[0]);
            StackValue reference = call.Arguments[i];
            places.Add(new(layout,
                kind.Contains("Output", StringComparison.Ordinal) ? null : call.Translator.Dereference(reference, wrapper),
                kind.Contains("Input", StringComparison.Ordinal) ? null : reference));
        }
        return Append(call, places);
    }

    /// <param name="Layout">The one scalar that travels.</param>
    /// <param name="Read">What the text reads; null if nothing.</param>
    /// <param name="Written">Where what it writes goes; null if nowhere.</param>
    private readonly record struct Place(TypeLayout Layout, StackValue? Read, StackValue? Written);

    private static TypeLayout Layout(IntrinsicCall call, Type type)
    {
        TypeLayout layout = TypeLayout.For(type);
        return layout is { Count: 1, IsStorable: true } ? layout
            : throw call.Translator.Refuse($"it passes a {MethodNames.Of(type)} to CudaAsm", "pass numbers and truth values; shared memory is reached by name, see CudaAsm");
    }

    private static StackValue? Append(IntrinsicCall call, List<Place> places)
    {
        Translator translator = call.Translator;
        if (call.Arguments[0].Symbol is not StringSymbol template)
            throw translator.Refuse("it emits PTX that is not a constant string", "write a literal or a const string");
        if (!translator.ForPtx)
            throw translator.Refuse($"it emits PTX (\"{template.Text.Trim()}\"), which only CUDA accelerators have", "ask CudaAsm.IsSupported first");
        Check(translator, template.Text, places.Count);
        IrValue[] operands = [.. places.Where(place => place.Read is not null).Select(place =>
        {
            IrValue value = translator.RequireScalar(translator.Fit(place.Read!.Value, place.Layout));
            return value.Type == IrType.Ptr ? throw translator.Refuse("it passes a pointer to CudaAsm", "pass numbers and truth values") : value;
        })];
        IrValue text = translator.Kernel.NewValue(IrOp.InlinePtx, IrType.Void, operands);
        text.Text = template.Text;
        text.InlineArguments = [.. places.Select(place => new InlineArgument(place.Read is not null, place.Written is not null, place.Layout.Scalars[0].Type, place.Layout.Scalars[0].Memory))];
        call.Ir.Append(text);
        Place[] written = [.. places.Where(place => place.Written is not null)];
        StackValue[] results = [.. written.Select((place, i) => new StackValue(call.Ir.Emit(IrOp.InlinePtxResult, place.Layout.Scalars[0].Type, i, text)))];
        for (int i = 0; i < written.Length; i++)
            translator.Assign(written[i].Written!.Value, written[i].Layout, results[i]);
        return null;
    }

    private static void Check(Translator translator, string text, int count)
    {
        foreach ((int at, int length, int argument) in InlineTemplate.Places(text))
        {
            if (argument == InlineTemplate.Malformed)
                throw translator.Refuse($"the PTX \"{text.Trim()}\" has a lone % at position {at}", "write %0, %1, … for arguments and %% for a percent sign");
            if (argument >= count)
                throw translator.Refuse($"the PTX \"{text.Trim()}\" uses {text.AsSpan(at, length)} but has {count} arguments", null);
        }
    }
}
