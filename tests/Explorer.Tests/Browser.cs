using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>Chromium without a window. Where there is none the tests are skipped aloud; GEMMA_TESTS_REQUIRE_BROWSER=1 makes that a failure.</summary>
internal sealed partial class Browser : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("gemma-explorer-");
    private readonly ChromeDriverService _service;
    private readonly ChromeDriver _driver;

    private Browser(string browser, string driver)
    {
        var options = new ChromeOptions { BinaryLocation = browser };
        options.AddArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-lcd-text", $"--user-data-dir={_profile.FullName}");
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        options.SetLoggingPreference("performance", LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(driver), Path.GetFileName(driver));
        _service.SuppressInitialDiagnosticInformation = true;
        _service.HideCommandPromptWindow = true;
        _driver = new ChromeDriver(_service, options);
    }

    /// <summary>Starts a browser, or ends the test.</summary>
    public static Browser Open()
    {
        string? browser = Find("chromium", "chromium-browser", "google-chrome"), driver = Find("chromedriver");
        if (browser is not null && driver is not null)
            return new(browser, driver);
        string missing = $"{(browser is null ? "Chromium" : "chromedriver")} is not on this machine; Debian has the packages chromium and chromium-driver.";
        if (Environment.GetEnvironmentVariable("GEMMA_TESTS_REQUIRE_BROWSER") == "1")
            Assert.Fail(missing);
        Assert.Ignore(missing);
        throw new UnreachableException();
    }

    /// <summary>Loads the page anew and waits until it is at rest.</summary>
    public void Go(string hash, int width = 1600, int height = 1000, bool dark = false)
    {
        Size(width, height);
        Cdp("Emulation.setEmulatedMedia", ("features", new[] { new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" } }));
        _driver.Navigate().GoToUrl("about:blank");
        _driver.Navigate().GoToUrl(Site.Address + hash);
        AtRest();
    }

    public void Size(int width, int height) =>
        Cdp("Emulation.setDeviceMetricsOverride", ("width", width), ("height", height), ("deviceScaleFactor", 1), ("mobile", false));

    /// <summary>Waits until panes and drawings are there.</summary>
    public void AtRest() => Until("""
        return document.querySelector('#pane-source-title') !== null && [...document.querySelectorAll('.lines')].every(lines => lines.getAttribute('aria-busy') === 'false')
          && document.querySelector('.about')?.textContent !== 'Running …' && document.querySelector('.about')?.textContent !== '' && document.querySelector('#tiles-status')?.textContent !== '';
        """);

    /// <summary>Waits for a script to return true.</summary>
    public void Until(string script)
    {
        var clock = Stopwatch.StartNew();
        while (!(bool)_driver.ExecuteScript(script)!)
        {
            if (clock.Elapsed > s_patience)
                Assert.Fail($"This never became true: {script}\nThe page says: {Text("#status")}; {string.Join("; ", Console())}");
            Thread.Sleep(20);
        }
    }

    public object? Run(string script) => _driver.ExecuteScript(script);

    public string Text(string selector) => (string)(Run($"return document.querySelector('{selector}')?.textContent ?? ''") ?? "");

    public int Number(string script) => Convert.ToInt32(Run(script), CultureInfo.InvariantCulture);

    public string[] Strings(string script) => [.. ((IEnumerable<object>)Run(script)!).Select(item => $"{item}")];

    /// <summary>Types into whatever has the focus.</summary>
    public void Type(params string[] keys)
    {
        foreach (string key in keys)
            new OpenQA.Selenium.Interactions.Actions(_driver).SendKeys(key).Perform();
    }

    public string Address => _driver.Url;

    /// <summary>What the console says.</summary>
    public string[] Console() => [.. _driver.Manage().Logs.GetLog(LogType.Browser).Select(entry => entry.Message)];

    /// <summary>The hosts that were asked since the last call.</summary>
    public string[] Hosts() => [.. _driver.Manage().Logs.GetLog("performance").Where(entry => entry.Message.Contains("Network.requestWillBeSent\"", StringComparison.Ordinal))
        .SelectMany(entry => RequestAddress().Matches(entry.Message)).Select(match => match.Groups[1].Value).Distinct()];

    public void Save(string path) => _driver.GetScreenshot().SaveAsFile(path);

    /// <summary>The nodes that a screen reader sees: role and name.</summary>
    public IEnumerable<(string Role, string Name)> Accessible()
    {
        var tree = (Dictionary<string, object>)Cdp("Accessibility.getFullAXTree")!;
        foreach (Dictionary<string, object> node in ((IEnumerable<object>)tree["nodes"]).Cast<Dictionary<string, object>>())
            if (!(node.TryGetValue("ignored", out object? ignored) && ignored is true))
                yield return (Value(node, "role"), Value(node, "name"));
    }

    public object? Cdp(string command, params (string Name, object Value)[] parameters) =>
        _driver.ExecuteCdpCommand(command, parameters.ToDictionary(parameter => parameter.Name, parameter => (object?)parameter.Value));

    public void Dispose()
    {
        _driver.Dispose();
        _service.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A helper process of the browser may still be ending; the system clears its temporary files.
        }
    }

    private static string Value(Dictionary<string, object> node, string name) =>
        node.TryGetValue(name, out object? value) && ((Dictionary<string, object>)value).TryGetValue("value", out object? text) ? $"{text}" : "";

    private static string? Find(params string[] names) => names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/bin").Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)))
        .FirstOrDefault(File.Exists);

    [GeneratedRegex("\"url\":\"(?:https?|wss?)://([^\"/]+)")]
    private static partial Regex RequestAddress();
}
