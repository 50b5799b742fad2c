namespace GemmaIlgpu.Compute.Runtime.OpenCL;

// The functions of OpenCL 1.2 that the runtime calls, under their names without "cl" and with their parameters in order.
// The first list returns an error code, the second an object.
internal sealed unsafe partial class CLLibrary
{
    private delegate* unmanaged<uint, nint*, uint*, int> _getPlatformIDs;
    private delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> _getPlatformInfo;
    private delegate* unmanaged<nint, ulong, uint, nint*, uint*, int> _getDeviceIDs;
    private delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> _getDeviceInfo;
    private delegate* unmanaged<nint, int> _finish;
    private delegate* unmanaged<nint, int> _flush;
    private delegate* unmanaged<nint, int> _releaseCommandQueue;
    private delegate* unmanaged<nint, int> _releaseMemObject;
    private delegate* unmanaged<nint, int> _releaseKernel;
    private delegate* unmanaged<nint, int> _releaseProgram;
    private delegate* unmanaged<nint, int> _releaseEvent;
    private delegate* unmanaged<uint, nint*, int> _waitForEvents;
    private delegate* unmanaged<nint, uint, nuint, void*, nuint*, int> _getEventProfilingInfo;
    private delegate* unmanaged<nint, uint, nint*, nint*, int> _enqueueMarkerWithWaitList;
    private delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int> _buildProgram;
    private delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> _getProgramBuildInfo;
    private delegate* unmanaged<nint, uint, nuint, void*, int> _setKernelArg;
    private delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int> _getKernelWorkGroupInfo;
    private delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int> _enqueueNDRangeKernel;
    private delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> _enqueueReadBuffer;
    private delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int> _enqueueWriteBuffer;
    private delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int> _enqueueCopyBuffer;
    private delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int> _enqueueFillBuffer;
    private delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint> _createContext;
    private delegate* unmanaged<nint, nint, ulong, int*, nint> _createCommandQueue;
    private delegate* unmanaged<nint, ulong, nuint, void*, int*, nint> _createBuffer;
    private delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint> _createProgramWithSource;
    private delegate* unmanaged<nint, byte*, int*, nint> _createKernel;

    public int GetPlatformIDs(uint count, nint* platforms, uint* found) =>
        _getPlatformIDs(count, platforms, found);

    public int GetPlatformInfo(nint platform, uint name, nuint size, void* value, nuint* needed) =>
        _getPlatformInfo(platform, name, size, value, needed);

    public int GetDeviceIDs(nint platform, ulong type, uint count, nint* devices, uint* found) =>
        _getDeviceIDs(platform, type, count, devices, found);

    public int GetDeviceInfo(nint device, uint name, nuint size, void* value, nuint* needed) =>
        _getDeviceInfo(device, name, size, value, needed);

    public int Finish(nint queue) =>
        _finish(queue);

    public int Flush(nint queue) =>
        _flush(queue);

    public int ReleaseCommandQueue(nint queue) =>
        _releaseCommandQueue(queue);

    public int ReleaseMemObject(nint memory) =>
        _releaseMemObject(memory);

    public int ReleaseKernel(nint kernel) =>
        _releaseKernel(kernel);

    public int ReleaseProgram(nint program) =>
        _releaseProgram(program);

    public int ReleaseEvent(nint marker) =>
        _releaseEvent(marker);

    public int WaitForEvents(uint count, nint* markers) =>
        _waitForEvents(count, markers);

    public int GetEventProfilingInfo(nint marker, uint name, nuint size, void* value, nuint* needed) =>
        _getEventProfilingInfo(marker, name, size, value, needed);

    public int EnqueueMarkerWithWaitList(nint queue, uint waits, nint* waitList, nint* marker) =>
        _enqueueMarkerWithWaitList(queue, waits, waitList, marker);

    public int BuildProgram(nint program, uint count, nint* devices, byte* options, nint notify, nint data) =>
        _buildProgram(program, count, devices, options, notify, data);

    public int GetProgramBuildInfo(nint program, nint device, uint name, nuint size, void* value, nuint* needed) =>
        _getProgramBuildInfo(program, device, name, size, value, needed);

    public int SetKernelArg(nint kernel, uint index, nuint size, void* value) =>
        _setKernelArg(kernel, index, size, value);

    public int GetKernelWorkGroupInfo(nint kernel, nint device, uint name, nuint size, void* value, nuint* needed) =>
        _getKernelWorkGroupInfo(kernel, device, name, size, value, needed);

    public int EnqueueNDRangeKernel(nint queue, nint kernel, uint dimensions, nuint* offset, nuint* global, nuint* local, uint waits, nint* waitList, nint* marker) =>
        _enqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, waits, waitList, marker);

    public int EnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* target, uint waits, nint* waitList, nint* marker) =>
        _enqueueReadBuffer(queue, buffer, blocking, offset, size, target, waits, waitList, marker);

    public int EnqueueWriteBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint size, void* source, uint waits, nint* waitList, nint* marker) =>
        _enqueueWriteBuffer(queue, buffer, blocking, offset, size, source, waits, waitList, marker);

    public int EnqueueCopyBuffer(nint queue, nint source, nint target, nuint sourceOffset, nuint targetOffset, nuint size, uint waits, nint* waitList, nint* marker) =>
        _enqueueCopyBuffer(queue, source, target, sourceOffset, targetOffset, size, waits, waitList, marker);

    public int EnqueueFillBuffer(nint queue, nint buffer, void* pattern, nuint patternSize, nuint offset, nuint size, uint waits, nint* waitList, nint* marker) =>
        _enqueueFillBuffer(queue, buffer, pattern, patternSize, offset, size, waits, waitList, marker);

    public nint CreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, int* error) =>
        _createContext(properties, count, devices, notify, data, error);

    public nint CreateCommandQueue(nint context, nint device, ulong properties, int* error) =>
        _createCommandQueue(context, device, properties, error);

    public nint CreateBuffer(nint context, ulong flags, nuint size, void* host, int* error) =>
        _createBuffer(context, flags, size, host, error);

    public nint CreateProgramWithSource(nint context, uint count, byte** sources, nuint* lengths, int* error) =>
        _createProgramWithSource(context, count, sources, lengths, error);

    public nint CreateKernel(nint program, byte* name, int* error) =>
        _createKernel(program, name, error);

    private void Bind()
    {
        _getPlatformIDs = (delegate* unmanaged<uint, nint*, uint*, int>)Export("clGetPlatformIDs");
        _getPlatformInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Export("clGetPlatformInfo");
        _getDeviceIDs = (delegate* unmanaged<nint, ulong, uint, nint*, uint*, int>)Export("clGetDeviceIDs");
        _getDeviceInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Export("clGetDeviceInfo");
        _finish = (delegate* unmanaged<nint, int>)Export("clFinish");
        _flush = (delegate* unmanaged<nint, int>)Export("clFlush");
        _releaseCommandQueue = (delegate* unmanaged<nint, int>)Export("clReleaseCommandQueue");
        _releaseMemObject = (delegate* unmanaged<nint, int>)Export("clReleaseMemObject");
        _releaseKernel = (delegate* unmanaged<nint, int>)Export("clReleaseKernel");
        _releaseProgram = (delegate* unmanaged<nint, int>)Export("clReleaseProgram");
        _releaseEvent = (delegate* unmanaged<nint, int>)Export("clReleaseEvent");
        _waitForEvents = (delegate* unmanaged<uint, nint*, int>)Export("clWaitForEvents");
        _getEventProfilingInfo = (delegate* unmanaged<nint, uint, nuint, void*, nuint*, int>)Export("clGetEventProfilingInfo");
        _enqueueMarkerWithWaitList = (delegate* unmanaged<nint, uint, nint*, nint*, int>)Export("clEnqueueMarkerWithWaitList");
        _buildProgram = (delegate* unmanaged<nint, uint, nint*, byte*, nint, nint, int>)Export("clBuildProgram");
        _getProgramBuildInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Export("clGetProgramBuildInfo");
        _setKernelArg = (delegate* unmanaged<nint, uint, nuint, void*, int>)Export("clSetKernelArg");
        _getKernelWorkGroupInfo = (delegate* unmanaged<nint, nint, uint, nuint, void*, nuint*, int>)Export("clGetKernelWorkGroupInfo");
        _enqueueNDRangeKernel = (delegate* unmanaged<nint, nint, uint, nuint*, nuint*, nuint*, uint, nint*, nint*, int>)Export("clEnqueueNDRangeKernel");
        _enqueueReadBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Export("clEnqueueReadBuffer");
        _enqueueWriteBuffer = (delegate* unmanaged<nint, nint, uint, nuint, nuint, void*, uint, nint*, nint*, int>)Export("clEnqueueWriteBuffer");
        _enqueueCopyBuffer = (delegate* unmanaged<nint, nint, nint, nuint, nuint, nuint, uint, nint*, nint*, int>)Export("clEnqueueCopyBuffer");
        _enqueueFillBuffer = (delegate* unmanaged<nint, nint, void*, nuint, nuint, nuint, uint, nint*, nint*, int>)Export("clEnqueueFillBuffer");
        _createContext = (delegate* unmanaged<nint*, uint, nint*, nint, nint, int*, nint>)Export("clCreateContext");
        _createCommandQueue = (delegate* unmanaged<nint, nint, ulong, int*, nint>)Export("clCreateCommandQueue");
        _createBuffer = (delegate* unmanaged<nint, ulong, nuint, void*, int*, nint>)Export("clCreateBuffer");
        _createProgramWithSource = (delegate* unmanaged<nint, uint, byte**, nuint*, int*, nint>)Export("clCreateProgramWithSource");
        _createKernel = (delegate* unmanaged<nint, byte*, int*, nint>)Export("clCreateKernel");
    }

    private nint Export(string name) => System.Runtime.InteropServices.NativeLibrary.GetExport(_handle, name);
}
