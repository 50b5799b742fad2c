using System.Reflection;

namespace GemmaIlgpu.Lessons;

/// <summary>The kernels of the lessons, for tools that look into kernels.</summary>
public static class LessonKernels
{
    private static readonly Type[][] Classes =
    [
        [typeof(VectorAddKernels), typeof(VectorAddMine)],
        [typeof(IndexingKernels), typeof(IndexingMine)],
        [typeof(ReductionKernels), typeof(ReductionMine)],
        [typeof(TransposeKernels), typeof(TransposeMine)],
        [typeof(MatrixVectorKernels), typeof(MatrixVectorMine)],
        [typeof(MatrixProductKernels), typeof(RegisterTileKernel), typeof(RowsPerThreadKernel), typeof(MatrixProductMine)],
        [typeof(SoftmaxKernels), typeof(SoftmaxMine)],
        [typeof(RmsNormKernels), typeof(RmsNormMine)],
        [typeof(RopeKernels), typeof(GeGluKernels), typeof(RopeAndGeGluMine)],
        [typeof(AttentionKernels), typeof(FlashKernel), typeof(QueryPerLaneKernel), typeof(AttentionMine)],
        [typeof(QuantisedKernels), typeof(QuantisedMine)],
        [typeof(BFloat16ProductKernels), typeof(FragmentKernels), typeof(TensorCoresMine)],
    ];

    /// <summary>Gets them, lesson by lesson.</summary>
    public static IReadOnlyList<MethodInfo> All { get; } =
        [.. Classes.SelectMany(classes => classes).SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly)).Where(method => method.ReturnType == typeof(void))];

    /// <summary>Whether a kernel can only run on CUDA devices.</summary>
    public static bool NeedsCuda(MethodInfo kernel) => kernel.DeclaringType == typeof(FragmentKernels) && kernel.Name == nameof(FragmentKernels.TensorCore);

    /// <summary>The lesson of a kernel; null if it is none of theirs.</summary>
    public static Lesson? LessonOf(MethodInfo kernel)
    {
        int index = Array.FindIndex(Classes, classes => classes.Contains(kernel.DeclaringType));
        return index < 0 ? null : LessonCatalog.All[index];
    }

    /// <summary>Launches a kernel of a lesson at the small size, others of its lesson on the way.</summary>
    public static void Run(MethodInfo kernel, ILGPU.Runtime.Accelerator accelerator)
    {
        Lesson lesson = LessonOf(kernel) ?? throw new ArgumentException($"{kernel.Name} is no kernel of a lesson.", nameof(kernel));
        Problem problem = lesson.Pose(Scale.Small);
        bool isMine = kernel.DeclaringType!.Name.EndsWith("Mine", StringComparison.Ordinal);
        foreach (Rung rung in isMine ? [lesson.Mine] : lesson.Rungs.Skip(1))
        {
            using Workbench bench = new(accelerator);
            if (rung.WhyNot(bench) is null)
                rung.Prepare(bench, problem)();
            accelerator.Synchronize();
        }
    }
}
