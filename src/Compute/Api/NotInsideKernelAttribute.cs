namespace ILGPU;

/// <summary>Says that a method is for the host: a kernel that calls it is refused.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
public sealed class NotInsideKernelAttribute : Attribute;
