namespace GemmaIlgpu.Lessons;

/// <summary>The course.</summary>
public static class LessonCatalog
{
    /// <summary>Gets the lessons in order.</summary>
    public static IReadOnlyList<Lesson> All { get; } =
    [
        new VectorAdd(), new IndexingAndStrides(), new Reduction(), new Transpose(), new MatrixVector(), new MatrixProduct(),
        new SoftmaxLesson(), new RmsNormLesson(), new RopeAndGeGlu(), new AttentionLesson(), new QuantisedMatrixVector(), new TensorCores(),
    ];
}
