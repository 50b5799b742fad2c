namespace GemmaIlgpu.Explorer.Tests;

/// <summary>The pictures of docs/explorer.md. GEMMA_EXPLORER_SCREENSHOTS=docs/images (a full path) renews them; otherwise they are only made.</summary>
public class Screenshots
{
    private const int MostBytes = 200 * 1024;

    [Test]
    public void Are_small()
    {
        string folder = Environment.GetEnvironmentVariable("GEMMA_EXPLORER_SCREENSHOTS") is { Length: > 0 } given ? given : TestContext.CurrentContext.WorkDirectory;
        using Browser browser = Browser.Open();
        browser.Go("#kernel=RmsNorm.Kernel&line=Kernels/RmsNorm.cs:102&stages=source,ir,ptx", 1240, 600);
        browser.Until("return document.querySelectorAll('#lines-ptx .hit').length > 0");
        Save("stages");
        browser.Go("#kernel=IndexingKernels.DownTheColumns&stages=source", 1280, 560);
        Show("#launch");
        Save("access");
        browser.Go("#kernel=TransposeKernels.Tiled&stages=source", 1280, 660, dark: true);
        browser.Run("const s = document.querySelector('#site'); s.value = [...s.options].findIndex(o => o.text.includes('load shared')); s.dispatchEvent(new Event('change'));");
        Show("#launch");
        Save("banks-dark");
        browser.Go("#kernel=RmsNorm.Kernel&stages=source", 1280, 760);
        Show("#launch .card:nth-child(2)");
        Save("counters");
        browser.Go("#kernel=RmsNorm.Kernel&stages=source", 1280, 720);
        Show("#tiles");
        Save("tiles");
        browser.Go("#kernel=Softmax.Kernel&stages=source,ptx", 390, 780, dark: true);
        Save("narrow");

        void Show(string selector)
        {
            browser.Run($"document.body.classList.add('alone'); document.querySelector('{selector}').scrollIntoView()");
            Thread.Sleep(200);
        }

        void Save(string name)
        {
            Thread.Sleep(200);      // lines that come into view are coloured
            string path = Path.Combine(folder, $"explorer-{name}.png");
            browser.Save(path);
            Assert.That(new FileInfo(path).Length, Is.LessThan(MostBytes), name);
        }
    }
}
