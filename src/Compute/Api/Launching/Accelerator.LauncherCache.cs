using System.Collections.Concurrent;
using System.Reflection;

namespace ILGPU.Runtime;

public abstract partial class Accelerator
{
    private readonly ConcurrentDictionary<(MethodInfo Method, bool ImplicitlyGrouped, Type Launcher), Delegate> _launchers = new();

    private TDelegate CachedLauncher<TDelegate>(Delegate action, bool implicitlyGrouped)
        where TDelegate : Delegate
    {
        MethodInfo method = MethodOf(action);
        if (!_launchers.TryGetValue((method, implicitlyGrouped, typeof(TDelegate)), out Delegate? launcher))
        {
            launcher = implicitlyGrouped ? LoadAutoGroupedKernel<TDelegate>(method) : LoadKernel<TDelegate>(method);
            _launchers[(method, implicitlyGrouped, typeof(TDelegate))] = launcher;
        }

        return (TDelegate)launcher;
    }
}
