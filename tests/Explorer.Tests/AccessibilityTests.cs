using OpenQA.Selenium;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>The page for those who see it otherwise, or not at all.</summary>
public class AccessibilityTests
{
    private const string Everything = "#kernel=RmsNorm.Kernel&line=Kernels/RmsNorm.cs:66&stages=source,ir,opencl,ptx";

    private Browser _browser = null!;

    [OneTimeSetUp]
    public void Open() => _browser = Browser.Open();

    [OneTimeTearDown]
    public void Close() => _browser?.Dispose();

    [Test]
    public void Every_control_and_picture_has_a_name()
    {
        _browser.Go(Everything);
        string[] named = ["button", "combobox", "searchbox", "textbox", "listbox", "option", "spinbutton", "img", "image", "splitter", "toolbar", "region", "dialog", "table", "figure"];
        (string Role, string Name)[] nodes = [.. _browser.Accessible()];
        Assert.That(nodes.Where(node => named.Contains(node.Role) && string.IsNullOrWhiteSpace(node.Name)).Select(node => node.Role), Is.Empty);
        Assert.That(nodes.Count(node => node.Role is "image" or "img"), Is.GreaterThanOrEqualTo(4));
        Assert.That(nodes.Select(node => node.Role), Does.Contain("banner").And.Contain("main").And.Contain("navigation"));
        Assert.That(nodes.Count(node => node is { Role: "heading" }), Is.GreaterThan(8));
    }

    [Test]
    public void Every_drawing_has_a_title_a_description_and_its_numbers_in_words_or_a_table()
    {
        _browser.Go(Everything);
        Assert.That(_browser.Strings("return [...document.querySelectorAll('main svg')].filter(s => !s.querySelector('title')?.textContent || (s.querySelector('desc')?.textContent ?? '').length < 30).map(s => s.outerHTML.slice(0, 80))"), Is.Empty);
        Assert.That(_browser.Number("return document.querySelectorAll('.as-table table').length"), Is.GreaterThanOrEqualTo(4));
    }

    [Test]
    public void Tab_visits_each_part_once_in_reading_order()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ir", 1600);
        _browser.Run("document.activeElement.blur()");
        List<string> stops = [];
        for (int i = 0; i < 16; i++)
        {
            _browser.Type(Keys.Tab);
            stops.Add((string)_browser.Run("const e = document.activeElement; return e.id || e.getAttribute('aria-label') || e.textContent")!);
        }
        Assert.That(stops, Is.EqualTo(new[]
        {
            "Skip to the code", "menu", "theme", "help", "search", "C#", "Copy C#", "Hide C#", "lines-source", "Width of C#", "Copy IR", "Hide IR", "lines-ir", "warp", "site", "example",
        }));
    }

    [Test]
    public void The_skip_link_and_the_dialog_move_the_focus()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source");
        _browser.Run("document.querySelector('#help').click()");
        Assert.That(_browser.Run("return document.activeElement.closest('dialog') !== null"), Is.True);
        _browser.Type(Keys.Escape);
        Assert.That(_browser.Run("return document.querySelector('#keys').open"), Is.False);
        _browser.Run("document.querySelector('.skip').click()");
        Assert.That(_browser.Run("return document.activeElement.id"), Is.EqualTo("code"));
        Assert.That(_browser.Text("#name"), Is.EqualTo("Add.Kernel"));
    }

    [Test]
    public void Text_stands_out_from_its_ground([Values(false, true)] bool dark)
    {
        _browser.Go(Everything, dark: dark);
        _browser.Until("return document.querySelectorAll('#lines-source .hit').length > 0 && document.querySelectorAll('.code .keyword').length > 0");
        _browser.Run("document.querySelector('#lines-source .line').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))");
        Thread.Sleep(200);      // colours of buttons fade
        string[] faint = _browser.Strings("""
            const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
            const rgb = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return rgb('white'); };
            const faint = new Map();
            for (const e of document.querySelectorAll('body *')) {
              if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility({ checkOpacity: true }) || e.closest('.skip')) continue;
              const isDrawn = e.ownerSVGElement != null;
              const style = getComputedStyle(e), text = rgb(isDrawn ? style.fill : style.color);
              const behind = e.classList.contains('lane-number') ? rgb(getComputedStyle(e.ownerSVGElement.querySelector('.lane')).fill) : ground(isDrawn ? e.ownerSVGElement.parentElement : e);
              const [a, b] = [light(text), light(behind)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
              if (ratio < 4.5) faint.set(`${e.tagName}.${e.getAttribute('class')} on ${e.parentElement.className}: ${ratio.toFixed(2)}`, 1);
            }
            return [...faint.keys()];
            """);
        Assert.That(faint, Is.Empty);
        Assert.That(_browser.Run("return matchMedia('(prefers-color-scheme: dark)').matches"), Is.EqualTo(dark));
    }

    [Test]
    public void Dark_is_dark_and_the_button_overrules_the_system()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source", dark: true);
        const string Ground = "return getComputedStyle(document.body).backgroundColor";
        Assert.That(_browser.Run(Ground), Is.EqualTo("rgb(13, 17, 23)"));
        _browser.Run("document.querySelector('#theme').click()");
        Assert.That(_browser.Text("#theme"), Is.EqualTo("Theme: light"));
        Assert.That(_browser.Run(Ground), Is.EqualTo("rgb(243, 245, 248)"));
        _browser.Run("localStorage.clear()");
    }

    [Test]
    public void Those_who_want_less_motion_get_none()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source");
        _browser.Cdp("Emulation.setEmulatedMedia", ("features", new[] { new Dictionary<string, object> { ["name"] = "prefers-reduced-motion", ["value"] = "reduce" } }));
        Assert.That(_browser.Strings("return [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s' || getComputedStyle(e).animationName !== 'none').map(e => e.tagName)"), Is.Empty);
    }
}
