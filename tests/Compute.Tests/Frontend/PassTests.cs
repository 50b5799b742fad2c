using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Ir.Analysis;
using ILGPU;

namespace GemmaIlgpu.Compute.Tests.Frontend;

/// <summary>What each pass is there for, seen in the IR of a kernel that needs it.</summary>
public class PassTests
{
    private static int Count(IrKernel ir, IrOp op) => ir.Blocks.Sum(block => block.Phis.Concat(block.Values).Count(value => value.Op == op));

    private static int CountInLoops(IrKernel ir, IrOp op)
    {
        var forest = new LoopForest(ir);
        return ir.Blocks.Where(block => forest.Innermost(block) is not null).Sum(block => block.Values.Count(value => value.Op == op));
    }

    private static void Powers(ArrayView<int> r, int a, uint b)
    {
        r[0] = a / 16;
        r[1] = a % 8;
        r[2] = (int)(b / 4 + b % 32);
        r[3] = a * 64;
    }

    [Test]
    public void Dividing_by_a_power_of_two_is_shifting()
    {
        foreach (int a in new[] { 0, 1, 15, 16, -1, -15, -16, -17, int.MinValue, int.MaxValue })
            KernelRunner.Check(Powers, new int[4], a, (uint)a);
        IrKernel ir = KernelRunner.Translate(Powers);
        Assert.That(Count(ir, IrOp.Div) + Count(ir, IrOp.Rem) + Count(ir, IrOp.DivU) + Count(ir, IrOp.RemU) + Count(ir, IrOp.Mul), Is.Zero, ir.ToString());
    }

    private static void Repeated(ArrayView<float> x, ArrayView<float> y, int i)
    {
        y[i] = x[i] * x[i] + (float)(i * 3);
        y[i + 1] = x[i] * x[i] + (float)(i * 3);
    }

    [Test]
    public void Equal_operations_are_done_once()
    {
        IrKernel ir = KernelRunner.Translate(Repeated);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Count(ir, IrOp.SignedToFloat), Is.EqualTo(1), ir.ToString());
            Assert.That(Count(ir, IrOp.Load), Is.EqualTo(2), "one before the store, one after it, which may have changed x");
        }
        KernelRunner.Check(Repeated, new float[] { 1, 2, 3 }, new float[3], 1);
    }

    private static void Invariant(ArrayView<float> x, ArrayView<float> y, int row, int width, float scale)
    {
        for (int i = 0; i < width; i++)
            y[(long)row * width + i] = x[i] * MathF.Sqrt(scale);
    }

    [Test]
    public void Loops_do_not_repeat_what_does_not_change()
    {
        IrKernel ir = KernelRunner.Translate(Invariant);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(CountInLoops(ir, IrOp.Sqrt), Is.Zero, ir.ToString());
            Assert.That(ir.ToString(), Does.Not.Contain("add i64"), "row · width is part of an address outside the loop");
            Assert.That(Count(ir, IrOp.Sqrt), Is.EqualTo(1));
        }
        KernelRunner.Check(Invariant, new float[] { 1, 2, 3 }, new float[9], 2, 3, 2f);
    }

    private static void GuardedDivision(ArrayView<int> r, int a, int b)
    {
        for (int i = 0; i < 4 + a; i++)
            if (b != 0)
                r[i] = a / b;
    }

    [Test]
    public void A_division_that_could_fault_stays_behind_its_guard()
    {
        KernelRunner.Check(GuardedDivision, new int[9], 5, 0);
        KernelRunner.Check(GuardedDivision, new int[9], 5, 2);
        Assert.That(CountInLoops(KernelRunner.Translate(GuardedDivision), IrOp.Div), Is.EqualTo(1));
    }

    private static void SmallBranches(ArrayView<float> x, int i, float limit)
    {
        float value = x[i];
        if (value > limit)
            value = limit;
        else if (value < -limit)
            value = -limit;
        x[i] = value;
    }

    [Test]
    public void Small_branches_become_selects()
    {
        IrKernel ir = KernelRunner.Translate(SmallBranches);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ir.Blocks, Has.Count.EqualTo(1), ir.ToString());
            Assert.That(Count(ir, IrOp.Select), Is.EqualTo(2));
        }
        foreach (float value in new[] { 3f, -3f, 0.5f, float.NaN })
            KernelRunner.Check(SmallBranches, new[] { value }, 0, 2f);
    }

    private static void GuardedLoad(ArrayView<float> x, ArrayView<float> y, int i)
    {
        float value = 0f;
        if (i < x.Length)
            value = x[i];
        y[0] = value;
    }

    [Test]
    public void A_load_stays_behind_its_guard()
    {
        Assert.That(KernelRunner.Translate(GuardedLoad).Blocks, Has.Count.GreaterThan(1));
        KernelRunner.Check(GuardedLoad, new float[2], new float[1], 1000);
    }

    private static void FixedRounds(ArrayView<int> r)
    {
        int sum = 0;
        for (int i = 0; i < 4; i++)
            for (int j = i; j < 4; j++)
                sum += r[j] * i;
        r[0] = sum;
    }

    [Test]
    public void Loops_of_few_rounds_are_written_out()
    {
        IrKernel ir = KernelRunner.Translate(FixedRounds);
        Assert.That(ir.Blocks, Has.Count.EqualTo(1), ir.ToString());
        KernelRunner.Check(FixedRounds, new[] { 3, 5, 7, 11 });
    }

    private static void LogicalConditions(ArrayView<int> r, int a, int b)
    {
        if (a > 3 && b > 4 || a == b)
            r[0] = 1;
    }

    [Test]
    public void Short_circuits_without_effects_become_one_condition()
    {
        IrKernel ir = KernelRunner.Translate(LogicalConditions);
        Assert.That(Count(ir, IrOp.BoolToInt), Is.Zero, ir.ToString());
        for (int a = 2; a < 6; a++)
            for (int b = 2; b < 6; b++)
                KernelRunner.Check(LogicalConditions, new int[1], a, b);
    }

    private static void Unused(ArrayView<int> r, int a)
    {
        float waste = MathF.Exp(a) + r[5];
        if (waste > 0)
            waste += 1;
        r[0] = a;
    }

    [Test]
    public void What_nothing_uses_is_gone()
    {
        IrKernel ir = KernelRunner.Translate(Unused);
        Assert.That(Count(ir, IrOp.Exp) + Count(ir, IrOp.Load), Is.Zero, ir.ToString());
    }
}
