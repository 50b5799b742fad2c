using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Frontend.Library;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>Calls, objects and type tests.</summary>
internal sealed partial class Translator
{
    private void Call(in IlInstruction instruction)
    {
        Frame frame = _frame;
        MethodBase method = frame.Code.ResolveMethod(instruction.Token);
        Type? constraint = frame.Constraint;
        frame.Constraint = null;
        var arguments = new StackValue[frame.Code.ArgumentCount(instruction.Token)];
        for (int i = arguments.Length - 1; i >= 0; i--)
            arguments[i] = frame.Pop();
        if (constraint is not null)
            method = Constrained(method, constraint, arguments);
        if (TryCheck(method, arguments) || IsDropped(method))
            return;
        if (Invoke(method, arguments, instruction.Code == ILOpCode.Callvirt) is { } result)
            frame.Push(result);
    }

    /// <summary>Replaces a call by an operation or inlines it.</summary>
    public StackValue? Invoke(MethodBase method, StackValue[] arguments, bool isVirtual = false)
    {
        Type owner = method.DeclaringType!;
        // A constructor that is called on a variable gives the variable its value.
        if (method.IsConstructor && TryConstruct((ConstructorInfo)method, arguments[1..]) is { } made)
        {
            Assign(arguments[0], TypeLayout.For(owner), made);
            return null;
        }
        if (Intrinsics.Find(method) is { } intrinsic)
            return intrinsic(new(this, method, (method as MethodInfo)?.ReturnType ?? typeof(void), arguments));
        if (LibraryMembers.Find(method) is { } member)
            return Inline(member, arguments);
        if (owner.IsArray)
            return InvokeOnArray(method, arguments);
        if (typeof(Delegate).IsAssignableFrom(owner))
            throw Refuse("it calls a delegate", "call the method directly, or use a generic struct parameter with an interface method");
        RefuseLibrary(method, owner);
        if (method.IsDefined(typeof(NotInsideKernelAttribute), inherit: false))
            throw Refuse($"it calls {MethodNames.Of(method)}, which is marked [NotInsideKernel]", "call it on the host");
        if (method.IsAbstract || (isVirtual && method.IsVirtual && !method.IsFinal && !owner.IsValueType && !owner.IsSealed))
            throw Refuse($"it makes the virtual call {MethodNames.Of(method)}", "call a static method, or use a generic struct parameter");
        if (!method.IsStatic && !owner.IsValueType && arguments[0].Symbol is not ObjectSymbol && !owner.IsInterface)
            throw Refuse($"it calls the method {MethodNames.Of(method)} of a class", "use structs and static methods");
        return Inline(method, arguments);
    }

    // The value of a constructor whose C# body is not inlined.
    private StackValue? TryConstruct(ConstructorInfo constructor, StackValue[] arguments)
    {
        if (Intrinsics.Find(constructor) is { } intrinsic)
            return intrinsic(new(this, constructor, constructor.DeclaringType!, arguments));
        return LibraryMembers.Find(constructor) is { } member ? Inline(member, arguments) : null;
    }

    /// <summary>Inlines the C# body of a member after all.</summary>
    public StackValue? Inline(IntrinsicCall call) => Inline(call.Method!, call.Arguments);

    private static readonly CodeCache<MethodBase, bool> s_dropped = new(static method => method.IsCollectible);

    // Checks that only the Debug accelerator makes, and assertions.
    private static bool IsDropped(MethodBase method) => s_dropped.GetOrAdd(method, static method => method is MethodInfo { ReturnType: var type } && type == typeof(void)
        && (method.GetCustomAttributesData().Any(data => data.AttributeType.Name == "DebugOnlyAttribute")
            || (method.DeclaringType == typeof(Debug) && method.Name is nameof(Debug.Assert) or nameof(Debug.WriteLine) or nameof(Debug.Write))
            || (method.DeclaringType == typeof(Trace) && method.Name == nameof(Trace.Assert))));

    /// <summary>The method that a call on a type parameter reaches once the type is known.</summary>
    private MethodBase Constrained(MethodBase method, Type type, StackValue[] arguments)
    {
        Type owner = method.DeclaringType!;
        if (!type.IsValueType && !(owner.IsInterface && method.IsStatic))
            throw Refuse($"it calls {MethodNames.Of(method)} on the class {MethodNames.Of(type)}", "use a struct");
        if (owner.IsInterface)
            return InterfaceMethods.Resolve((MethodInfo)method, type)
                ?? throw Refuse($"{MethodNames.Of(type)} inherits the body of {MethodNames.Of(method)} from its interface", "implement the method in the struct");
        // Object's virtual methods: only an override in the struct itself can run.
        MethodInfo? found = type.GetMethod(method.Name, BindingFlags.Instance | BindingFlags.Public, [.. method.GetParameters().Select(parameter => parameter.ParameterType)]);
        if (found is null || found.DeclaringType != type)
            throw Refuse($"it calls {MethodNames.Of(type)}.{method.Name}, which works on objects", null);
        _ = arguments;
        return found;
    }

    private bool StepObject(in IlInstruction instruction)
    {
        Frame frame = _frame;
        switch (instruction.Code)
        {
            case ILOpCode.Newobj:
                NewObject((ConstructorInfo)frame.Code.ResolveMethod(instruction.Token));
                return true;
            case ILOpCode.Newarr:
                frame.Push(NewArray(Type(instruction).MakeArrayType(), frame.Pop()));
                return true;
            case ILOpCode.Localloc:
                frame.Push(AllocateBytes(frame.Pop()));
                return true;
            case ILOpCode.Ldstr:
                frame.Push(new(new StringSymbol(frame.Method.Module.ResolveString(instruction.Token))));
                return true;
            case ILOpCode.Sizeof:
                frame.Push(new(Ir.Int(TypeLayout.For(Type(instruction)).Size)));
                return true;
            case ILOpCode.Ldtoken:
                frame.Push(new(frame.Code.Resolve(instruction.Token) switch
                {
                    Type type => new TypeSymbol(type),
                    FieldInfo field => new FieldSymbol(field),
                    _ => throw Refuse("it uses a method handle", null),
                }));
                return true;
            case ILOpCode.Box:
                Type boxed = Type(instruction);
                if (boxed.IsValueType)
                    frame.Push(new(new BoxSymbol(Coerce(frame.Pop(), TypeLayout.For(boxed)), boxed)));
                return true;
            case ILOpCode.Unbox_any:
                Unbox(Type(instruction));
                return true;
            case ILOpCode.Isinst:
                TestType(Type(instruction));
                return true;
            case ILOpCode.Castclass:
                throw Refuse($"it casts to the class {MethodNames.Of(Type(instruction))}", "use structs");
            default:
                return false;
        }
    }

    private void NewObject(ConstructorInfo constructor)
    {
        Type type = constructor.DeclaringType!;
        var arguments = new StackValue[constructor.GetParameters().Length + 1];
        for (int i = arguments.Length - 1; i > 0; i--)
            arguments[i] = _frame.Pop();
        if (TryConstruct(constructor, arguments[1..]) is { } made)
        {
            _frame.Push(made);
            return;
        }
        if (type.IsArray)
        {
            _frame.Push(NewArray(type, arguments.AsSpan(1)));
            return;
        }
        if (typeof(Exception).IsAssignableFrom(type))
            throw Refuse($"it throws an exception ({MethodNames.Of(type)})", "exceptions as control flow do not exist on devices; return a value that says what happened, or check on the host");
        if (type.Name.Contains(">d__", StringComparison.Ordinal))
            throw Refuse("it is async, or uses yield", "a kernel runs from its beginning to its end; on the host, SynchronizeAsync or Synchronize waits for it");
        if (type.Name.StartsWith('<'))
            throw Refuse("it makes a lambda or local function that captures variables", "pass them as parameters of a static method");
        if (!type.IsValueType)
            throw Refuse($"it allocates an object (new {MethodNames.Of(type)})", "use structs, SharedMemory or LocalMemory instead");
        RefuseLibrary(constructor, type);
        TypeLayout layout = TypeLayout.For(type);
        (int, TypeLayout) place = Spill(Zero(layout), layout);
        arguments[0] = Address(place);
        Inline(constructor, arguments);
        _frame.Push(Read(place));
    }

    private void Unbox(Type type)
    {
        StackValue value = _frame.Pop();
        if (value.Symbol is BoxSymbol box && box.Type == type)
            _frame.Push(box.Value);
        else if (value.Symbol is null && type.IsValueType)
            throw Refuse("it unboxes a value", null);
        else if (!type.IsValueType)
            _frame.Push(value);
        else
            throw Refuse($"it casts an object to {MethodNames.Of(type)}", "use a generic parameter");
    }

    private void TestType(Type type)
    {
        StackValue value = _frame.Pop();
        if (value.Symbol is not BoxSymbol box)
            throw Refuse($"it tests whether an object is a {MethodNames.Of(type)}", "compare typeof(T) with typeof(...), which is decided when the kernel is compiled");
        _frame.Push(type.IsAssignableFrom(box.Type) ? value : new(new NullSymbol()));
    }
}
