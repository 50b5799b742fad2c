using System.Globalization;
using System.Text;
using GemmaIlgpu.Compute.Runtime.Cuda;
using GemmaIlgpu.PtxInterpreter;
using GemmaIlgpu.PtxInterpreter.Execution;

namespace GemmaIlgpu.CudaSimulator;

internal sealed unsafe partial class SimulatedDriver
{
    public override CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> ptx, in CudaJitOptions jit, out string log)
    {
        int end = ptx.IndexOf((byte)0);
        string? text = end < 0 ? null : Encoding.UTF8.GetString(ptx[..end]);
        nint loaded = 0;
        string said = "";
        CudaResult result = WithContext(context =>
        {
            if (text is null)
                return CudaResult.InvalidValue;
            PtxModule parsed;
            try
            {
                parsed = PtxModule.Parse(text);
            }
            catch (PtxSyntaxException error)
            {
                said = $"ptxas application ptx input, line {error.Line}; error   : {error.Message}\nptxas fatal   : Ptx assembly aborted due to errors";
                return CudaResult.InvalidPtx;
            }
            CudaResult fits = Accepts(context.Device, parsed, out said);
            if (fits == CudaResult.Success)
                loaded = NewHandle(new SimulatedModule(context, parsed));
            return fits;
        });
        (module, log) = (loaded, said);
        return result;
    }

    public override CudaResult ModuleUnload(nint module) => WithContext(context =>
    {
        if (Find<SimulatedModule>(module) is not { } found)
            return CudaResult.InvalidHandle;
        Finish(context);
        context.Memory.Unload(found.Ptx);
        _handles.Remove(module);
        return CudaResult.Success;
    });

    public override CudaResult ModuleGetFunction(out nint function, nint module, string name)
    {
        nint found = 0;
        CudaResult result = WithContext(_ =>
        {
            if (Find<SimulatedModule>(module) is not { } loaded)
                return CudaResult.InvalidHandle;
            if (!loaded.Ptx.HasEntry(name))
                return CudaResult.NotFound;
            found = NewHandle(new SimulatedFunction(loaded, loaded.Ptx.GetEntry(name)));
            return CudaResult.Success;
        });
        function = found;
        return result;
    }

    public override CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function)
    {
        int found = 0;
        CudaResult result = WithContext(context =>
        {
            if (Find<SimulatedFunction>(function) is not { } known)
                return CudaResult.InvalidHandle;
            found = attribute switch
            {
                CudaFunctionAttribute.MaxThreadsPerBlock => known.Entry.MaximumThreads,
                CudaFunctionAttribute.SharedSizeBytes => known.Entry.StaticSharedBytes,
                CudaFunctionAttribute.LocalSizeBytes => known.Entry.LocalBytes,
                CudaFunctionAttribute.Registers => 32,
                CudaFunctionAttribute.PtxVersion => (10 * known.Module.Ptx.Version.Major) + known.Module.Ptx.Version.Minor,
                CudaFunctionAttribute.BinaryVersion => (10 * context.Device.Major) + context.Device.Minor,
                CudaFunctionAttribute.MaxDynamicSharedSizeBytes => known.MaximumDynamicShared,
                _ => 0,
            };
            return CudaResult.Success;
        });
        value = found;
        return result;
    }

    public override CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value) => WithContext(context =>
    {
        if (Find<SimulatedFunction>(function) is not { } known)
            return CudaResult.InvalidHandle;
        if (attribute == CudaFunctionAttribute.PreferredSharedMemoryCarveout)
            return CudaResult.Success;
        if (attribute != CudaFunctionAttribute.MaxDynamicSharedSizeBytes || value < 0 || value + known.Entry.StaticSharedBytes > context.Device.SharedBytesOnRequest)
            return CudaResult.InvalidValue;
        known.MaximumDynamicShared = value;
        return CudaResult.Success;
    });

    public override CudaResult OccupancyMaxActiveBlocksPerMultiprocessor(out int groups, nint function, int groupSize, long dynamicSharedBytes)
    {
        int found = 0;
        CudaResult result = WithContext(context =>
        {
            if (Find<SimulatedFunction>(function) is not { } known)
                return CudaResult.InvalidHandle;
            if (groupSize < 1)
                return CudaResult.InvalidValue;
            long shared = known.Entry.StaticSharedBytes + dynamicSharedBytes;
            int byThreads = context.Device.MaximumThreadsOfMultiprocessor / ((groupSize + 31) / 32 * 32);
            found = shared == 0 ? byThreads : (int)Math.Min(byThreads, context.Device.SharedBytesOfMultiprocessor / shared);
            return CudaResult.Success;
        });
        groups = found;
        return result;
    }

    public override CudaResult LaunchKernel(nint function, (uint X, uint Y, uint Z) grid, (uint X, uint Y, uint Z) group, uint dynamicSharedBytes, nint stream, void** parameters) =>
        WithStream(stream, (context, found) =>
        {
            if (Find<SimulatedFunction>(function) is not { } known || known.Module.Context != context)
                return CudaResult.InvalidHandle;
            PtxEntry entry = known.Entry;
            long threads = (long)group.X * group.Y * group.Z;
            if (grid.X == 0 || grid.Y is 0 or > 65535 || grid.Z is 0 or > 65535 || grid.X > int.MaxValue || threads == 0 || group.Z > 64
                || threads > Math.Min(context.Device.MaximumThreads, entry.MaximumThreads) || dynamicSharedBytes > known.MaximumDynamicShared)
                return CudaResult.InvalidValue;
            byte[] values = new byte[entry.ParameterBytes];
            for (int i = 0; i < entry.Parameters.Count; i++)
            {
                PtxParameter parameter = entry.Parameters[i];
                new ReadOnlySpan<byte>(parameters[i], (int)parameter.Size).CopyTo(values.AsSpan((int)parameter.Offset));
            }
            var launchOptions = new LaunchOptions { Threads = options.Threads, Output = options.Output };
            return Put(found, () =>
            {
                LaunchStatistics statistics = entry.Launch(new Dim3((int)grid.X, (int)grid.Y, (int)grid.Z), new Dim3((int)group.X, (int)group.Y, (int)group.Z),
                    (int)dynamicSharedBytes, values, context.Memory, launchOptions);
                Launches++;
                foreach ((string opcode, long lanes) in statistics.LanesByOpcode)
                    LanesByOpcode[opcode] = LanesByOpcode.GetValueOrDefault(opcode) + lanes;
            });
        });

    /// <summary>Whether the driver's compiler would take the module for the device.</summary>
    private CudaResult Accepts(SimulatedDevice device, PtxModule module, out string log)
    {
        log = "";
        // CUDA 11.x brings PTX 7.x, 12.x brings 8.x, 13.x brings 9.x.
        int known = (10 * ((options.DriverVersion / 1000) - 4)) + (options.DriverVersion % 1000 / 10);
        if ((10 * module.Version.Major) + module.Version.Minor > known)
        {
            log = $"ptxas application ptx input, line 1; fatal   : Unsupported .version {module.Version.Major}.{module.Version.Minor}; current version is '{known / 10}.{known % 10}'";
            return CudaResult.UnsupportedPtxVersion;
        }
        string target = module.Target;
        bool only = target.EndsWith('a');
        int capability = (10 * device.Major) + device.Minor;
        if (!target.StartsWith("sm_", StringComparison.Ordinal) || !int.TryParse(target.AsSpan(3).TrimEnd("af"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked)
            || asked > capability || (only && asked != capability))
            return CudaResult.NoBinaryForGpu;
        if (module.Entries.FirstOrDefault(entry => entry.StaticSharedBytes > device.SharedBytes) is { } tooLarge)
        {
            log = $"ptxas error   : Entry function '{tooLarge.Name}' uses too much shared data (0x{tooLarge.StaticSharedBytes:x} bytes, 0x{device.SharedBytes:x} max)";
            return CudaResult.InvalidPtx;
        }
        return CudaResult.Success;
    }
}
