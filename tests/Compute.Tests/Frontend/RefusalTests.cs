using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>What a device cannot do is refused with one sentence that names kernel, method and line.</summary>
public class RefusalTests
{
    private static int s_counter;
    private static readonly Func<int, int> s_function = x => x + 1;
    private static readonly object s_lock = new();

    private class Animal
    {
        public virtual int Legs() => 4;
    }


    private static int Line([CallerLineNumber] int line = 0) => line;

    private static void Refused(Delegate kernel, int line, string method, params string[] words)
    {
        var exception = Assert.Throws<KernelCompilationException>(() => KernelFrontend.Translate(kernel.Method, KernelKind.Explicit))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exception.Message, Does.StartWith("Kernel RefusalTests.").And.EndsWith("."));
            Assert.That(exception.Message, Does.Contain($" in RefusalTests.{method}"));
            Assert.That(exception.Message, Does.Contain($"RefusalTests.cs:{line}"));
            foreach (string word in words)
                Assert.That(exception.Message, Does.Contain(word));
        }
    }

    private static readonly int s_allocationLine = Line() + 2;

    private static void Allocates(ArrayView<int> r) => r[0] = new List<int>().Count;

    private static readonly int s_arrayLine = Line() + 2;

    private static void AllocatesArray(ArrayView<int> r) => r[0] = new int[r.IntLength].Length;

    private static readonly int s_hostLine = Line() + 2;

    private static void CallsTheHost(ArrayView<int> r) => r[0] = OnTheHost();

    [NotInsideKernel]
    private static int OnTheHost() => 1;

    private static readonly int s_bigArrayLine = Line() + 2;

    private static void AllocatesMuch(ArrayView<int> r) => r[0] = new long[513].Length;

    private static readonly int s_virtualLine = Line() + 2;

    private static void CallsVirtual(ArrayView<int> r) => r[0] = VirtualHelper(null!);

    private static int VirtualHelper(Animal animal) => animal.Legs();

    private static readonly int s_throwLine = Line() + 5;

    private static void Throws(ArrayView<int> r)
    {
        if (r[0] < 0)
            throw new ArgumentException("negative");
    }

    private static readonly int s_tryLine = Line() + 2;

    private static void Tries(ArrayView<int> r) => TryHelper(r);

    private static void TryHelper(ArrayView<int> r)
    {
        try
        {
            r[0] = 1;
        }
        finally
        {
            r[1] = 2;
        }
    }

    private static readonly int s_stringLine = Line() + 2;

    private static void UsesString(ArrayView<int> r) => r[0] = $"{r.Length}".Length;

    private static readonly int s_recursionLine = Line() + 4;

    private static void Recurses(ArrayView<int> r) => r[0] = Factorial(r[1]);

    private static int Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);

    private static readonly int[,] s_table = { { 1, 2 }, { 3, 4 } };

    private static readonly int s_tableLine = Line() + 2;

    private static void WritesTable(ArrayView<int> r) => s_table[1, 0] = r[0];

    private static readonly int s_staticLine = Line() + 2;

    private static void ReadsStatic(ArrayView<int> r) => r[0] = s_counter;

    private static readonly int s_writeStaticLine = Line() + 2;

    private static void WritesStatic(ArrayView<int> r) => s_counter = r[0];

    private static readonly int s_checkedLine = Line() + 2;

    private static void Checked(ArrayView<int> r) => r[0] = checked(r[0] + 1);

    private static readonly int s_delegateLine = Line() + 2;

    private static void CallsDelegate(ArrayView<int> r) => r[0] = s_function(r[0]);

    private static readonly int s_localLambdaLine = Line() + 4;

    private static void UsesLambda(ArrayView<int> r)
    {
        Func<int, int> twice = x => 2 * x;
        r[0] = twice(r[0]);
    }

    private static readonly int s_dynamicLine = Line() + 5;

    private static void UsesDynamic(ArrayView<int> r)
    {
        dynamic one = 1;
        r[0] = one;
    }

    private static readonly int s_decimalLine = Line() + 2;

    private static void UsesDecimal(ArrayView<int> r) => r[0] = (int)(1.5m * r[0]);

    private static readonly int s_randomLine = Line() + 2;

    private static void UsesRandom(ArrayView<int> r) => r[0] = Random.Shared.Next();

    private static readonly int s_timeLine = Line() + 2;

    private static void UsesTime(ArrayView<int> r) => r[0] = DateTime.Now.Second;

    private static readonly int s_nativeLine = Line() + 2;

    private static void CallsNative(ArrayView<float> r) => r[0] = MathF.Cbrt(r[0]);

    private static readonly int s_interlockedLine = Line() + 2;

    private static void UsesInterlocked(ArrayView<int> r) => Interlocked.Increment(ref r[0]);

    private static readonly int s_lambdaLine = Line() + 4;

    private static void MakesLambda(ArrayView<int> r)
    {
        Func<int, int> add = x => x + r.IntLength;
        r[0] = add(1);
    }

    private static readonly int s_stackallocLine = Line() + 4;

    private static void Stackallocs(ArrayView<int> r)
    {
        Span<int> local = stackalloc int[r.IntLength];
        r[0] = local.Length;
    }

    private static readonly int s_boxLine = Line() + 2;

    private static void Boxes(ArrayView<int> r) => r[0] = ((object)r[1]).GetHashCode();

    private static readonly int s_sharedLine = Line() + 2;

    private static void SharedOfRunTimeSize(ArrayView<int> r) => r[0] = SharedMemory.Allocate<int>(r.IntLength)[0];

    private static readonly int s_localAtomicLine = Line() + 5;

    private static void AtomicOnLocal(ArrayView<int> r)
    {
        int x = 0;
        Atomic.Add(ref x, 1);
        r[0] = x;
    }

    private static readonly int s_consoleLine = Line() + 2;

    private static void Writes(ArrayView<int> r) => Console.WriteLine(r[0]);

    private static readonly int s_lockLine = Line() + 2;

    private static void Locks(ArrayView<int> r) => Monitor.Enter(s_lock);

    private static readonly int s_referenceLine = Line() + 6;

    private static void ConditionalReference(ArrayView<int> r)
    {
        int x = 1, y = 2;
        ref int which = ref r[0] > 0 ? ref x : ref y;
        which = 5;
        r[1] = x + y;
    }

    [Test]
    public void Allocating_an_object() => Refused(Allocates, s_allocationLine, "Allocates", "allocates an object (new List<int>)", "SharedMemory or LocalMemory instead");

    [Test]
    public void Allocating_an_array() => Refused(AllocatesArray, s_arrayLine, "AllocatesArray", "allocates an array (new int[]) whose length is not a constant", "LocalMemory");

    [Test]
    public void Calling_a_virtual_method() => Refused(CallsVirtual, s_virtualLine + 2, "VirtualHelper", "virtual call Animal.Legs");

    [Test]
    public void Throwing() => Refused(Throws, s_throwLine, "Throws", "exception", "ArgumentException");

    [Test]
    public void A_try_block() => Refused(Tries, s_tryLine, "Tries", "try block", "TryHelper");

    [Test]
    public void A_string() => Refused(UsesString, s_stringLine, "UsesString", "string");

    [Test]
    public void Recursion() => Refused(Recurses, s_recursionLine, "Factorial", "Factorial recursively");

    [Test]
    public void Writing_to_a_static_array() => Refused(WritesTable, s_tableLine, "WritesTable", "writes to a managed array", "use a view");

    [Test]
    public void Reading_a_static_field_that_can_change() => Refused(ReadsStatic, s_staticLine, "ReadsStatic", "static field RefusalTests.s_counter", "readonly");

    [Test]
    public void Writing_a_static_field() => Refused(WritesStatic, s_writeStaticLine, "WritesStatic", "writes the static field RefusalTests.s_counter");

    [Test]
    public void Checked_arithmetic() => Refused(Checked, s_checkedLine, "Checked", "checked arithmetic");

    [Test]
    public void Calling_a_delegate() => Refused(CallsDelegate, s_delegateLine, "CallsDelegate", "delegate");

    [Test]
    public void A_lambda_in_a_kernel() => Refused(UsesLambda, s_localLambdaLine, "UsesLambda", "uses a delegate (a lambda", "call the method directly");

    [Test]
    public void Dynamic() => Refused(UsesDynamic, s_dynamicLine, "UsesDynamic", "uses dynamic", "give the variable its type");

    [Test]
    public void Decimal() => Refused(UsesDecimal, s_decimalLine, "UsesDecimal", "computes with decimal", "double");

    [Test]
    public void Random_numbers() => Refused(UsesRandom, s_randomLine, "UsesRandom", "random numbers (System.Random)", "on the host");

    [Test]
    public void The_time() => Refused(UsesTime, s_timeLine, "UsesTime", "calls DateTime.Now", "before the launch");

    [Test]
    public void A_function_without_a_body_in_CSharp() => Refused(CallsNative, s_nativeLine, "CallsNative", "MathF.Cbrt", "Sqrt, Exp, Log");

    [Test]
    public void Interlocked_operations() => Refused(UsesInterlocked, s_interlockedLine, "UsesInterlocked", "Interlocked.Increment", "Atomic.Add");

    [Test]
    public void A_lambda_that_captures() => Refused(MakesLambda, s_lambdaLine, "MakesLambda", "lambda or local function that captures");

    [Test]
    public void What_is_not_for_kernels() => Refused(CallsTheHost, s_hostLine, "CallsTheHost", "calls RefusalTests.OnTheHost, which is marked [NotInsideKernel]");

    [Test]
    public void Allocating_a_big_array() => Refused(AllocatesMuch, s_bigArrayLine, "AllocatesMuch", "an array of 4104 bytes; 4096 is the most", "LocalMemory");

    [Test]
    public void Stackalloc() => Refused(Stackallocs, s_stackallocLine, "Stackallocs", "stackalloc", "LocalMemory.Allocate");

    [Test]
    public void Boxing() => Refused(Boxes, s_boxLine, "Boxes", "virtual call object.GetHashCode");

    [Test]
    public void Shared_memory_of_a_size_known_at_run_time_only() => Refused(SharedOfRunTimeSize, s_sharedLine, "SharedOfRunTimeSize", "shared memory whose size is not a constant", "GetDynamic");

    [Test]
    public void An_atomic_operation_on_a_local_variable() => Refused(AtomicOnLocal, s_localAtomicLine, "AtomicOnLocal", "atomic operation on a local variable");

    [Test]
    public void The_console() => Refused(Writes, s_consoleLine, "Writes", "Console.WriteLine", "Interop.WriteLine");

    [Test]
    public void Locks_and_other_library_code() => Refused(Locks, s_lockLine, "Locks", "Monitor");

    [Test]
    public void A_reference_to_one_of_two_variables() => Refused(ConditionalReference, s_referenceLine - 1, "ConditionalReference", "a reference to a local variable that depends on a condition");

    [Test]
    public void A_captured_variable()
    {
        int captured = 5;
        Action<ArrayView<int>> kernel = r => r[0] = captured;
        Refused(kernel, Line() - 1, "A_captured_variable", "captures the variable captured", "parameter");
    }

    [Test]
    public void A_class_as_parameter()
    {
        Action<ArrayView<int>, string> kernel = (r, text) => r[0] = 1;
        var exception = Assert.Throws<KernelCompilationException>(() => KernelFrontend.Translate(kernel.Method, KernelKind.Explicit))!;
        Assert.That(exception.Message, Does.Contain("its parameter text is or holds a string"));
    }

    private static void TwoEntries(ArrayView<int> r)
    {
        int n = r[0];
        if (n > 5)
            goto middle;
    top:
        n += 2;
    middle:
        n++;
        if (n < 20)
            goto top;
        r[0] = n;
    }

    [Test]
    public void A_loop_with_two_entries()
    {
        var exception = Assert.Throws<KernelCompilationException>(() => KernelFrontend.Translate(((Delegate)TwoEntries).Method, KernelKind.Explicit))!;
        Assert.That(exception.Message, Does.Match(@"^Kernel RefusalTests\.TwoEntries cannot run on a device: a goto jumps into the middle of a loop at RefusalTests\.cs:\d+; .*\.$"));
    }

    [Test]
    public void An_implicit_kernel_without_an_index()
    {
        var exception = Assert.Throws<KernelCompilationException>(() => KernelFrontend.Translate(((Delegate)Checked).Method, KernelKind.Implicit))!;
        Assert.That(exception.Message, Does.Contain("first parameter is not an index"));
    }
}
