using System.Net;
using System.Text.Json;
using GemmaIlgpu.Host.Explorer.Serving;

// Every fixture that needs a browser has one of its own; compiling and drawing go on side by side.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>The server that all tests ask.</summary>
[SetUpFixture]
public sealed class Site
{
    private static ExplorerServer? s_server;

    public static string Address => s_server!.Address;

    public static HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false });

    [OneTimeSetUp]
    public static async Task Start() => s_server = await ExplorerServer.Start(0);

    [OneTimeTearDown]
    public static async Task Stop() => await s_server!.DisposeAsync();

    public static async Task<(HttpStatusCode Status, JsonElement Answer)> Get(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(Address + path));
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, document.RootElement.Clone());
    }

    public static async Task<JsonElement> Ask(string path)
    {
        (HttpStatusCode status, JsonElement answer) = await Get(path);
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), answer.ToString());
        return answer;
    }
}
