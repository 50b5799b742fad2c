using System.Collections.Concurrent;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GemmaIlgpu.Compute.Runtime.Cuda;

/// <summary>Copies between devices, in the order of both.</summary>
internal static class CudaPeers
{
    private static readonly ConcurrentDictionary<(CudaDriver Driver, int From, int To), bool> s_access = new();

    /// <summary>Copies from one device to another; directly where they reach each other, else the driver goes through the host.</summary>
    /// <param name="stream">A stream of either; of the target if it is of neither.</param>
    /// <param name="target">The device to copy to.</param>
    /// <param name="to">The address there.</param>
    /// <param name="source">The device to copy from.</param>
    /// <param name="from">The address there.</param>
    /// <param name="bytes">Bytes.</param>
    public static void Copy(AcceleratorStream stream, CudaAccelerator target, nint to, CudaAccelerator source, nint from, long bytes)
    {
        CudaCapture.Forbid("memory was copied between devices", "copy it before or after the graph was launched");
        (CudaAccelerator copying, CudaAccelerator other) = stream.Accelerator == source ? (source, target) : (target, source);
        CudaStream queue = copying.StreamFor(stream);
        TryEnable(copying, other);

        // What the other device still has to do with this memory comes first; what it is told from now on comes after.
        other.Order.MakeWait(copying.Session, queue.Queue);
        queue.Enter();
        CudaDriver driver = copying.Session.Driver;
        copying.Session.Check(
            driver.MemcpyPeerAsync(to, target.Session.Context, from, source.Session.Context, bytes, queue.StreamPtr),
            "cuMemcpyPeerAsync",
            $"from {source.Name} to {target.Name}");
        queue.Leave();
        other.Order.WaitFor(copying.Session, queue.Queue);
    }

    /// <summary>Lets a device read and write memory of another, if the hardware can.</summary>
    /// <returns>Whether it can.</returns>
    public static bool TryEnable(CudaAccelerator accelerator, CudaAccelerator peer)
    {
        CudaSession session = accelerator.Session;
        if (session.Device == peer.Session.Device)
            return true;
        return s_access.GetOrAdd((session.Driver, session.Device, peer.Session.Device), _ =>
        {
            if (session.Driver.DeviceCanAccessPeer(out bool can, session.Device, peer.Session.Device) != CudaResult.Success || !can)
                return false;
            session.Enter();
            return session.Driver.CtxEnablePeerAccess(peer.Session.Context) is CudaResult.Success or CudaResult.PeerAccessAlreadyEnabled;
        });
    }

    /// <summary>Forgets what was enabled for a device, whose context goes away.</summary>
    public static void Forget(CudaSession session)
    {
        foreach (var key in s_access.Keys.Where(key => key.Driver == session.Driver && (key.From == session.Device || key.To == session.Device)))
            s_access.TryRemove(key, out _);
    }
}
