using System.Diagnostics;
using System.Net;
using System.Text.Json;
using GemmaIlgpu.Host;
using GemmaIlgpu.Host.Explorer.Serving;
using GemmaIlgpu.Host.Inspection;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>The server without a browser.</summary>
public class ServerTests
{
    [Test]
    public async Task Every_kernel_and_stage_is_listed()
    {
        JsonElement answer = await Site.Ask("api/kernels");
        Assert.That(answer.GetProperty("kernels").EnumerateArray().Select(kernel => kernel.GetProperty("name").GetString()), Is.EqualTo(ExplorerCatalog.All.Select(entry => entry.Name)).And.Unique);
        Assert.That(answer.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("id").GetString()), Is.EqualTo(new[] { "il", "ir", "simd", "opencl", "ptx" }));
    }

    [TestCase("", "text/html")]
    [TestCase("index.html", "text/html")]
    [TestCase("main.js", "text/javascript")]
    [TestCase("explorer.css", "text/css")]
    [TestCase("icon.svg", "image/svg+xml")]
    public async Task The_page_is_handed_out_with_strict_headers(string path, string type)
    {
        using HttpResponseMessage response = await Site.Client.GetAsync(new Uri(Site.Address + path));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo(type));
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.That(policy, Does.Contain("default-src 'none'").And.Contain("script-src 'self'").And.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
    }

    [TestCase("")]
    [TestCase("api/kernels")]
    public async Task Its_headers_can_be_asked_for_alone(string path)
    {
        using HttpResponseMessage response = await Site.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(Site.Address + path)));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await response.Content.ReadAsByteArrayAsync(), Is.Empty);
    }

    [TestCase("api/source?kernel=Nothing", HttpStatusCode.NotFound, "There is no kernel 'Nothing'")]
    [TestCase("api/source", HttpStatusCode.NotFound, "There is no kernel ''")]
    [TestCase("api/stage?kernel=RmsNorm.Kernel&stage=wasm", HttpStatusCode.BadRequest, "There is no stage 'wasm'; there are il, ir")]
    [TestCase("api/stage?kernel=RmsNorm.Kernel&stage=ptx&variant=sm_10", HttpStatusCode.BadRequest, "Stage ptx has no variant 'sm_10'")]
    [TestCase("api/stage?kernel=RmsNorm.Kernel&stage=simd&variant=100", HttpStatusCode.BadRequest, "there are 128, 256, 512")]
    [TestCase("api/launch?kernel=RmsNorm.Kernel&warp=33", HttpStatusCode.BadRequest, "a power of two")]
    [TestCase("api/launch?kernel=RmsNorm.Kernel&warp=many", HttpStatusCode.BadRequest, "not 'many'")]
    [TestCase("api/tiles?tokens=0", HttpStatusCode.BadRequest, "tokens is a whole number from 1 to")]
    [TestCase("api/tiles?tokens=8192&rows=1&keys=1", HttpStatusCode.BadRequest, "Take fewer tokens or larger tiles")]
    [TestCase("etc/passwd", HttpStatusCode.NotFound, "There is nothing at")]
    public async Task What_makes_no_sense_gets_a_sentence(string path, HttpStatusCode status, string part)
    {
        (HttpStatusCode given, JsonElement answer) = await Site.Get(path);
        Assert.That(given, Is.EqualTo(status));
        Assert.That(answer.GetProperty("error").GetString(), Does.Contain(part).And.EndsWith("."));
    }

    [Test]
    public async Task What_only_a_GPU_runs_says_so_and_how_it_is_launched()
    {
        KernelEntry[] entries = [.. ExplorerCatalog.All.Where(entry => Host.Inspection.Samples.KernelSamples.For(entry) is null)];
        Assert.That(entries, Has.Length.GreaterThan(20));
        foreach (KernelEntry entry in entries)
        {
            JsonElement answer = await Site.Ask($"api/launch?kernel={Uri.EscapeDataString(entry.Name)}");
            Assert.That(answer.GetProperty("refusal").GetString(), Does.Contain("which only NVIDIA's GPUs have"), entry.Name);
            JsonElement geometry = answer.GetProperty("geometry");
            Assert.That(geometry.GetProperty("group").EnumerateArray().Select(size => size.GetInt32()).Aggregate((product, size) => product * size), Is.GreaterThanOrEqualTo(32), entry.Name);
            Assert.That(geometry.GetProperty("grid")[0].GetInt32(), Is.GreaterThan(1), entry.Name);
        }
    }

    [Test]
    public async Task Another_host_name_is_turned_away([Values("evil.example", "127.0.0.1", "127.0.0.1.evil.example:{0}", "evil.example:{0}")] string host)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Site.Address + "api/kernels");
        request.Headers.Host = string.Format(null, host, new Uri(Site.Address).Port);
        using HttpResponseMessage response = await Site.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MisdirectedRequest));
    }

    [Test]
    public async Task Nothing_can_be_written([Values("POST", "PUT", "DELETE", "OPTIONS")] string method)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), Site.Address + "api/kernels");
        using HttpResponseMessage response = await Site.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    [Test]
    public void Only_this_machine_is_served() => Assert.That(new Uri(Site.Address).Host, Is.EqualTo("127.0.0.1"));

    [Test]
    public void A_port_that_is_taken_is_said_in_a_sentence()
    {
        int port = new Uri(Site.Address).Port;
        Assert.That(async () => await ExplorerServer.Start(port), Throws.InstanceOf<IOException>().With.Message.Contains($"Port {port} cannot be used").And.Message.Contains("--port"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "signals are sent with kill")]
    public async Task The_command_prints_the_address_and_ends_with_Ctrl_C([Values("INT", "TERM")] string signal)
    {
        // What is started in the background of a script ignores Ctrl-C, and so does all that it starts, if nothing says otherwise.
        string[] command = [.. OperatingSystem.IsLinux() ? ["env", "--default-signal=INT"] : Array.Empty<string>(), "dotnet", typeof(CommandLine).Assembly.Location, "kernels", "explore", "Softmax"];
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string address = (await process.StandardOutput.ReadLineAsync())!;
        Assert.That(address, Does.Match("^http://127\\.0\\.0\\.1:\\d+/#kernel=Softmax\\.Kernel$"));
        using HttpResponseMessage page = await Site.Client.GetAsync(new Uri(address));
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(patience.Token);
        Assert.That(process.ExitCode, Is.Zero);
    }

    [Test]
    public void An_unknown_kernel_is_a_usage_error()
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, "kernels", "explore", "Nothing"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Assert.That(process.StandardError.ReadToEnd(), Does.StartWith("gemma kernels explore: There is no kernel 'Nothing'"));
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(2));
    }
}
