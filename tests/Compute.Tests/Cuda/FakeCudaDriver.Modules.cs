using System.Text;
using System.Text.RegularExpressions;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Tests.Cuda;

internal sealed unsafe partial class FakeCudaDriver
{
    private readonly Dictionary<nint, FakeModule> _modules = [];

    /// <summary>Gets what kernels do, by a part of their entry's name; others do nothing.</summary>
    public Dictionary<string, Action<FakeLaunch>> Kernels { get; } = [];

    /// <summary>Gets all launches as they were asked for.</summary>
    public List<FakeLaunch> Launches { get; } = [];

    /// <summary>Gets or sets what the compiler says when <see cref="Fail"/> lets ModuleLoadData fail.</summary>
    public string JitLog { get; set; } = "";

    /// <summary>Gets or sets the most threads of a group that registers leave.</summary>
    public int MaxThreadsPerBlock { get; set; } = 1024;

    /// <summary>Gets the attributes that were set, by entry.</summary>
    public Dictionary<string, int> DynamicSharedAllowed { get; } = [];

    public override CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> ptx, in CudaJitOptions options, out string log)
    {
        lock (_lock)
        {
            module = 0;
            log = JitLog;
            CudaResult result = InContext("ModuleLoadData", out _);
            if (result != CudaResult.Success)
                return result;
            if (RefusedInCapture("ModuleLoadData"))
                return CudaResult.StreamCaptureUnsupported;
            if (ptx[^1] != 0)
                Violations.Add("PTX without a 0 at its end");
            string text = Encoding.UTF8.GetString(ptx[..^1]);
            Match entry = EntryHeading().Match(text);
            _modules[module = NewHandle()] = new FakeModule(entry.Groups[1].Value, ParameterHeading().Count(entry.Groups[2].Value));
            return CudaResult.Success;
        }
    }

    public override CudaResult ModuleUnload(nint module)
    {
        lock (_lock)
        {
            CudaResult result = InContext("ModuleUnload", out _);
            return result == CudaResult.Success && !_modules.Remove(module) ? CudaResult.InvalidHandle : result;
        }
    }

    public override CudaResult ModuleGetFunction(out nint function, nint module, string name)
    {
        lock (_lock)
        {
            function = module;
            CudaResult result = InContext("ModuleGetFunction", out _);
            return result == CudaResult.Success && _modules[module].Entry != name ? CudaResult.NotFound : result;
        }
    }

    public override CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function)
    {
        value = attribute switch
        {
            CudaFunctionAttribute.MaxThreadsPerBlock => MaxThreadsPerBlock,
            CudaFunctionAttribute.Registers => 40,
            _ => 0,
        };
        lock (_lock)
            return InContext("FuncGetAttribute", out _);
    }

    public override CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value)
    {
        lock (_lock)
        {
            DynamicSharedAllowed[_modules[function].Entry] = value;
            return InContext("FuncSetAttribute", out _);
        }
    }

    public override CudaResult OccupancyMaxActiveBlocksPerMultiprocessor(out int groups, nint function, int groupSize, long dynamicSharedBytes)
    {
        groups = Math.Min(2048 / groupSize, 16);
        lock (_lock)
            return InContext("OccupancyMaxActiveBlocksPerMultiprocessor", out _);
    }

    public override CudaResult LaunchKernel(
        nint function,
        (uint X, uint Y, uint Z) grid,
        (uint X, uint Y, uint Z) group,
        uint dynamicSharedBytes,
        nint stream,
        void** parameters)
    {
        lock (_lock)
        {
            if (!_modules.TryGetValue(function, out FakeModule? module))
            {
                Violations.Add("a launch of what is not loaded");
                return CudaResult.InvalidHandle;
            }

            var values = new long[module.Parameters];
            for (int i = 0; i < values.Length; i++)
                values[i] = *(long*)parameters[i];
            var launch = new FakeLaunch(module.Entry, grid, group, dynamicSharedBytes, values);
            CudaResult result = Put("LaunchKernel", stream, () =>
            {
                foreach ((string name, Action<FakeLaunch> body) in Kernels)
                {
                    if (module.Entry.Contains(name, StringComparison.Ordinal))
                        body(launch);
                }
            });
            if (result == CudaResult.Success)
                Launches.Add(launch);
            return result;
        }
    }

    [GeneratedRegex(@"\.entry\s+([\w$]+)\s*\(([^)]*)\)")]
    private static partial Regex EntryHeading();

    [GeneratedRegex(@"\.param\b")]
    private static partial Regex ParameterHeading();

    private sealed record FakeModule(string Entry, int Parameters);
}

/// <summary>A launch as the driver got it.</summary>
internal sealed record FakeLaunch(string Entry, (uint X, uint Y, uint Z) Grid, (uint X, uint Y, uint Z) Group, uint DynamicSharedBytes, long[] Parameters);
