using System.Text;
using System.Text.RegularExpressions;
using GemmaIlgpu.Engine.Generation;

namespace GemmaIlgpu.Engine.Tests.Support;

/// <summary>Damages JSON the way bad downloads, bad programs and bad people do. The same seed gives the same damage.</summary>
internal static partial class Mutator
{
    private static readonly string[] Values =
    [
        "-1", "0", "1", "2", "3", "1.5", "-0", "1e3", "1e308", "1e999", "2147483647", "2147483648", "4294967296",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "-9223372036854775808", "null", "true",
        "false", "\"\"", "\"F32\"", "\"I64\"", "\"..\"", "\"../../etc/passwd\"", "\"\\ud800\"", "[]", "{}", "[0,0]",
        "[1,[2,[3,[4]]]]", "{\"a\":{\"a\":{}}}", "99999999999999999999999999999999",
    ];

    /// <summary>Calls a parser with damaged copies and fails on anything but success or a sentence for the user.</summary>
    public static Outcome Feed(string[] originals, int count, Action<byte[]> parse)
    {
        int accepted = 0, notJson = 0, refused = 0;
        for (int seed = 0; seed < count; seed++)
        {
            byte[] bytes = Mutate(originals[seed % originals.Length], (ulong)seed);
            try
            {
                parse(bytes);
                accepted++;
            }
            catch (ModelFileException e)
            {
                if (e.Message.Contains("not valid", StringComparison.Ordinal))
                    notJson++;
                else
                    refused++;
                if (e.Message.Length is < 20 or > 1000 || e.Message.AsSpan().ContainsAny('\n', '\0'))
                    Assert.Fail($"Seed {seed}: the message is not one clear sentence: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"Seed {seed}: {e.GetType().Name}: {e.Message}\n{Encoding.Latin1.GetString(bytes)}\n{e.StackTrace}");
            }
        }

        return new Outcome(accepted, notJson, refused);
    }

    /// <summary>What became of the damaged copies: taken, no JSON any more, or JSON that says something wrong.</summary>
    public readonly record struct Outcome(int Accepted, int NotJson, int Refused);

    private static byte[] Mutate(string text, ulong seed)
    {
        var random = new SeededRandom(seed);
        int Next(int limit) => (int)(random.NextBits() % (ulong)Math.Max(1, limit));

        // Three in four stay JSON and say something wrong; the rest is any damage at all.
        if (Next(4) != 0)
        {
            for (int times = 1 + Next(2); times > 0; times--)
            {
                MatchCollection scalars = Scalar().Matches(text);
                Match scalar = scalars[Next(scalars.Count)], donor = scalars[Next(scalars.Count)];
                bool isKey = text.AsSpan(scalar.Index + scalar.Length).TrimStart().StartsWith(":");
                text = Replace(text, scalar, isKey ? (donor.Value[0] == '"' ? donor.Value : "\"x\"") : Next(3) == 0 ? donor.Value : Values[Next(Values.Length)]);
            }

            return Encoding.UTF8.GetBytes(text);
        }

        for (int times = 1 + Next(3); times > 0; times--)
        {
            MatchCollection tokens = Token().Matches(text);
            Match one = tokens[Next(tokens.Count)], other = tokens[Next(tokens.Count)];
            text = Next(8) switch
            {
                0 or 1 or 2 => Replace(text, one, Values[Next(Values.Length)]),
                3 => Replace(text, one, other.Value),
                4 => Replace(text, one, ""),
                5 => text.Insert(one.Index, other.Value + ","),
                6 => text[..Next(text.Length)],
                _ => text.Insert(Next(text.Length), text.Substring(one.Index, Math.Min(Next(60), text.Length - one.Index))),
            };
            if (!Token().IsMatch(text))
                text = "{\"a\": 1}";
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int flips = Next(4) == 0 ? 1 + Next(3) : 0; flips > 0 && bytes.Length > 0; flips--)
            bytes[Next(bytes.Length)] = (byte)Next(256);
        return bytes;
    }

    private static string Replace(string text, Match token, string value) =>
        string.Concat(text.AsSpan(0, token.Index), value, text.AsSpan(token.Index + token.Length));

    [GeneratedRegex("\"[^\"]*\"|-?[0-9.eE+]+|true|false|null")]
    private static partial Regex Scalar();

    [GeneratedRegex("\"[^\"]*\"|-?[0-9.eE+]+|true|false|null|[\\[\\]{},:]")]
    private static partial Regex Token();
}
