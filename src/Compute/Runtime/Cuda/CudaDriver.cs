namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>The calls of the CUDA driver that the runtime makes: one member for each.</summary>
/// <remarks>
/// <para>The real one is <see cref="CudaLibrary"/>; tests put others in its place: one that counts calls and fails on request,
/// and one that runs PTX in an interpreter. Nothing else of the runtime knows which one it talks to.</para>
/// <para>Names are those of the driver without <c>cu</c> and <c>_v2</c>. Handles (contexts, modules, functions, streams, events,
/// graphs) and device addresses are <see cref="nint"/>; devices are the driver's numbers. Output comes first, as in the driver.
/// All calls may come from any thread. Those from <see cref="MemGetInfo"/> on act on the context that is current for the calling
/// thread, which the runtime sets by <see cref="CtxSetCurrent"/> before every such call.</para>
/// <para>Every call returns a <see cref="CudaResult"/> and throws nothing. Streams are all made non-blocking; the driver's own
/// default stream (0) is not used.</para>
/// </remarks>
internal abstract unsafe class CudaDriver
{
    // ---- Driver and devices -------------------------------------------------------------------------------------

    /// <summary>Prepares the driver; comes first, and again does no harm.</summary>
    public abstract CudaResult Init();

    /// <summary>Gets the CUDA version of the driver: 1000 · major + 10 · minor. Needs no <see cref="Init"/>.</summary>
    public abstract CudaResult DriverGetVersion(out int version);

    /// <summary>Gets the name of an error, e.g. "CUDA_ERROR_OUT_OF_MEMORY"; null if the driver does not know it.</summary>
    public abstract string? GetErrorName(CudaResult result);

    /// <summary>Gets what an error means, for people; null if the driver does not know it.</summary>
    public abstract string? GetErrorString(CudaResult result);

    public abstract CudaResult DeviceGetCount(out int count);

    public abstract CudaResult DeviceGet(out int device, int ordinal);

    public abstract CudaResult DeviceGetName(out string name, int device);

    public abstract CudaResult DeviceGetUuid(out Guid uuid, int device);

    public abstract CudaResult DeviceTotalMem(out long bytes, int device);

    public abstract CudaResult DeviceGetAttribute(out int value, CudaDeviceAttribute attribute, int device);

    public abstract CudaResult DeviceCanAccessPeer(out bool can, int device, int peerDevice);

    // ---- Contexts -----------------------------------------------------------------------------------------------

    /// <summary>Gets the one context of a device that everybody in the process shares, and holds it until released.</summary>
    public abstract CudaResult DevicePrimaryCtxRetain(out nint context, int device);

    public abstract CudaResult DevicePrimaryCtxRelease(int device);

    /// <summary>Makes a context current for the calling thread; 0 for none.</summary>
    public abstract CudaResult CtxSetCurrent(nint context);

    /// <summary>Waits for all work of the current context.</summary>
    public abstract CudaResult CtxSynchronize();

    /// <summary>Lets the current context read and write memory of another; one way.</summary>
    public abstract CudaResult CtxEnablePeerAccess(nint peerContext);

    // ---- Memory -------------------------------------------------------------------------------------------------

    public abstract CudaResult MemGetInfo(out long free, out long total);

    /// <summary>Allocates device memory, aligned to at least 256 bytes; what is in it is undefined.</summary>
    public abstract CudaResult MemAlloc(out nint address, long bytes);

    public abstract CudaResult MemFree(nint address);

    /// <summary>Allocates page-locked host memory that all contexts may copy from and to (CU_MEMHOSTALLOC_PORTABLE).</summary>
    public abstract CudaResult MemHostAlloc(out nint address, long bytes);

    public abstract CudaResult MemFreeHost(nint address);

    /// <summary>Page-locks host memory that somebody else allocated (CU_MEMHOSTREGISTER_PORTABLE).</summary>
    public abstract CudaResult MemHostRegister(nint address, long bytes);

    public abstract CudaResult MemHostUnregister(nint address);

    /// <summary>Copies to the device in stream order; asynchronous when the host memory is page-locked.</summary>
    public abstract CudaResult MemcpyHtoDAsync(nint target, nint hostSource, long bytes, nint stream);

    /// <summary>Copies to the host in stream order; asynchronous when the host memory is page-locked.</summary>
    public abstract CudaResult MemcpyDtoHAsync(nint hostTarget, nint source, long bytes, nint stream);

    public abstract CudaResult MemcpyDtoDAsync(nint target, nint source, long bytes, nint stream);

    /// <summary>Copies between devices, directly or through the host as the driver sees fit.</summary>
    public abstract CudaResult MemcpyPeerAsync(nint target, nint targetContext, nint source, nint sourceContext, long bytes, nint stream);

    public abstract CudaResult MemsetD8Async(nint target, byte value, long bytes, nint stream);

    // ---- Modules and kernels ------------------------------------------------------------------------------------

    /// <summary>Compiles PTX for the device of the current context and loads it (cuModuleLoadDataEx).</summary>
    /// <param name="module">The module; 0 on failure.</param>
    /// <param name="ptx">UTF-8 text, ended by a 0 byte.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="log">What the JIT had to say: its errors if it failed, else its remarks; often empty.</param>
    public abstract CudaResult ModuleLoadData(out nint module, ReadOnlySpan<byte> ptx, in CudaJitOptions options, out string log);

    public abstract CudaResult ModuleUnload(nint module);

    /// <summary>Finds a kernel by its entry name.</summary>
    public abstract CudaResult ModuleGetFunction(out nint function, nint module, string name);

    public abstract CudaResult FuncGetAttribute(out int value, CudaFunctionAttribute attribute, nint function);

    public abstract CudaResult FuncSetAttribute(nint function, CudaFunctionAttribute attribute, int value);

    /// <summary>Gets how many groups of a size a multiprocessor holds at a time.</summary>
    public abstract CudaResult OccupancyMaxActiveBlocksPerMultiprocessor(out int groups, nint function, int groupSize, long dynamicSharedBytes);

    /// <summary>Launches a kernel in a stream.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="grid">Groups in each dimension.</param>
    /// <param name="group">Threads of a group in each dimension.</param>
    /// <param name="dynamicSharedBytes">Shared memory on top of what the kernel declares.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="parameters">The address of each parameter's value; copied before the call returns.</param>
    public abstract CudaResult LaunchKernel(
        nint function,
        (uint X, uint Y, uint Z) grid,
        (uint X, uint Y, uint Z) group,
        uint dynamicSharedBytes,
        nint stream,
        void** parameters);

    // ---- Streams and events -------------------------------------------------------------------------------------

    /// <summary>Creates a stream that does not wait for the driver's default stream (CU_STREAM_NON_BLOCKING).</summary>
    public abstract CudaResult StreamCreate(out nint stream);

    public abstract CudaResult StreamDestroy(nint stream);

    public abstract CudaResult StreamSynchronize(nint stream);

    /// <summary>Asks whether a stream is done: <see cref="CudaResult.Success"/> or <see cref="CudaResult.NotReady"/>.</summary>
    public abstract CudaResult StreamQuery(nint stream);

    /// <summary>Makes what comes later in a stream wait for the latest record of an event, of any context.</summary>
    public abstract CudaResult StreamWaitEvent(nint stream, nint cudaEvent);

    /// <summary>Creates an event.</summary>
    /// <param name="cudaEvent">The event.</param>
    /// <param name="timing">Whether it can tell times; without, it is cheaper (CU_EVENT_DISABLE_TIMING).</param>
    public abstract CudaResult EventCreate(out nint cudaEvent, bool timing);

    public abstract CudaResult EventDestroy(nint cudaEvent);

    public abstract CudaResult EventRecord(nint cudaEvent, nint stream);

    /// <summary>Asks whether an event was reached: <see cref="CudaResult.Success"/> or <see cref="CudaResult.NotReady"/>.</summary>
    public abstract CudaResult EventQuery(nint cudaEvent);

    public abstract CudaResult EventSynchronize(nint cudaEvent);

    public abstract CudaResult EventElapsedTime(out float milliseconds, nint start, nint end);

    // ---- Graphs -------------------------------------------------------------------------------------------------

    /// <summary>Begins to record what is put into a stream instead of doing it; calls of other threads are not affected (CU_STREAM_CAPTURE_MODE_THREAD_LOCAL).</summary>
    public abstract CudaResult StreamBeginCapture(nint stream);

    /// <summary>Ends the recording.</summary>
    public abstract CudaResult StreamEndCapture(nint stream, out nint graph);

    public abstract CudaResult StreamIsCapturing(nint stream, out CudaCaptureStatus status);

    /// <summary>Gets the number of launches, copies and fills of a graph.</summary>
    public abstract CudaResult GraphGetNodeCount(nint graph, out long count);

    public abstract CudaResult GraphInstantiate(out nint executable, nint graph);

    public abstract CudaResult GraphLaunch(nint executable, nint stream);

    public abstract CudaResult GraphExecDestroy(nint executable);

    public abstract CudaResult GraphDestroy(nint graph);
}
