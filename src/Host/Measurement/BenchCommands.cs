using System.Globalization;
using System.Reflection;
using System.Text.Json;
using GemmaIlgpu.Host.Terminal;

namespace GemmaIlgpu.Host.Measurement;

using Engine = GemmaIlgpu.Engine.Engine;

/// <summary>
/// Measurements one by one, as another program asks for them: so two engines can take turns, and a memory that is slow
/// for a minute is slow for both.
/// </summary>
internal static class BenchCommands
{
    /// <summary>Says what is loaded, answers each line of standard input with one line of JSON, and at the end says the peak of memory.</summary>
    /// <exception cref="UsageException">A line asks for something else.</exception>
    public static void Answer(Engine engine, BenchSession session, int threads, HostConsole console, CancellationToken cancellation)
    {
        Write(console, new
        {
            version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            machine = Machine.Describe(),
            device = engine.DeviceName,
            split = ShareFigure.Of(engine.Split),
            contextLength = engine.ContextLength,
            weightBytes = engine.WeightBytes,
            bytesPerToken = session.BytesPerToken(),
        });
        while (console.In.ReadLine() is string line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (words)
            {
                case []:
                    break;
                case ["prefill", var length]:
                    Write(console, new { seconds = session.Prefill(Number(length, line), cancellation) });
                    break;
                case ["decode", var context, var tokens]:
                    Write(console, new { seconds = session.Decode(Number(context, line), Number(tokens, line), cancellation) });
                    break;
                case ["memory"]:
                    Write(console, new { bytesPerSecond = session.ReadMemory(threads) });
                    break;
                default:
                    throw Unknown(line);
            }
        }
        Write(console, new { peakResidentBytes = session.PeakResidentBytes() });
    }

    private static int Number(string word, string line) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is > 0 and <= 1 << 20 ? value : throw Unknown(line);

    private static UsageException Unknown(string line) =>
        new($"A line of standard input is 'prefill N', 'decode CONTEXT TOKENS' or 'memory' with numbers from 1 to {1 << 20}, not '{line}'.");

    private static void Write<T>(HostConsole console, T answer) => console.Out.WriteLine(JsonSerializer.Serialize(answer));
}
