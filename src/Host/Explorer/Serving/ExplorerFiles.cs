using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>The page itself, from the resources of the program.</summary>
internal static class ExplorerFiles
{
    private const string Prefix = "explorer/";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Assembly program = typeof(ExplorerFiles).Assembly;
        foreach (string resource in program.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string path = resource[Prefix.Length..].Replace('\\', '/');
            RequestDelegate send = context => Send(context, program, resource, TypeOf(path));
            routes.MapMethods("/" + path, ExplorerServer.Methods, send);
            if (path == "index.html")
                routes.MapMethods("/", ExplorerServer.Methods, send);
        }
    }

    private static async Task Send(HttpContext context, Assembly program, string resource, string type)
    {
        await using Stream file = program.GetManifestResourceStream(resource)!;
        context.Response.ContentType = type;
        context.Response.ContentLength = file.Length;
        await file.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
}
