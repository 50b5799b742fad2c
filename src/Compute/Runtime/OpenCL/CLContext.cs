using System.Collections.Concurrent;
using System.Text;
using GemmaIlgpu.Compute.Backends.OpenCL;
using GemmaIlgpu.Compute.Frontend;

namespace GemmaIlgpu.Compute.Runtime.OpenCL;

/// <summary>A device as the driver sees it: one context for the whole process, with the programs built in it. Accelerators come
/// and go; what is compiled stays.</summary>
internal sealed unsafe class CLContext
{
    private static readonly ConcurrentDictionary<nint, Lazy<CLContext>> s_contexts = new();

    private readonly ConcurrentDictionary<(string Source, string Options), Lazy<nint>> _programs = new();
    private readonly string _name;

    private CLContext(CLLibrary library, nint device, string name)
    {
        (Library, Device, _name) = (library, device, name);
        int error;
        Handle = library.CreateContext(null, 1, &device, 0, 0, &error);
        CLLibrary.Check(error, "clCreateContext", name);
    }

    public CLLibrary Library { get; }

    public nint Handle { get; }

    public nint Device { get; }

    /// <summary>Gets the context of a device, which lives as long as the process.</summary>
    public static CLContext Of(nint device, string name) =>
        s_contexts.GetOrAdd(device, id => new(() => new CLContext(CLLibrary.Required, id, name))).Value;

    /// <summary>Makes an in-order queue.</summary>
    public nint CreateQueue(bool profiling)
    {
        int error;
        nint queue = Library.CreateCommandQueue(Handle, Device, profiling ? 2ul : 0, &error);
        CLLibrary.Check(error, "clCreateCommandQueue", _name);
        return queue;
    }

    /// <summary>Makes a kernel object, which the caller releases; its program is built once.</summary>
    /// <exception cref="KernelCompilationException">The device's compiler refuses the program; the message has what it says.</exception>
    public nint CreateKernel(OpenCLKernel kernel)
    {
        nint program = _programs.GetOrAdd((kernel.Source, kernel.BuildOptions), key => new(() => Build(kernel.Name, key.Source, key.Options))).Value;
        int error;
        fixed (byte* name = Encoding.UTF8.GetBytes(kernel.EntryName + "\0"))
        {
            nint handle = Library.CreateKernel(program, name, &error);
            CLLibrary.Check(error, "clCreateKernel", $"kernel {kernel.Name} on {_name}");
            return handle;
        }
    }

    private nint Build(string kernel, string source, string options)
    {
        byte[] text = Encoding.UTF8.GetBytes(source);
        nint program, device = Device;
        int error;
        fixed (byte* first = text)
        {
            byte* start = first;
            nuint length = (nuint)text.Length;
            program = Library.CreateProgramWithSource(Handle, 1, &start, &length, &error);
            CLLibrary.Check(error, "clCreateProgramWithSource", $"kernel {kernel} on {_name}");
        }
        fixed (byte* flags = Encoding.UTF8.GetBytes(options + "\0"))
            error = Library.BuildProgram(program, 1, &device, flags, 0, 0);
        if (error == 0)
            return program;
        string log = Log(program);
        Library.ReleaseProgram(program);
        throw new KernelCompilationException(
            $"Kernel {kernel} cannot run on {_name}: its compiler failed with {OpenCLException.NameOf(error)} ({error}) and says: {(log.Length > 0 ? log : "nothing")}");
    }

    private string Log(nint program)
    {
        nuint size;
        if (Library.GetProgramBuildInfo(program, Device, CLInfo.ProgramBuildLog, 0, null, &size) != 0 || size == 0)
            return "";
        byte[] bytes = new byte[size];
        fixed (byte* first = bytes)
            Library.GetProgramBuildInfo(program, Device, CLInfo.ProgramBuildLog, size, first, null);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\0').Trim();
    }
}
