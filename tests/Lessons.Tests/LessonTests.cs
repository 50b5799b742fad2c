namespace GemmaIlgpu.Lessons.Tests;

/// <summary>Every rung of every lesson against double precision, at sizes that are multiples of nothing.</summary>
public class LessonTests
{
    private static IEnumerable<TestCaseData> Everywhere() =>
        from lesson in LessonCatalog.All
        from device in Accelerators.Names
        select new TestCaseData(lesson, device).SetArgDisplayNames($"{lesson.Number:00}", device);

    [TestCaseSource(nameof(Everywhere))]
    public void Every_rung_is_right(Lesson lesson, string device)
    {
        LessonResult result = LessonRunner.Run(lesson, Accelerators.Get(device), new LessonRequest { Scale = Scale.Small, Measure = false });
        using (Assert.EnterMultipleScope())
        {
            foreach (RungResult rung in result.Rungs.Where(rung => rung.Skipped is null))
                Assert.That(rung.Correct, Is.True, $"{rung.Name}: off by {rung.LargestError:g3}, tolerance {result.Tolerance:g3}");
            Assert.That(result.Rungs.Where(rung => rung.Skipped is not null).Select(rung => rung.Name), lesson.Number == 12 && device != Accelerators.Cuda ? Is.EqualTo(new[] { "mma.sync" }) : Is.Empty);
        }
    }

    [Test]
    public void Each_lesson_climbs_from_plain_code_by_a_naive_kernel_to_two_better_ones()
    {
        Assert.That(LessonCatalog.All.Select(lesson => lesson.Number), Is.EqualTo(Enumerable.Range(1, 12)));
        using (Assert.EnterMultipleScope())
        {
            foreach (Lesson lesson in LessonCatalog.All)
            {
                Problem problem = lesson.Pose(Scale.Small);
                Assert.That(lesson.Rungs[0].Name, Is.EqualTo("plain C#"), lesson.Title);
                Assert.That(lesson.Rungs, Has.Count.GreaterThanOrEqualTo(4), lesson.Title);
                Assert.That(lesson.Rungs.Select(rung => rung.Name), Is.Unique, lesson.Title);
                Assert.That(lesson.Rungs.Select(rung => rung.Bytes(problem)), Is.All.GreaterThanOrEqualTo(problem.LeastBytes), $"{lesson.Title}: less than the inputs and outputs");
            }
        }
    }

    [Test]
    public void A_problem_is_the_same_each_time()
    {
        foreach (Lesson lesson in LessonCatalog.All)
        {
            double[] first = lesson.Pose(Scale.Small).Expected, second = lesson.Pose(Scale.Small).Expected;
            Assert.That(second, Is.EqualTo(first), lesson.Title);
        }
    }

    [Test]
    public void A_judgement_names_the_first_wrong_element()
    {
        Problem problem = LessonCatalog.All[3].Pose(Scale.Small);       // [67, 45] to [45, 67]
        float[] right = [.. problem.Expected.Select(value => (float)value)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Judgement.Of(problem, right), Is.EqualTo(new Judgement(0, null)));
            Assert.That(Judgement.Of(problem, [1]).Complaint, Is.EqualTo("the result has 1 elements; it should have 3,015"));
            float[] wrong = [.. right];
            wrong[(2 * 67) + 5] = 3;
            Assert.That(Judgement.Of(problem, wrong).Complaint, Does.StartWith("1 of 3,015 elements is wrong, the first is row 2, column 5: 3; it should be "));
            wrong[(2 * 67) + 4] = float.NaN;
            Assert.That(Judgement.Of(problem, wrong).LargestError, Is.NaN);
            Assert.That(Judgement.Of(problem, wrong).Complaint, Does.StartWith("2 of 3,015 elements are wrong, the first is row 2, column 4, which nobody wrote").And.EndsWith("(1 were not written)"));
        }
    }

    [TestCaseSource(nameof(Everywhere))]
    public void The_readers_rung_begins_as_a_right_one(Lesson lesson, string device)
    {
        LessonResult result = LessonRunner.Run(lesson, Accelerators.Get(device), new LessonRequest { Scale = Scale.Small, Measure = false, Only = "mine" });
        Assert.That(result.Rungs.Select(rung => rung.Name), Is.EqualTo(lesson.Rungs.Take(2).Select(rung => rung.Name).Append("mine")));
        Assert.That(result.Rungs[2].Complaint, Is.Null);
    }

    [Test]
    public void Figures_follow_from_bytes_operations_and_time()
    {
        LessonResult result = LessonRunner.Run(LessonCatalog.All[5], Accelerators.Get("Simd 256"), new LessonRequest { Scale = Scale.Small, Counting = new CountLaunches() });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Operations, Is.EqualTo(2 * 67 * 35 * 21));
            Assert.That(result.LeastBytes, Is.EqualTo(4 * ((67 * 21) + (21 * 35) + (67 * 35))));
            foreach (RungResult rung in result.Rungs)
                Assert.That(rung.Speed, Is.EqualTo(result.Operations / 1e9 / rung.Seconds!.Value).Within(1).Percent);
            Assert.That(result.Rungs[0].TimesTheRungBefore, Is.Null);
            Assert.That(result.Rungs[2].TimesTheRungBefore, Is.EqualTo(result.Rungs[1].Seconds / result.Rungs[2].Seconds).Within(1).Percent);
            Assert.That(result.Rungs[1].Counters, Is.EqualTo(new[] { KeyValuePair.Create("launches", 1.0) }));
        }
    }

    private sealed class CountLaunches : ILaunchCounting
    {
        public ILGPU.Runtime.Accelerator Accelerator => Accelerators.Get("Debug 4");

        public IReadOnlyList<KeyValuePair<string, double>> Count(Action launch)
        {
            launch();
            return [KeyValuePair.Create("launches", 1.0)];
        }
    }
}
