using GemmaIlgpu.Lessons.Tests.Solutions;

namespace GemmaIlgpu.Lessons.Tests;

/// <summary>The answers to "Your turn" of every lesson are right wherever the lessons run, and count as docs/lessons/answers.md says.</summary>
public class SolutionTests
{
    private static readonly Func<Workbench, Problem, Action>[] Prepared =
    [
        (bench, problem) => Lesson01.Prepare(bench, (VectorAdd.Vectors)problem),
        (bench, problem) => Lesson02.Prepare(bench, (IndexingAndStrides.Matrix)problem),
        (bench, problem) => Lesson03.Prepare(bench, (Reduction.Numbers)problem),
        (bench, problem) => Lesson04.Prepare(bench, (Transpose.Matrix)problem),
        (bench, problem) => Lesson05.Prepare(bench, (MatrixVector.Product)problem),
        (bench, problem) => Lesson06.Prepare(bench, (MatrixProduct.Product)problem),
        (bench, problem) => Lesson07.Prepare(bench, (SoftmaxLesson.Rows)problem),
        (bench, problem) => Lesson08.Prepare(bench, (RmsNormLesson.Rows)problem),
        (bench, problem) => Lesson09.Prepare(bench, (RopeAndGeGlu.Layer)problem),
        (bench, problem) => Lesson10.Prepare(bench, (AttentionLesson.Heads)problem),
        (bench, problem) => Lesson11.Prepare(bench, (QuantisedMatrixVector.Product)problem),
        (bench, problem) => Lesson12.Prepare(bench, (TensorCores.Product)problem),
    ];

    private static IEnumerable<TestCaseData> Everywhere() =>
        from lesson in LessonCatalog.All
        from device in Accelerators.Names
        select new TestCaseData(lesson, device).SetArgDisplayNames($"{lesson.Number:00}", device);

    internal static Rung Solution(Lesson lesson) => lesson.Mine with { Prepare = Prepared[lesson.Number - 1] };

    [TestCaseSource(nameof(Everywhere))]
    public void A_solution_is_right(Lesson lesson, string device)
    {
        Problem problem = lesson.Pose(Scale.Small);
        using Workbench bench = new(Accelerators.Get(device));
        Solution(lesson).Prepare(bench, problem)();
        Assert.That(Judgement.Of(problem, bench.ReadResult()).Complaint, Is.Null);
    }
}
