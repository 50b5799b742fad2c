namespace ILGPU.Algorithms.ScanReduceOperations;

/// <summary>An associative operation for reductions and scans.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public interface IScanReduceOperation<T>
    where T : struct
{
    /// <summary>Gets the name of the operation in OpenCL; empty if it has none.</summary>
    string CLCommand { get; }

    /// <summary>Gets the value that changes no other.</summary>
    T Identity { get; }

    /// <summary>Combines two values.</summary>
    T Apply(T first, T second);

    /// <summary>Combines an element with a value, atomically.</summary>
    void AtomicApply(ref T target, T value);
}
