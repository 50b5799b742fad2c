using FsCheck;
using FsCheck.Fluent;

namespace GemmaIlgpu.Engine.Tests.Tokenization;

internal static class Properties
{
    /// <summary>Checks a property on a number of generated inputs; the seed is fixed, so every run sees the same ones.</summary>
    public static void Hold<T>(Gen<T> inputs, int count, Func<T, bool> property) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20240627, 7), Prop.ForAll(inputs.ToArbitrary(), property));
}
