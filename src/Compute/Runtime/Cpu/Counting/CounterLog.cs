using GemmaIlgpu.Compute.Runtime.Cpu;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GemmaIlgpu.Compute;

/// <summary>What the launches of a Counted accelerator did.</summary>
public sealed class CounterLog
{
    private readonly Lock _gate = new();
    private readonly List<KernelCounters> _kernels = [];
    private readonly List<LaunchTrace> _traces = [];
    private KernelCounters? _last;
    private KernelCounters _total = new();

    internal CounterLog()
    {
    }

    /// <summary>Gets or sets whether the next launches are kept line by line and access by access, which takes room and time.</summary>
    public bool KeepsTraces { get; set; }

    /// <summary>Gets the launches that were kept so.</summary>
    public IReadOnlyList<LaunchTrace> Traces
    {
        get
        {
            lock (_gate)
                return [.. _traces];
        }
    }

    /// <summary>Gets the last launch; null if there was none.</summary>
    public KernelCounters? Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>Gets all launches together.</summary>
    public KernelCounters Total
    {
        get
        {
            lock (_gate)
                return _total;
        }
    }

    /// <summary>Gets the launches of each kernel together, in the order of their first launch; other type arguments make another kernel.</summary>
    public IReadOnlyList<KernelCounters> Kernels
    {
        get
        {
            lock (_gate)
                return [.. _kernels];
        }
    }

    /// <summary>Forgets all launches.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _kernels.Clear();
            _traces.Clear();
            (_last, _total) = (null, new());
        }
    }

    internal void Add(KernelCounters launch, LaunchTrace? trace)
    {
        lock (_gate)
        {
            if (trace is not null)
                _traces.Add(trace);
            _last = launch;
            _total.Add(launch);
            KernelCounters? sum = _kernels.Find(kernel => kernel.Kernel == launch.Kernel && kernel.Method == launch.Method);
            if (sum is null)
                _kernels.Add(sum = new() { Kernel = launch.Kernel, Method = launch.Method });
            sum.Add(launch);
        }
    }
}

/// <summary>Counters of accelerators.</summary>
public static class CounterExtensions
{
    /// <summary>Gets what the launches of an accelerator did.</summary>
    /// <exception cref="NotSupportedException">The accelerator does not count.</exception>
    public static CounterLog GetCounters(this Accelerator accelerator) =>
        accelerator is CPUAccelerator { Engine: CountedEngine engine }
            ? engine.Log
            : throw new NotSupportedException($"{accelerator?.Name} does not count; open CpuDevices.Counted() or build the context with CountedCpu().");
}
