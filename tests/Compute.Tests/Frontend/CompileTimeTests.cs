using System.Diagnostics;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using GemmaIlgpu.Compute.Frontend;
using GemmaIlgpu.Compute.Ir;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>What is known when a kernel is compiled is gone from its IR: type arguments, static readonly data, specialised values.</summary>
public class CompileTimeTests
{
    private interface IOperation
    {
        static abstract int Apply(int a, int b);

        static virtual int Identity => 0;

        int Weight(int a);
    }

    private readonly struct Sum : IOperation
    {
        public static int Apply(int a, int b) => a + b;

        public int Weight(int a) => a * 2;
    }

    private readonly struct Product(int factor) : IOperation
    {
        public static int Apply(int a, int b) => a * b;

        public static int Identity => 1;

        int IOperation.Weight(int a) => a * factor;
    }

    private enum Mode : byte
    {
        Off,
        On = 200,
    }

    private readonly record struct Settings(int Scale, Mode Mode, float Bias);

    private static readonly int[] s_table = [3, 1, 4, 1, 5, 9, 2, 6];
    private static readonly double[] s_wide = [0.5, 1.5];
    private static readonly Settings s_settings = new(7, Mode.On, 0.25f);
    private static readonly int s_number = int.Parse("42");

    private static ReadOnlySpan<int> Literal => [10, 20, 30, 40];

    private static ReadOnlySpan<byte> Bytes => [1, 2, 255];

    private static void Fold<TOperation>(ArrayView<int> r, int a)
        where TOperation : struct, IOperation
    {
        int value = TOperation.Identity;
        for (int i = 0; i < a; i++)
            value = TOperation.Apply(value, r[i]);
        r[0] = value + default(TOperation).Weight(a);
    }

    private static void TypeTests<T>(ArrayView<int> r, T value)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
            r[0] = 1;
        else if (typeof(T) == typeof(int))
            r[0] = 2;
        else
            throw new NotSupportedException();
        r[1] = value is float ? 10 : 20;
        r[2] = int.CreateTruncating(value + value * T.One) + Unsafe.SizeOf<T>();
        r[3] = IsNull(value) ? 1 : 2;
        if (value > T.Zero)
            r[4] = 5;
    }

    private static bool IsNull<T>(T value) => value is null;

    private static void StaticData(ArrayView<int> r, int a)
    {
        int sum = 0;
        for (int i = 0; i < s_table.Length; i++)
            sum += s_table[(i + a) & 7];
        r[0] = sum + s_table[2];
        r[1] = s_settings.Scale + (s_settings.Mode == Mode.On ? (int)s_settings.Mode : -1) + s_number;
        r[2] = Literal[a & 3] + Literal.Length + Bytes[a % 3 < 0 ? 0 : a % 3];
        r[3] = (int)(s_wide[a & 1] * 4 + s_settings.Bias * 4);
    }

    private static void Specialised(ArrayView<int> r, SpecializedValue<int> count, SpecializedValue<float> scale)
    {
        if (count.Value > 3)
            r[0] = count;
        else
            r[1] = (int)(scale.Value * 8);
    }

    private static void Deconstructs(ArrayView<int> r, (int X, float Y) pair, Mode mode, bool flag, char letter, nint native)
    {
        (int x, float y) = pair;
        r[0] = x + (int)y;
        r[1] = mode switch { Mode.Off => 1, Mode.On => 2, _ => 3 };
        r[2] = flag ? letter : (int)native;
        System.Diagnostics.Debug.Assert(x != 0, "never looked at");
        Trace.Assert(x != 0);
    }

    private static void Indices(ArrayView1D<int, Stride1D.Dense> r, Index2D extent, int a)
    {
        Index2D at = new(a, 2 * a);
        r[0] = (at + extent).X;
        r[1] = at.Size + (at == extent ? 1 : 0);
        LongIndex2D wide = at;
        r[2] = (int)(wide.Y * 3);
        r[3] = r.IntExtent.X;
    }

    private static int CountOp(IrKernel ir, IrOp op) => ir.Blocks.Sum(block => block.Values.Count(value => value.Op == op));

    private static TDelegate Close<TDelegate>(string name, params Type[] arguments)
        where TDelegate : Delegate =>
        typeof(CompileTimeTests).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(arguments).CreateDelegate<TDelegate>();

    [Test]
    public void Static_abstract_members_are_inlined()
    {
        foreach (Type operation in new[] { typeof(Sum), typeof(Product) })
            KernelRunner.Check(Close<Action<ArrayView<int>, int>>(nameof(Fold), operation), new[] { 3, 5, 7 }, 3);
    }

    [Test]
    public void Tests_of_type_arguments_fold()
    {
        KernelRunner.Check(Close<Action<ArrayView<int>, float>>(nameof(TypeTests), typeof(float)), new int[5], 2.5f);
        KernelRunner.Check(Close<Action<ArrayView<int>, int>>(nameof(TypeTests), typeof(int)), new int[5], -3);
        var exception = Assert.Throws<KernelCompilationException>(() => KernelRunner.Translate(Close<Action<ArrayView<int>, long>>(nameof(TypeTests), typeof(long))))!;
        Assert.That(exception.Message, Does.Contain("NotSupportedException"));
    }

    [Test]
    public void Static_readonly_data_becomes_constants_and_tables()
    {
        for (int a = 0; a < 6; a++)
            KernelRunner.Check(StaticData, new int[4], a);
        Assert.That(KernelRunner.Translate(StaticData).ConstantTables.Select(table => table.Length), Is.EquivalentTo(new[] { 32, 16, 3, 16 }));
    }

    [TestCase(5, 0)]
    [TestCase(2, 12)]
    public void Specialised_values_fold_branches(int count, int expected)
    {
        IrKernel ir = KernelRunner.Translate(Specialised, specialized: new Dictionary<int, object> { [1] = count, [2] = SpecializedValue.New(1.5f) });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ir.Parameters.Select(parameter => parameter.Name), Is.EqualTo(new[] { "r.ptr", "r.length" }));
            Assert.That(ir.Blocks, Has.Count.EqualTo(1));
            Assert.That(CountOp(ir, IrOp.Store), Is.EqualTo(1));
        }
        int[] r = (int[])KernelRunner.Interpret(ir, new int[2], count, 1.5f)[0];
        Assert.That(r[1], Is.EqualTo(expected));
    }

    [Test]
    public void Parameters_of_every_kind_arrive()
    {
        KernelRunner.Check(Deconstructs, new int[3], (5, 2.5f), Mode.On, true, 'q', (nint)7);
        KernelRunner.Check(Deconstructs, new int[3], (-5, 2.5f), Mode.Off, false, 'q', (nint)7);
    }

    [Test]
    public void Index_types_are_inlined()
    {
        IrKernel ir = KernelRunner.Translate(Indices);
        Assert.That(ir.Parameters.Select(parameter => parameter.Name).Take(2), Is.EqualTo(new[] { "r.BaseView.ptr", "r.BaseView.length" }), ir.ToString());
    }

    [Test]
    public void A_lambda_that_captures_nothing_is_a_kernel()
    {
        Action<ArrayView<int>, int> kernel = (r, a) => r[0] = a * 3;
        KernelRunner.Check(kernel, new int[1], 14);
    }

    [Test]
    public void Every_marked_member_of_the_api_has_operations_behind_it()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> unknown =
            from type in typeof(ArrayView<>).Assembly.GetTypes()
            from member in type.GetMembers(All)
            let mark = member.GetCustomAttribute<Compute.Api.DeviceIntrinsicAttribute>()
            where mark is not null && !Intrinsics.IsKnown(mark.Name)
            select mark.Name;
        Assert.That(unknown.Distinct(), Is.Empty);
    }

    [Test]
    public void Translation_is_deterministic()
    {
        string first = KernelRunner.Translate(StaticData).ToString();
        Assert.That(KernelRunner.Translate(StaticData).ToString(), Is.EqualTo(first));
    }
}
