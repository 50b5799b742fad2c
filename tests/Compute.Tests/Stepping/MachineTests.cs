using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using GemmaIlgpu.Compute.Backends.Lockstep;
using GemmaIlgpu.Compute.Ir;
using GemmaIlgpu.Compute.Runtime.Cpu;

namespace GemmaIlgpu.Compute.Tests.Stepping;

/// <summary>The stepped machine computes what others compute, and going back leads to exactly what was.</summary>
public class MachineTests
{
    private static readonly string[] s_right = [nameof(SteppedKernels.TreeSum), nameof(SteppedKernels.Collatz), nameof(SteppedKernels.Histogram), nameof(SteppedKernels.Transpose)];

    private static readonly int[] s_warps = [1, 4, 8, 32];

    [Test]
    public void Results_are_those_of_the_kernel([ValueSource(nameof(s_right))] string kernel, [ValueSource(nameof(s_warps))] int warpSize)
    {
        if (kernel == nameof(SteppedKernels.Histogram) && warpSize == 1)
            Assert.Ignore("The kernel exchanges values between two lanes.");
        int[] found = SteppedLaunchOf.Run(kernel, warpSize, machine =>
        {
            // Half way, back, and on.
            while (machine.Time < 300 && machine.Advance().Kind != StepKind.End)
            {
            }
            machine.GoTo(17);
        });
        int[] expected = kernel switch
        {
            nameof(SteppedKernels.TreeSum) => [.. Enumerable.Range(0, 3).Select(group => Enumerable.Range(16 * group, 16).Sum())],
            nameof(SteppedKernels.Collatz) => [.. Enumerable.Range(1, 30).Select(CollatzSteps)],
            nameof(SteppedKernels.Histogram) => [8, 8, 8, 8, 8, 8, 8, 8],
            _ => [.. Enumerable.Range(0, 64).Select(i => i % 8 * 8 + i / 8)],
        };
        if (kernel == nameof(SteppedKernels.Histogram))
            Assert.That(found.Take(8).Sum(), Is.EqualTo(64));
        else
            Assert.That(found.Take(expected.Length), Is.EqualTo(expected));
    }

    [Test]
    public void Back_and_forth_is_the_same_state([ValueSource(nameof(s_right))] string kernel, [Values(4, 32)] int warpSize)
    {
        SteppedLaunchOf.Run(kernel, warpSize, machine =>
        {
            var states = new List<byte[]> { StateOf(machine) };
            while (machine.Advance().Kind != StepKind.End)
                states.Add(StateOf(machine));
            Gen<int> times = Gen.Choose(0, states.Count - 1);
            Prop.ForAll(times.Two().ToArbitrary(), pair =>
            {
                machine.GoTo(pair.Item1);
                bool first = StateOf(machine).SequenceEqual(states[pair.Item1]);
                machine.GoTo(pair.Item2);
                return first && StateOf(machine).SequenceEqual(states[pair.Item2]);
            }).QuickCheckThrowOnFailure();
        });
    }

    private static readonly string[] s_all = [.. s_right, nameof(SteppedKernels.Race), nameof(SteppedKernels.Outside), nameof(SteppedKernels.Missed), nameof(SteppedKernels.Unwritten)];

    [Test]
    public void Whatever_way_led_to_a_time_the_state_is_that_of_the_straight_way([ValueSource(nameof(s_all))] string kernel, [Values(4, 32)] int warpSize)
    {
        var straight = new List<byte[]>();
        Run(kernel, warpSize, machine =>
        {
            do
                straight.Add(SeenIn(machine));
            while (machine.Advance().Kind is not (StepKind.End or StepKind.Fault));
        });
        Run(kernel, warpSize, machine =>
        {
            var stepper = new Stepper(machine) { Watch = done => done.Statement % 5 == 3 ? 0 : -1 };
            stepper.Begin();
            Func<StopReason>[] moves = [stepper.Step, stepper.Next, stepper.Finish, stepper.Continue, stepper.StepInstruction,
                stepper.StepBack, stepper.NextBack, stepper.FinishBack, stepper.ContinueBack, stepper.StepInstructionBack, () => stepper.GoToGroup(machine.Launch.Groups - 1)];
            Prop.ForAll(Gen.Choose(0, moves.Length + 1).Two().ListOf().ToArbitrary(), commands =>
            {
                foreach ((int command, int thread) in commands)
                {
                    if (command < moves.Length)
                        moves[command]();
                    else
                        stepper.Thread = thread % machine.ThreadCount;
                    if (!SeenIn(machine).SequenceEqual(straight[(int)machine.Time]))
                        return false;
                }
                return true;
            }).QuickCheckThrowOnFailure();
        });
    }

    // Of a launch with a mistake only the way there matters.
    private static void Run(string kernel, int warpSize, Action<SteppedMachine> look)
    {
        if (s_right.Contains(kernel))
            SteppedLaunchOf.Run(kernel, warpSize, look);
        else
            Assert.That(() => SteppedLaunchOf.Run(kernel, warpSize, look), Throws.InstanceOf<KernelFaultException>());
    }

    [TestCase(nameof(SteppedKernels.Race), "race: ")]
    [TestCase(nameof(SteppedKernels.Outside), "index 64 is outside x of length 64")]
    [TestCase(nameof(SteppedKernels.Missed), "not every thread of the group reached Group.Barrier")]
    [TestCase(nameof(SteppedKernels.Unwritten), "which nobody has written")]
    public void A_mistake_stops_at_its_statement_and_one_can_go_back(string kernel, string sentence)
    {
        var fault = Assert.Throws<KernelFaultException>(() => SteppedLaunchOf.Run(kernel, 8, machine =>
        {
            var stepper = new Stepper(machine);
            stepper.Begin();
            Assert.That(stepper.Continue(), Is.EqualTo(StopReason.Fault));
            int line = machine.Fault!.Line;
            using (Assert.EnterMultipleScope())
            {
                Assert.That(machine.Fault.Message, Does.Contain(sentence));
                Assert.That(machine.IsAtFault, Is.True);
                Assert.That(stepper.Statement!.Span.Line, Is.EqualTo(line));
            }
            byte[] state = StateOf(machine);
            Assert.That(stepper.StepBack(), Is.EqualTo(StopReason.Step));
            Assert.That(machine.IsAtFault, Is.False);
            // Forwards again it is the same mistake.
            Assert.That(stepper.Continue(), Is.EqualTo(StopReason.Fault));
            Assert.That(StateOf(machine), Is.EqualTo(state));
        }))!;
        Assert.That(fault.Message, Does.Contain(sentence));
    }

    [Test]
    public void Steps_go_into_methods_and_next_over_them()
    {
        SteppedLaunchOf.Run(nameof(SteppedKernels.Collatz), 8, machine =>
        {
            var stepper = new Stepper(machine) { Thread = 2 };
            stepper.Begin();
            stepper.Thread = 2;
            bool inside = false;
            for (int i = 0; i < 12; i++)
            {
                Assert.That(stepper.Step(), Is.EqualTo(StopReason.Step));
                inside |= stepper.Statement!.Inlining.Depth == 1;
            }
            Assert.That(inside, Is.True);
            machine.GoTo(0);
            stepper.Begin();
            stepper.Thread = 2;
            for (int i = 0; i < 12; i++)
            {
                Assert.That(stepper.Next(), Is.EqualTo(StopReason.Step));
                Assert.That(stepper.Statement!.Inlining.Depth, Is.Zero);
            }
        });
    }

    [Test]
    public void Every_statement_can_be_stepped_back([Values(4, 32)] int warpSize)
    {
        SteppedLaunchOf.Run(nameof(SteppedKernels.Collatz), warpSize, machine =>
        {
            var stepper = new Stepper(machine);
            stepper.Begin();
            stepper.Thread = 3;
            var lines = new List<int>();
            while (stepper.Step() == StopReason.Step)
                lines.Add(stepper.Statement!.Span.Line);
            var back = new List<int>();
            while (stepper.StepBack() == StopReason.Step)
                back.Add(stepper.Statement!.Span.Line);
            // The first statement was passed before the thread was chosen.
            back.Reverse();
            Assert.That(back.Skip(back.Count - lines.Count), Is.EqualTo(lines));
        });
    }

    [Test]
    public void Lanes_that_wait_know_why_and_where()
    {
        SteppedLaunchOf.Run(nameof(SteppedKernels.TreeSum), 16, machine =>
        {
            var stepper = new Stepper(machine);
            stepper.Begin();
            int[] lines = [.. machine.Statements.Select(statement => statement.Span.Line)];
            int first = lines.Min();
            while (stepper.Step() == StopReason.Step && machine.WarpOf(0).IsWhole)
            {
            }
            using (Assert.EnterMultipleScope())
            {
                Assert.That(stepper.Statement!.Span.Line, Is.EqualTo(first + 7), "the addition");
                Assert.That(machine.StateOf(3), Is.EqualTo(SteppedState.Active));
                Assert.That(machine.StateOf(12), Is.EqualTo(SteppedState.MaskedOff));
                Assert.That(machine.SeparationOf(12)!.Value.Where!.Line, Is.EqualTo(first + 6), "the if");
                Assert.That(machine.StatementOf(12)!.Span.Line, Is.EqualTo(first + 8), "the barrier");
            }
        });
    }

    // Shared memory, registers, local memory; where the warps are; global memory.
    private static unsafe byte[] StateOf(SteppedMachine machine)
    {
        var bytes = new List<byte>();
        // How a row is kept, as numbers or as a rule, may depend on who has looked at it; what it holds may not.
        foreach (IrValue value in machine.Program.Kernel.Blocks.SelectMany(block => block.Phis.Concat(block.Values)).Where(value => value.Type != IrType.Void))
            for (int thread = 0; thread < machine.ThreadCount; thread++)
                bytes.AddRange(BitConverter.GetBytes(machine.Read(value, thread)));
        foreach (LockstepWarp warp in machine.Group.Warps)
        {
            LockstepWarp.Position position = warp.Save();
            bytes.AddRange(MemoryMarshal.AsBytes<long>([position.Number, (long)position.Start, (long)position.Mask, position.Block, position.Next, position.Waiting, position.HasEnded ? 1 : 0]));
            bytes.AddRange(MemoryMarshal.AsBytes<LockstepWarp.Path>(position.Paths));
            bytes.AddRange(new ReadOnlySpan<byte>(warp.Local, (int)(machine.Program.LocalBytes * machine.Program.Lanes)));
        }
        AddMemory(machine, bytes);
        return System.Security.Cryptography.SHA256.HashData(CollectionsMarshal.AsSpan(bytes));
    }

    // What somebody sees who steps: where each thread is and its variables, and memory. Registers that hold nothing yet and addresses
    // are others in another launch.
    private static byte[] SeenIn(SteppedMachine machine)
    {
        var bytes = new List<byte>();
        for (int thread = 0; thread < machine.ThreadCount; thread++)
        {
            SteppedState state = machine.StateOf(thread);
            IrStatement? statement = machine.StatementOf(thread);
            bytes.AddRange(MemoryMarshal.AsBytes<long>([machine.GroupNumber, (long)state, statement?.Index ?? -1]));
            if (state == SteppedState.Active)
                foreach (IrValue value in statement!.Marker.Operands.Where(value => value.Type != IrType.Ptr))
                    bytes.AddRange(BitConverter.GetBytes(machine.Read(value, thread)));
        }
        AddMemory(machine, bytes);
        return [.. bytes];
    }

    private static unsafe void AddMemory(SteppedMachine machine, List<byte> bytes)
    {
        bytes.AddRange(new ReadOnlySpan<byte>(machine.Group.Shared, (int)machine.Group.SharedBytes));
        for (int i = 0; i < machine.Group.SharedBytes; i++)
            bytes.Add(machine.IsWritten((long)machine.Group.Shared + i, 1) ? (byte)1 : (byte)0);
        for (int p = 0; p < machine.Program.Kernel.Parameters.Count; p++)
        {
            if (machine.Program.Kernel.Parameters[p].Kind != ParameterKind.ViewPointer)
                continue;
            NamedMemory memory = new NamedView(machine.Program.Kernel, p).In(machine.Launch.Slots);
            bytes.AddRange(new ReadOnlySpan<byte>((void*)memory.Start, (int)memory.Bytes));
        }
    }

    private static int CollatzSteps(int value)
    {
        int steps = 0;
        for (; value != 1; steps++)
            value = value % 2 == 0 ? value / 2 : 3 * value + 1;
        return steps;
    }
}
