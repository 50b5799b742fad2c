namespace GemmaIlgpu.Kernels.Device;

/// <summary>What every attention kernel needs to know besides its views. Plain fields, as kernels take them.</summary>
public readonly struct AttentionParameters
{
    public readonly int QueryHeads;
    public readonly int KvHeads;

    /// <summary>Query heads that share one KV head, G = N / K.</summary>
    public readonly int HeadsPerKv;
    public readonly int HeadDim;
    public readonly float Scale;

    /// <summary>Cap on scores; 0 = none.</summary>
    public readonly float Softcap;

    /// <summary>Keys a query sees, its own included; 0 = all, which is also said of windows that no query fills.</summary>
    public readonly int Window;

    /// <summary>Position of the first of the new tokens.</summary>
    public readonly int FirstPosition;
    public readonly int Tokens;

    /// <summary>Slots of the cache; key j lies in slot j mod capacity.</summary>
    public readonly int Capacity;

    public AttentionParameters(AttentionShape shape, int firstPosition, int tokens, int capacity)
    {
        QueryHeads = shape.QueryHeads;
        KvHeads = shape.KvHeads;
        HeadsPerKv = shape.QueryHeads / shape.KvHeads;
        HeadDim = shape.HeadDim;
        Scale = shape.Scale;
        Softcap = shape.Softcap;
        Window = shape.Window >= firstPosition + tokens ? 0 : shape.Window;
        FirstPosition = firstPosition;
        Tokens = tokens;
        Capacity = capacity;
    }
}
