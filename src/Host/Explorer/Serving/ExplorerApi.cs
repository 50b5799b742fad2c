using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GemmaIlgpu.Host.Inspection;
using GemmaIlgpu.Kernels;
using GemmaIlgpu.Kernels.Device;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>What the page asks for, as JSON. A request that makes no sense gets one sentence: {"error": "…"}.</summary>
internal static class ExplorerApi
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // A stage is compiled once; the page comes back to it whenever its reader does.
    private static readonly ConcurrentDictionary<(KernelEntry, string, string), Lazy<LinkedText>> s_stages = new();

    /// <summary>Maps what the page asks for.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="own">The user's own kernels; null if there are none.</param>
    public static void Map(IEndpointRouteBuilder routes, OwnKernels? own)
    {
        IReadOnlyList<KernelEntry> all = own is null ? ExplorerCatalog.All : [.. own.Entries, .. ExplorerCatalog.All];
        Get(routes, "/api/kernels", _ => new
        {
            Kernels = all.Select(entry => new { entry.Name, entry.Family, entry.Parameters }),
            Stages = Stages.All,
        });
        Get(routes, "/api/source", query => SourceSections.Of(Kernel(all, query)));
        Get(routes, "/api/launch", query => Launches.Of(Kernel(all, query), Warp(query), own));
        Get(routes, "/api/tiles", query => LayerTiles.Of(
            Whole(query, "tokens", 256, 1, LayerTiles.MostTokens), Whole(query, "cached", 0, 0, LayerTiles.MostKeys), Whole(query, "window", 0, 0, LayerTiles.MostKeys), Whole(query, "heads", 1, 1, 64),
            Whole(query, "rows", AttentionPrefill.RowsPerTile, 1, 1024), Whole(query, "keys", AttentionTile.KeysPerBlock, 1, 1024), Whole(query, "blocks", 1, 0, 1) == 1));
        Get(routes, "/api/stage", query =>
        {
            KernelEntry entry = Kernel(all, query);
            string stage = query["stage"].ToString(), variant = query["variant"].ToString();
            StageInfo info = Stages.All.FirstOrDefault(known => known.Id == stage)
                ?? throw new BadQueryException($"There is no stage '{stage}'; there are {string.Join(", ", Stages.All.Select(known => known.Id))}.");
            if (variant.Length == 0)
                variant = info.Variant;
            if (variant != info.Variant && !info.Variants.Contains(variant))
                throw new BadQueryException($"Stage {stage} has no variant '{variant}'{(info.Variants.Count > 0 ? $"; there are {string.Join(", ", info.Variants)}" : "")}.");
            return s_stages.GetOrAdd((entry, stage, variant), _ => new(() => Stages.Compile(entry, stage, variant))).Value;
        });
    }

    private static int Warp(IQueryCollection query)
    {
        int warp = Whole(query, "warp", 32, 1, Launches.LargestWarp);
        return (warp & (warp - 1)) == 0 ? warp : throw new BadQueryException($"warp is a power of two from 1 to {Launches.LargestWarp}, not {warp}.");
    }

    /// <summary>Answers that a request cannot be met.</summary>
    public static Task Refuse(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = sentence }, s_json);
    }

    /// <summary>A whole number from a query, or what it is without one.</summary>
    public static int Whole(IQueryCollection query, string name, int without, int low, int high)
    {
        string text = query[name].ToString();
        if (text.Length == 0)
            return without;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= low && value <= high
            ? value
            : throw new BadQueryException($"{name} is a whole number from {low} to {high}, not '{text}'.");
    }

    private static void Get(IEndpointRouteBuilder routes, string path, Func<IQueryCollection, object> answer) => routes.MapMethods(path, ExplorerServer.Methods, async context =>
    {
        try
        {
            // Compiling takes a while; the server's own threads stay free.
            object result = await Task.Run(() => answer(context.Request.Query), context.RequestAborted);
            await context.Response.WriteAsJsonAsync(result, result.GetType(), s_json, context.RequestAborted);
        }
        catch (BadQueryException exception)
        {
            await Refuse(context, exception.Status, exception.Message);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            // A fault of ours, or of a kernel: the page says it and goes on.
            await Refuse(context, StatusCodes.Status500InternalServerError, exception.Message.ReplaceLineEndings(" "));
        }
    });

    private static KernelEntry Kernel(IReadOnlyList<KernelEntry> all, IQueryCollection query)
    {
        string name = query["kernel"].ToString();
        return all.FirstOrDefault(entry => entry.Name == name)
            ?? throw new BadQueryException($"There is no kernel '{name}'; /api/kernels names them.", StatusCodes.Status404NotFound);
    }
}

/// <summary>A request asks for what there is not; the message is one sentence.</summary>
internal sealed class BadQueryException(string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public int Status { get; } = status;
}
