using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Runtime.Cuda;

namespace GemmaIlgpu.CudaSimulator;

internal sealed unsafe partial class SimulatedDriver
{
    private readonly Dictionary<nint, long> _locked = [];
    private readonly HashSet<nint> _allocated = [];

    public override CudaResult MemGetInfo(out long free, out long total)
    {
        long foundFree = 0, foundTotal = 0;
        CudaResult result = WithContext(context =>
        {
            foundTotal = context.Memory.Capacity;
            foundFree = foundTotal - context.Memory.Used;
            return CudaResult.Success;
        });
        (free, total) = (foundFree, foundTotal);
        return result;
    }

    public override CudaResult MemAlloc(out nint address, long bytes)
    {
        nint allocated = 0;
        CudaResult result = WithContext(context =>
        {
            if (bytes <= 0)
                return CudaResult.InvalidValue;
            if (BreaksCapture())
                return CudaResult.StreamCaptureUnsupported;
            if (bytes > context.Memory.Capacity - context.Memory.Used)
                return CudaResult.OutOfMemory;
            allocated = (nint)context.Memory.Allocate(bytes);
            return CudaResult.Success;
        });
        address = allocated;
        return result;
    }

    /// <summary>Waits for the device's work, as the driver does.</summary>
    public override CudaResult MemFree(nint address) => WithContext(context =>
    {
        if (BreaksCapture())
            return CudaResult.StreamCaptureUnsupported;
        Finish(context);
        return address == 0 || context.Memory.Free((ulong)address) ? CudaResult.Success : CudaResult.InvalidValue;
    });

    public override CudaResult MemHostAlloc(out nint address, long bytes)
    {
        nint allocated = 0;
        CudaResult result = WithContext(_ =>
        {
            if (bytes <= 0)
                return CudaResult.InvalidValue;
            allocated = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 4096);
            _locked[allocated] = bytes;
            _allocated.Add(allocated);
            return CudaResult.Success;
        });
        address = allocated;
        return result;
    }

    public override CudaResult MemFreeHost(nint address) => WithContext(context =>
    {
        if (!_allocated.Remove(address))
            return CudaResult.InvalidValue;
        foreach (SimulatedContext other in _contexts)
            Finish(other);
        _locked.Remove(address);
        NativeMemory.AlignedFree((void*)address);
        return CudaResult.Success;
    });

    public override CudaResult MemHostRegister(nint address, long bytes) => WithContext(_ =>
    {
        if (address == 0 || bytes <= 0)
            return CudaResult.InvalidValue;
        return _locked.TryAdd(address, bytes) ? CudaResult.Success : CudaResult.HostMemoryAlreadyRegistered;
    });

    public override CudaResult MemHostUnregister(nint address) => WithContext(_ =>
    {
        if (_allocated.Contains(address))
            return CudaResult.InvalidValue;
        return _locked.Remove(address) ? CudaResult.Success : CudaResult.InvalidValue;
    });

    public override CudaResult MemcpyHtoDAsync(nint target, nint hostSource, long bytes, nint stream) => WithStream(stream, (context, found) =>
    {
        if (!Inside(context, target, bytes))
            return CudaResult.InvalidValue;
        if (IsLocked(hostSource, bytes))
            return Put(found, () => CopyIn(context, target, (byte*)hostSource, bytes));
        // Pageable memory: the driver takes a copy before the call returns.
        if (found.Capture is not null)
            return Invalidate(found);
        byte[] taken = new Span<byte>((void*)hostSource, checked((int)bytes)).ToArray();
        return Put(found, () => taken.CopyTo(context.Memory.Bytes((ulong)target, bytes)));
    });

    public override CudaResult MemcpyDtoHAsync(nint hostTarget, nint source, long bytes, nint stream) => WithStream(stream, (context, found) =>
    {
        if (!Inside(context, source, bytes))
            return CudaResult.InvalidValue;
        bool locked = IsLocked(hostTarget, bytes);
        if (!locked && found.Capture is not null)
            return Invalidate(found);
        CudaResult result = Put(found, () => CopyOut(context, (byte*)hostTarget, source, bytes));
        // To pageable memory the call returns when the copy is done.
        if (!locked)
            Finish(found);
        return result;
    });

    public override CudaResult MemcpyDtoDAsync(nint target, nint source, long bytes, nint stream) => WithStream(stream, (context, found) =>
        Inside(context, target, bytes) && Inside(context, source, bytes)
            ? Put(found, () => Copy(context, target, context, source, bytes))
            : CudaResult.InvalidValue);

    public override CudaResult MemcpyPeerAsync(nint target, nint targetContext, nint source, nint sourceContext, long bytes, nint stream) => WithStream(stream, (_, found) =>
    {
        if (Find<SimulatedContext>(targetContext) is not { } to || Find<SimulatedContext>(sourceContext) is not { } from)
            return CudaResult.InvalidContext;
        return Inside(to, target, bytes) && Inside(from, source, bytes) ? Put(found, () => Copy(to, target, from, source, bytes)) : CudaResult.InvalidValue;
    });

    public override CudaResult MemsetD8Async(nint target, byte value, long bytes, nint stream) => WithStream(stream, (context, found) =>
        Inside(context, target, bytes)
            ? Put(found, () => Pieces(bytes, (at, length) => context.Memory.Bytes((ulong)(target + at), length).Fill(value)))
            : CudaResult.InvalidValue);

    private static bool Inside(SimulatedContext context, nint address, long bytes) =>
        bytes >= 0 && (bytes == 0 || (context.Memory.RangeOf((ulong)address) is { } range && (long)((ulong)address - range.Start) + bytes <= range.Length));

    private bool IsLocked(nint address, long bytes) => _locked.Any(range => address >= range.Key && address + bytes <= range.Key + range.Value);

    private static void CopyIn(SimulatedContext context, nint target, byte* from, long bytes) =>
        Pieces(bytes, (at, length) => new ReadOnlySpan<byte>(from + at, length).CopyTo(context.Memory.Bytes((ulong)(target + at), length)));

    private static void CopyOut(SimulatedContext context, byte* to, nint source, long bytes) =>
        Pieces(bytes, (at, length) => context.Memory.Bytes((ulong)(source + at), length).CopyTo(new Span<byte>(to + at, length)));

    private static void Copy(SimulatedContext to, nint target, SimulatedContext from, nint source, long bytes) =>
        Pieces(bytes, (at, length) => from.Memory.Bytes((ulong)(source + at), length).CopyTo(to.Memory.Bytes((ulong)(target + at), length)));

    /// <summary>Spans end at 2 GiB; larger copies go piece by piece.</summary>
    private static void Pieces(long bytes, Action<nint, int> copy)
    {
        const int Piece = 1 << 30;
        for (long at = 0; at < bytes; at += Piece)
            copy((nint)at, (int)Math.Min(Piece, bytes - at));
    }
}
