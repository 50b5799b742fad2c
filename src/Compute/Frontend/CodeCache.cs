using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace GemmaIlgpu.Compute.Frontend;

/// <summary>What is known of members, types and modules. Of code that can be unloaded it is forgotten with the code.</summary>
/// <remarks>A program that compiles and loads kernels again and again, as a checker of puzzles does, would keep all of them otherwise.</remarks>
/// <typeparam name="TKey">The member, type or module.</typeparam>
/// <typeparam name="TValue">What is known of it.</typeparam>
/// <param name="isCollectible">Whether a key's code can be unloaded.</param>
internal sealed class CodeCache<TKey, TValue>(Func<TKey, bool> isCollectible)
    where TKey : class
{
    private readonly ConcurrentDictionary<TKey, TValue> _lasting = new();
    private readonly ConditionalWeakTable<TKey, StrongBox<TValue>> _passing = [];

    /// <summary>Finds what is known, or finds it out.</summary>
    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (_lasting.TryGetValue(key, out TValue? known))
            return known;
        return isCollectible(key) ? _passing.GetValue(key, full => new(make(full))).Value! : _lasting.GetOrAdd(key, make);
    }
}
