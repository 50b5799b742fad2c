using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Engine;
using ILGPU.Runtime;

namespace GemmaIlgpu.Host.Stepping;

/// <summary>An assembly of the user's, with what it needs from beside it; our own assemblies are shared.</summary>
internal sealed partial class UserAssembly : AssemblyLoadContext
{
    private const BindingFlags EveryMethod = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly AssemblyDependencyResolver _resolver;
    private readonly Assembly _assembly;
    private readonly string _name;

    private UserAssembly(string path)
    {
        _name = Path.GetFileName(path);
        _resolver = new AssemblyDependencyResolver(path);
        _assembly = LoadFromAssemblyPath(path);
    }

    /// <summary>Loads an assembly.</summary>
    public static UserAssembly Open(string file)
    {
        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
            throw new InputException($"There is no file '{file}'; --assembly takes the .dll that 'dotnet build' makes.");
        try
        {
            var opened = new UserAssembly(path);
            string[] references = [.. opened._assembly.GetReferencedAssemblies().Select(reference => reference.Name!)];
            if (references.Contains("ILGPU"))
                throw new InputException($"{opened._name} was compiled against the package ILGPU; reference GemmaIlgpu.Compute instead, which has the same names.");
            if (!references.Contains(typeof(Accelerator).Assembly.GetName().Name))
                throw new InputException($"{opened._name} does not use GemmaIlgpu.Compute, so there are no kernels in it.");
            return opened;
        }
        catch (BadImageFormatException)
        {
            throw new InputException($"'{file}' is no .NET assembly; --assembly takes the .dll that 'dotnet build' makes.");
        }
    }

    /// <summary>Finds a kernel: "Type.Method", "Method", "Type.Method&lt;float&gt;". Without type arguments a generic method may come back open.</summary>
    public MethodInfo Kernel(string name)
    {
        // "Outer<int>.Kernel<float>" is Outer.Kernel with the types int and float.
        string plain = TypeList().Replace(name, "").Replace('+', '.').Trim();
        Type[] arguments = [.. TypeList().Matches(name).SelectMany(list => TypeArguments(list.Value[1..^1])).Select(Argument)];
        MethodInfo[] found = [.. Methods().Where(method => IsNamed(method, plain))];
        if (found.Length == 0)
            throw new InputException($"{MissingMethod(plain)}{Candidates()}");
        MethodInfo? method = found.Length == 1 ? found[0] : Array.Find(found, IsKernel);
        if (method is null || (found.Length > 1 && found.Count(IsKernel) > 1))
            throw new InputException($"{plain} stands for several methods: {string.Join(", ", found.Select(MethodNames.Of))}; name one with its type.");
        if (!IsKernel(method))
            throw new InputException($"{MethodNames.Of(method)} is no kernel: a kernel is static, returns void and takes views.{Candidates()}");
        return Close(method, arguments);
    }

    /// <summary>What can be launched as it stands: kernels without type parameters.</summary>
    public IEnumerable<MethodInfo> Kernels()
    {
        MethodInfo[] found = [.. Methods().Where(method => LooksLikeKernel(method) && !method.ContainsGenericParameters)];
        return found.Length > 0 ? found : throw new InputException($"{_name} has no kernels that can be launched as they stand: static methods that return void and take views.{Candidates()}");
    }

    private static MethodInfo Close(MethodInfo method, Type[] arguments)
    {
        Type owner = method.DeclaringType!;
        int ofOwner = owner.IsGenericTypeDefinition ? owner.GetGenericArguments().Length : 0, ofMethod = method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0;
        if (arguments.Length == 0 && ofOwner == 0)
            return method;
        if (arguments.Length == 0)
            throw new InputException($"{MethodNames.Of(owner)} is generic; name its types: --kernel '{owner.Name.Split('`')[0]}<{string.Join(", ", Enumerable.Repeat("float", ofOwner))}>.{MethodNames.Simple(method)}'.");
        if (arguments.Length != ofOwner + ofMethod)
            throw new InputException($"{MethodNames.Of(method)} has {ofOwner + ofMethod} type parameters; {arguments.Length} types were given.");
        try
        {
            if (ofOwner > 0)
                method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, owner.MakeGenericType(arguments[..ofOwner]).TypeHandle)!;
            return ofMethod > 0 ? method.MakeGenericMethod(arguments[ofOwner..]) : method;
        }
        catch (ArgumentException complaint)
        {
            throw new InputException($"{MethodNames.Of(method)} cannot be had with these types: {complaint.Message}");
        }
    }

    /// <summary>Finds what makes the launch: a static method that takes an Accelerator.</summary>
    public Action<Accelerator> Host(string name)
    {
        MethodInfo[] found = [.. Methods().Where(method => IsNamed(method, name.Replace('+', '.')))];
        if (found.Length == 0)
            throw new InputException(MissingMethod(name));
        MethodInfo method = Array.Find(found, method => method.IsStatic && !method.ContainsGenericParameters
                && method.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(typeof(ILGPU.Runtime.CPU.CPUAccelerator)))
            ?? throw new InputException($"{MethodNames.Of(found[0])} cannot make the launch: --host takes a static method with one parameter, an Accelerator.");
        return accelerator => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [accelerator], null);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // What the program has already is shared, so that an ArrayView here is an ArrayView there.
        if (assemblyName.Name?.StartsWith("GemmaIlgpu.", StringComparison.Ordinal) == true)
            return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    private IEnumerable<Type> Types()
    {
        try
        {
            return _assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            return exception.Types.OfType<Type>();
        }
    }

    private IEnumerable<MethodInfo> Methods() => Types().SelectMany(type => type.GetMethods(EveryMethod));

    // Without the numbers of type parameters.
    private static string FullName(Type type) => Arity().Replace(type.FullName!.Replace('+', '.'), "");

    [GeneratedRegex("`[0-9]+")]
    private static partial Regex Arity();

    [GeneratedRegex("(?<!<)<(?:[^<>]|<[^<>]*>)+>")]
    private static partial Regex TypeList();

    private static bool IsNamed(MethodInfo method, string name)
    {
        int dot = name.LastIndexOf('.');
        if (MethodNames.Simple(method) != name[(dot + 1)..])
            return false;
        string type = dot < 0 ? "" : name[..dot], full = FullName(method.DeclaringType!);
        return type.Length == 0 || full == type || full.EndsWith("." + type, StringComparison.Ordinal);
    }

    private static bool IsKernel(MethodInfo method) => method.ReturnType == typeof(void) && method.IsStatic && method.GetParameters().Length > 0
        && !method.GetParameters().Any(parameter => parameter.ParameterType.IsArray || parameter.ParameterType == typeof(string) || parameter.ParameterType.IsByRef
            || typeof(Accelerator).IsAssignableFrom(parameter.ParameterType));

    private static bool LooksLikeKernel(MethodInfo method) => IsKernel(method)
        && method.GetParameters().Any(parameter => parameter.ParameterType.Name.StartsWith("ArrayView", StringComparison.Ordinal));

    private string MissingMethod(string name)
    {
        if (name.Length == 0)
            return $"--kernel TYPE.METHOD says which method of {_name} is the kernel.";
        int dot = name.LastIndexOf('.');
        if (dot > 0 && !Types().Any(type => FullName(type) is var full && (full == name[..dot] || full.EndsWith("." + name[..dot], StringComparison.Ordinal))))
            return $"{_name} has no type {name[..dot]}.";
        return dot > 0 ? $"{name[..dot]} has no method {name[(dot + 1)..]}." : $"{_name} has no method {name}.";
    }

    private string Candidates()
    {
        const int MostNames = 12;
        string[] names = [.. Methods().Where(LooksLikeKernel).Select(MethodNames.Of).Distinct()];
        return names.Length == 0 ? " It has no methods that could be kernels." : $" Its kernels may be {string.Join(", ", names.Take(MostNames))}{(names.Length > MostNames ? ", …" : "")}.";
    }

    private static IEnumerable<string> TypeArguments(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ',';
            depth += c == '<' ? 1 : c == '>' ? -1 : 0;
            if (c != ',' || depth > 0)
                continue;
            yield return text[start..i].Trim();
            start = i + 1;
        }
    }

    private Type Argument(string name) => name switch
    {
        "bool" => typeof(bool),
        "byte" => typeof(byte),
        "sbyte" => typeof(sbyte),
        "short" => typeof(short),
        "ushort" => typeof(ushort),
        "int" => typeof(int),
        "uint" => typeof(uint),
        "long" => typeof(long),
        "ulong" => typeof(ulong),
        "float" => typeof(float),
        "double" => typeof(double),
        _ => Types().Concat(typeof(Accelerator).Assembly.GetExportedTypes()).FirstOrDefault(type => type.Name == name || type.FullName?.Replace('+', '.') == name)
            ?? throw new InputException($"There is no type {name} in {_name}."),
    };
}
