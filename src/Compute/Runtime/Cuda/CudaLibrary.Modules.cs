using System.Text;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

internal sealed unsafe partial class CudaLibrary
{
    private const int LogCapacity = 32 * 1024;

    // CUjit_option. The target is that of the current context when none is named.
    private const int JitInfoLogBuffer = 3;
    private const int JitInfoLogBufferSize = 4;
    private const int JitErrorLogBuffer = 5;
    private const int JitErrorLogBufferSize = 6;
    private const int JitOptimizationLevel = 7;
    private const int JitGenerateLineInfo = 13;

    public override CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> ptx, in CudaJitOptions options, out string log)
    {
        module = 0;
        var info = new byte[LogCapacity];
        var errors = new byte[LogCapacity];
        CudaResult result;
        fixed (nint* pModule = &module)
        fixed (byte* pText = ptx, pInfo = info, pErrors = errors)
        {
            int* names = stackalloc int[] { JitInfoLogBuffer, JitInfoLogBufferSize, JitErrorLogBuffer, JitErrorLogBufferSize, JitOptimizationLevel, JitGenerateLineInfo };
            void** values = stackalloc void*[] { pInfo, (void*)LogCapacity, pErrors, (void*)LogCapacity, (void*)options.OptimizationLevel, (void*)(options.LineInfo ? 1 : 0) };
            result = ((delegate* unmanaged<nint*, byte*, uint, int*, void**, CudaResult>)this[CudaEntry.cuModuleLoadDataEx])(pModule, pText, 6, names, values);
        }

        log = LogText(result == CudaResult.Success ? info : errors);
        return result;
    }

    public override CudaResult ModuleUnload(nint module) =>
        ((delegate* unmanaged<nint, CudaResult>)this[CudaEntry.cuModuleUnload])(module);

    public override CudaResult ModuleGetFunction(out nint function, nint module, string name)
    {
        fixed (nint* pFunction = &function)
        fixed (byte* pName = Encoding.UTF8.GetBytes(name + '\0'))
            return ((delegate* unmanaged<nint*, nint, byte*, CudaResult>)this[CudaEntry.cuModuleGetFunction])(pFunction, module, pName);
    }

    public override CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function)
    {
        fixed (int* p = &value)
            return ((delegate* unmanaged<int*, int, nint, CudaResult>)this[CudaEntry.cuFuncGetAttribute])(p, (int)attribute, function);
    }

    public override CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value) =>
        ((delegate* unmanaged<nint, int, int, CudaResult>)this[CudaEntry.cuFuncSetAttribute])(function, (int)attribute, value);

    public override CudaResult OccupancyMaxActiveBlocksPerMultiprocessor(out int groups, nint function, int groupSize, long dynamicSharedBytes)
    {
        fixed (int* p = &groups)
        {
            return ((delegate* unmanaged<int*, nint, int, nuint, CudaResult>)this[CudaEntry.cuOccupancyMaxActiveBlocksPerMultiprocessor])(
                p, function, groupSize, (nuint)dynamicSharedBytes);
        }
    }

    public override CudaResult LaunchKernel(
        nint function,
        (uint X, uint Y, uint Z) grid,
        (uint X, uint Y, uint Z) group,
        uint dynamicSharedBytes,
        nint stream,
        void** parameters) =>
        ((delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, CudaResult>)this[CudaEntry.cuLaunchKernel])(
            function, grid.X, grid.Y, grid.Z, group.X, group.Y, group.Z, dynamicSharedBytes, stream, parameters, null);
}
