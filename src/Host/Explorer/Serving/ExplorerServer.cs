using System.Net;
using System.Net.Sockets;
using GemmaIlgpu.Host.Terminal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GemmaIlgpu.Host.Explorer.Serving;

/// <summary>Hands out the page and what it asks for, to this machine only. It reads and writes nothing.</summary>
internal sealed class ExplorerServer : IAsyncDisposable
{
    // Everything comes from here; no other host is ever asked.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>What is answered: questions only.</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly WebApplication _application;

    private ExplorerServer(WebApplication application)
    {
        _application = application;
        Address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/";
    }

    /// <summary>Gets where the page is: http://127.0.0.1:PORT/.</summary>
    public string Address { get; }

    /// <summary>Gets what says that the process is asked to end.</summary>
    public CancellationToken Stopping => _application.Lifetime.ApplicationStopping;

    /// <summary>Listens.</summary>
    /// <param name="port">The port; 0 for a free one.</param>
    /// <param name="own">The user's own kernels; null if there are none.</param>
    /// <exception cref="IOException">The port is taken or may not be used.</exception>
    public static async Task<ExplorerServer> Start(int port, OwnKernels? own = null)
    {
        // The empty builder reads no files and no environment and logs nothing.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 0;
            options.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        WebApplication application = builder.Build();
        application.Use(Guard);
        ExplorerFiles.Map(application);
        ExplorerApi.Map(application, own);
        application.MapFallback(context => ExplorerApi.Refuse(context, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}'."));
        try
        {
            await application.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            await application.DisposeAsync();
            throw new IOException($"Port {port} cannot be used ({(exception.InnerException ?? exception).Message.TrimEnd('.')}); choose another with --port, or leave it out for a free one.");
        }
        return new(application);
    }

    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(1));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    // Another site's script may make a browser ask this server under a name of its own (DNS rebinding); such a request names
    // that host. What is not asked by GET changes something, and there is nothing to change.
    private static Task Guard(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        HostString host = context.Request.Host;
        if (host.Host.ToLowerInvariant() is not ("127.0.0.1" or "localhost") || host.Port != context.Connection.LocalPort)
            return ExplorerApi.Refuse(context, StatusCodes.Status421MisdirectedRequest, $"This server answers to 127.0.0.1:{context.Connection.LocalPort} only.");
        if (!Methods.Contains(context.Request.Method))
            return ExplorerApi.Refuse(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} is not for here; this server only shows.");
        return next(context);
    }
}
