using System.Globalization;
using System.Text.Json;
using OpenQA.Selenium;

namespace GemmaIlgpu.Explorer.Tests;

/// <summary>The page as a reader with a keyboard or a mouse uses it.</summary>
public class PageTests
{
    private Browser _browser = null!;

    [OneTimeSetUp]
    public void Open() => _browser = Browser.Open();

    [OneTimeTearDown]
    public void Close() => _browser?.Dispose();

    [TearDown]
    public void Nothing_went_wrong_and_nobody_else_was_asked()
    {
        Assert.That(_browser.Console(), Is.Empty);
        Assert.That(_browser.Hosts(), Is.SubsetOf(new[] { new Uri(Site.Address).Authority }));
    }

    [Test]
    public void A_kernel_is_chosen_by_keyboard_alone()
    {
        _browser.Go("");
        Assert.That(_browser.Text("#name"), Is.EqualTo("RmsNorm.Kernel"));
        _browser.Type("/", "softmax", Keys.Enter);
        _browser.Until("return document.querySelector('#name').textContent === 'Softmax.Kernel'");
        _browser.AtRest();
        Assert.That(_browser.Text("#lines-source"), Does.Contain("Softmax"));
        Assert.That(_browser.Address, Does.EndWith("#kernel=Softmax.Kernel"));
        _browser.Type(Keys.ArrowDown + Keys.Backspace);
    }

    [Test]
    public void The_list_is_filtered_by_words_anywhere_in_name_and_parameters()
    {
        _browser.Go("");
        _browser.Type("/", "rms add");
        Assert.That(_browser.Strings("return [...document.querySelectorAll('#list [role=option]')].filter(o => o.offsetParent).map(o => o.getAttribute('aria-label'))"), Is.EqualTo(new[] { "RmsNorm.AddKernel", "RmsNormKernels.Add" }));
        _browser.Type("xyzzy");
        Assert.That(_browser.Text("#found"), Is.EqualTo("No kernel has all of these words."));
    }

    [Test]
    public async Task A_line_of_CSharp_marks_its_lines_in_every_stage()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,il,ir,simd,opencl,ptx", 2200);
        int line = _browser.Number("return panes('source').findIndex(l => l.textContent.includes('+= '))".Replace("panes('source')", Lines("source"), StringComparison.Ordinal));
        _browser.Run($"{Lines("source")}[{line}].click()");
        _browser.Until("return document.querySelectorAll('#lines-ptx .hit').length > 0");
        string place = Uri.UnescapeDataString(_browser.Address).Split("line=")[1].Split('&')[0];
        foreach (string stage in new[] { "il", "ir", "simd", "opencl", "ptx" })
        {
            JsonElement text = await Site.Ask($"api/stage?kernel=Add.Kernel&stage={stage}");
            int number = text.GetProperty("places").EnumerateArray().Select(known => known.GetString()).ToList().IndexOf(place);
            int[] expected = [.. text.GetProperty("links").EnumerateArray().Select((link, i) => (Link: link, Line: i)).Where(item => item.Link.EnumerateArray().Any(link => link.GetInt32() == number)).Select(item => item.Line)];
            Assert.That(expected, Is.Not.Empty, stage);
            Assert.That(Marked(stage), Is.EqualTo(expected), stage);
        }
        Assert.That(_browser.Text("#status"), Does.StartWith($"Line {place}: "));
    }

    [Test]
    public void A_line_of_PTX_marks_its_line_in_CSharp_and_the_others_by_keyboard()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ir,ptx");
        _browser.Run("document.querySelector('#lines-ptx').focus()");
        int goal = _browser.Number($"return {Lines("ptx")}.findIndex(l => l.textContent.includes('ld.global.f32'))");
        int start = _browser.Number("return Number(document.querySelector('#lines-ptx .current').dataset.line)");
        _browser.Type(string.Concat(Enumerable.Repeat(goal > start ? Keys.ArrowDown : Keys.ArrowUp, Math.Abs(goal - start))), Keys.Enter);
        _browser.Until("return document.querySelectorAll('#lines-source .hit').length > 0");
        Assert.That(_browser.Strings("return [...document.querySelectorAll('#lines-source .hit')].map(l => l.textContent)"), Has.Length.EqualTo(1).And.Some.Contains("+="));
        Assert.That(_browser.Strings("return [...document.querySelectorAll('#lines-ir .hit')].map(l => l.textContent)"), Has.Some.Contains("load.f32"));
        Assert.That(_browser.Run("return document.querySelector('#lines-ptx').getAttribute('aria-activedescendant')"), Is.EqualTo($"ptx-{goal}"));
        Assert.That(_browser.Number("return document.querySelectorAll('#lines-ptx .hit[aria-selected=true]').length"), Is.GreaterThan(0));
        _browser.Type(Keys.Escape);
        _browser.Until("return document.querySelectorAll('.hit').length === 0");
    }

    [Test]
    public void Hovering_marks_without_choosing()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ir");
        _browser.Run($"{Lines("source")}.find(l => l.textContent.includes('+=')).dispatchEvent(new PointerEvent('pointerover', {{bubbles: true}}))");
        Assert.That(_browser.Number("return document.querySelectorAll('#lines-ir .hover').length"), Is.GreaterThan(0));
        _browser.Run("document.querySelector('#lines-source').dispatchEvent(new PointerEvent('pointerleave'))");
        Assert.That(_browser.Number("return document.querySelectorAll('.hover, .hit').length"), Is.Zero);
    }

    [Test]
    public void A_link_leads_back_to_kernel_line_and_target()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ptx&ptx=sm_90a");
        Assert.That(_browser.Text("#lines-ptx"), Does.Contain(".target sm_90a"));
        _browser.Run("const s = document.querySelector('[data-stage=ptx] select'); s.value = 'sm_70'; s.dispatchEvent(new Event('change'))");
        _browser.Until("return document.querySelector('#lines-ptx').textContent.includes('.target sm_70')");
        Assert.That(_browser.Address, Does.Contain("ptx=sm_70").And.Contain("stages=source,ptx"));
        _browser.Run($"{Lines("source")}.find(l => l.textContent.includes('+=')).click()");
        _browser.Until("return document.querySelectorAll('#lines-ptx .hit').length > 0");
        string address = _browser.Address;
        int[] marked = Marked("ptx");
        _browser.Go(new Uri(address).Fragment);
        _browser.Until("return document.querySelectorAll('#lines-ptx .hit').length > 0");
        Assert.That(Marked("ptx"), Is.EqualTo(marked));
    }

    [Test]
    public void A_link_to_what_there_is_not_says_so_and_the_way_back_works()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ir");
        _browser.Run("location.hash = '#kernel=Nothing&stages=source,ir'");
        _browser.Until("return document.querySelector('#status').textContent.startsWith(\"There is no kernel 'Nothing' here\")");
        Assert.That(_browser.Text("#name"), Is.EqualTo("No such kernel"));
        Assert.That(_browser.Strings("return [...document.querySelectorAll('.lines')].map(l => l.getAttribute('aria-busy') + ' ' + l.textContent)"), Has.All.StartsWith("false There is no kernel"));
        Assert.That(_browser.Text("#launch-body .about"), Does.StartWith("There is no kernel"));
        _browser.Run("history.back()");
        _browser.Until("return document.querySelector('#status').textContent.startsWith('Add.Kernel: choose a line')");
        Assert.That(_browser.Text("#lines-ir"), Does.Contain("load.f32"));
        _browser.Run("location.hash = '#kernel=Add.Kernel&stages=source,ir&line=Kernels/Nothing.cs:3'");
        _browser.Until("return document.querySelector('#status').textContent === 'Line Kernels/Nothing.cs:3 is not among the code of this kernel.'");
    }

    [Test]
    public void A_stage_that_there_is_not_says_why()
    {
        _browser.Go("#kernel=FlashKernels.Kernel<BFloat16Cache,%20ushort,%20HeadTile64>&stages=source,ptx");
        Assert.That(_browser.Text(".about"), Does.Contain("which only NVIDIA's GPUs have"));
        Assert.That(_browser.Text("#launch .fact"), Does.Contain("64 groups (64 × 1 × 1) of 128 threads"), "two query heads a KV head, 16 tiles of 64 rows, 4 KV heads");
        Assert.That(_browser.Text("#launch-body"), Does.Contain("asked for at the launch, 24,576 bytes"));
        Assert.That(_browser.Text("#lines-ptx"), Does.Contain("mma.sync"));
    }

    [Test]
    public void The_drawing_of_an_access_counts_what_the_counters_count([Values("RmsNorm.Kernel", "QuantisedTiled.Kernel<Q4_0Format>", "Sampling.ArgMaxKernel")] string kernel)
    {
        _browser.Go($"#kernel={Uri.EscapeDataString(kernel)}&stages=source");
        // Every access of every line: what the page draws must be what was counted.
        string wrong = (string)_browser.Run("""
            const site = document.querySelector('#site'), example = document.querySelector('#example'), fact = document.querySelector('#fact'), wrong = [];
            let drawn = 0;
            for (let s = 0; s < Math.min(site.options.length, 30); s++) {
              site.value = s;
              site.dispatchEvent(new Event('change'));
              for (let e = 0; e < example.options.length; e++) {
                example.value = e;
                example.dispatchEvent(new Event('change'));
                drawn++;
                if (fact.dataset.units !== fact.dataset.counted) wrong.push(`${site.options[s].text}, ${example.options[e].text}: drawn ${fact.dataset.units}, counted ${fact.dataset.counted}`);
              }
            }
            return drawn === 0 ? 'nothing was drawn' : wrong.slice(0, 3).join('; ');
            """)!;
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void Loads_of_RmsNorm_are_four_sectors_and_a_chosen_line_chooses_its_access()
    {
        _browser.Go("#kernel=RmsNorm.Kernel");
        Assert.That(_browser.Text("#fact"), Is.EqualTo("32 lanes read 4 bytes each: 4 sectors of 32 bytes in 1 line of 128; 128 of the 128 bytes that move are used (100 %)."));
        Assert.That(_browser.Number("return document.querySelectorAll('#access .ray').length"), Is.EqualTo(32));
        Assert.That(_browser.Number("return document.querySelectorAll('#access table tbody tr').length"), Is.EqualTo(32));
        _browser.Run($"{Lines("source")}.find(l => l.textContent.includes('partial[Warp.WarpIdx] = value')).click()");
        _browser.Until("return document.querySelector('#site').selectedOptions[0].text.includes('store shared partial')");
        Assert.That(_browser.Text("#fact"), Does.StartWith("1 lane writes 4 bytes each: 1 pass"));
        // And back: a line chosen below is marked above.
        _browser.Run("[...document.querySelectorAll('#by-line button')].find(b => b.textContent === 'Fma.cs:11').click()");
        _browser.Until("return document.querySelector('#lines-source .hit')?.textContent.includes('FusedMultiplyAdd') ?? false");
    }

    [Test]
    public async Task Tiles_are_those_of_the_kernels()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source");
        _browser.Run("for (const [id, value] of [['tokens', 100], ['window', 24], ['rows', 16], ['keys', 8], ['cached', 10], ['heads', 2]]) { document.querySelector('#tiles-' + id).value = value; } document.querySelector('#tiles-tokens').dispatchEvent(new Event('input'))");
        int visited = 0, whole = 0;
        for (int tile = 0; tile * 16 < 200; tile++)
        {
            for (int key = 0; key < 110; key += 8)
            {
                int seen = 0;
                for (int row = tile * 16; row < Math.Min(200, (tile + 1) * 16); row++)
                    for (int k = key; k < Math.Min(110, key + 8); k++)
                        seen += k <= 10 + (row / 2) && k > 10 + (row / 2) - 24 ? 1 : 0;
                visited += seen > 0 ? 1 : 0;
                whole += seen > 0 ? 1 : 0;
            }
        }
        _browser.Until($"return document.querySelector('#tiles-body figure')?.dataset.visited === '{visited}'");
        JsonElement answer = await Site.Ask("api/tiles?tokens=100&window=24&rows=16&keys=8&cached=10&heads=2");
        Assert.That(answer.GetProperty("visited").GetInt32(), Is.EqualTo(visited));
        Assert.That(answer.GetProperty("all").GetInt32(), Is.EqualTo(13 * 14));
        Assert.That(_browser.Number("return document.querySelectorAll('#tiles-body figure')[0].querySelectorAll('svg .whole, svg .masked').length"), Is.EqualTo(visited));
        _browser.Run("const t = document.querySelector('#tiles-tokens'); t.value = ''; t.dispatchEvent(new Event('input'))");
        _browser.Until("return document.querySelector('#tiles-status').textContent.startsWith('New tokens: a whole number')");
    }

    [Test]
    public void Dividers_move_by_keyboard_and_panes_come_and_go()
    {
        _browser.Go("#kernel=Add.Kernel&stages=source,ir");
        int before = _browser.Number("return document.querySelector('[data-stage=source].pane').offsetWidth");
        _browser.Run("document.querySelector('.divider').focus()");
        _browser.Type(Keys.ArrowRight, Keys.ArrowRight);
        Assert.That(_browser.Number("return document.querySelector('[data-stage=source].pane').offsetWidth"), Is.GreaterThan(before + 50));
        Assert.That(_browser.Run("return document.querySelector('.divider').getAttribute('aria-valuenow')"), Is.EqualTo("58"));
        _browser.Run("document.querySelector('#stages [data-stage=ptx]').click()");
        _browser.Until("return document.querySelectorAll('.pane').length === 3 && document.querySelector('#lines-ptx').textContent.includes('.visible .entry')");
        _browser.Run("document.querySelector('[aria-label=\"Hide IR\"]').click()");
        _browser.Until("return document.querySelectorAll('.pane').length === 2");
        Assert.That(_browser.Run("return document.activeElement.textContent"), Is.EqualTo("IR"));
    }

    [Test]
    public void Panes_scroll_together_when_asked()
    {
        _browser.Go("#kernel=RmsNorm.Kernel&stages=source,ptx");
        _browser.Run("document.querySelector('#together').click(); document.querySelector('#lines-source').scrollTop = 500");
        _browser.Until("return document.querySelector('#lines-ptx').scrollTop > 200");
    }

    [Test]
    public void Every_width_fits([Values(360, 768, 1280, 2560)] int width)
    {
        _browser.Go("#kernel=RmsNorm.Kernel&line=Kernels/RmsNorm.cs:66", width, 900);
        Assert.That(_browser.Number("return document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width));
        string[] outside = _browser.Strings("return [...document.querySelectorAll('button, select, input, h1, h2, h3, .pane')].filter(e => e.offsetParent && (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)).map(e => e.id || e.textContent.slice(0, 30))");
        Assert.That(outside, Is.Empty);
        if (width == 360)
        {
            _browser.Run("document.querySelector('#menu').click()");
            Assert.That(_browser.Run("return document.activeElement.id"), Is.EqualTo("search"));
            _browser.Type("softcap", Keys.Enter);
            _browser.Until("return document.querySelector('#name').textContent === 'Softcap.Kernel' && document.querySelector('#kernels').offsetParent === null");
        }
    }

    private int[] Marked(string stage) =>
        [.. _browser.Strings($"return [...document.querySelectorAll('#lines-{stage} .hit, #lines-{stage} .hit-via')].map(l => l.dataset.line)").Select(line => int.Parse(line, CultureInfo.InvariantCulture))];

    private static string Lines(string stage) => $"[...document.querySelectorAll('#lines-{stage} .line')]";
}
