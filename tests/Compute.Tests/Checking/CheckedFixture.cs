using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace GemmaIlgpu.Compute.Tests.Checking;

/// <summary>Runs kernels on Checked accelerators of several warp widths, whose groups run one after another or are shared by threads, and reads
/// what they report.</summary>
[TestFixture(4, false)]
[TestFixture(32, false)]
[TestFixture(4, true)]
[TestFixture(32, true)]
public abstract class CheckedFixture(int warpSize, bool shares)
{
    private Context _context = null!;

    protected int WarpSize { get; } = warpSize;

    /// <summary>Gets whether threads share the groups of launches.</summary>
    protected bool Shares { get; } = shares;

    protected Accelerator Accelerator { get; private set; } = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _context = CheckedDevices.Open(WarpSize, null, Shares);
        Accelerator = _context.GetPreferredDevice(preferCPU: true).CreateAccelerator(_context);
    }

    [OneTimeTearDown]
    public void Close()
    {
        Accelerator.Dispose();
        _context.Dispose();
    }

    /// <summary>Numbers that are not zero.</summary>
    protected static int[] Numbers(int count) => [.. Enumerable.Range(1, count)];

    protected MemoryBuffer1D<int, Stride1D.Dense> Ints(int count) => Accelerator.Allocate1D(Numbers(count));

    protected MemoryBuffer1D<float, Stride1D.Dense> Floats(int count) => Accelerator.Allocate1D([.. Numbers(count).Select(i => (float)i)]);

    /// <summary>Asserts that a launch reports each text, at the line of the kernel that holds the mark, and that the accelerator lives on.</summary>
    protected void Finds(Action launch, string mark, string[] texts, [CallerFilePath] string path = "")
    {
        var fault = Assert.Throws<KernelFaultException>(() => launch())!;
        string[] lines = File.ReadAllLines(path);
        int line = Array.FindIndex(lines, text => text.Contains("// " + mark, StringComparison.Ordinal)) + 1;
        using (Assert.EnterMultipleScope())
        {
            foreach (string text in texts)
                Assert.That(fault.Message, Does.Contain(text));
            Assert.That(line, Is.Positive, $"no line is marked '// {mark}'");
            Assert.That(fault.Line, Is.EqualTo(line), fault.Message);
            Assert.That(Path.GetFileName(fault.File), Is.EqualTo(Path.GetFileName(path)));
            Assert.That(fault.WarpSize, Is.EqualTo(WarpSize));
            Assert.That(fault.Message, Does.Contain($"warps of {WarpSize}"));
        }
        using MemoryBuffer1D<int, Stride1D.Dense> alive = Ints(5);
        Accelerator.LoadAutoGroupedStreamKernel<Index1D, ArrayView<int>>(AddOne)(5, alive.View);
        Assert.That(alive.GetAsArray1D(), Is.EqualTo(new[] { 2, 3, 4, 5, 6 }));
    }

    private static void AddOne(Index1D i, ArrayView<int> data) => data[i]++;
}
