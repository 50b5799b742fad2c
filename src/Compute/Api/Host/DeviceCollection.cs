using System.Collections;
using System.Collections.Immutable;
using ILGPU.Runtime;

namespace ILGPU;

public sealed partial class Context
{
    /// <summary>The devices of one kind.</summary>
    public readonly struct DeviceCollection<TDevice> : IReadOnlyCollection<TDevice>
        where TDevice : Device
    {
        private readonly ImmutableArray<TDevice> _devices;

        internal DeviceCollection(ImmutableArray<TDevice> devices) => _devices = devices;

        /// <summary>Gets the number of devices.</summary>
        public int Count => _devices.Length;

        /// <summary>Gets a device.</summary>
        public TDevice this[int deviceIndex] => deviceIndex >= 0 && deviceIndex < _devices.Length
            ? _devices[deviceIndex]
            : throw new ArgumentOutOfRangeException(nameof(deviceIndex), $"Device {deviceIndex} of {_devices.Length} {typeof(TDevice).Name}s was asked for.");

        /// <summary>Gets an enumerator.</summary>
        public Enumerator GetEnumerator() => new(_devices);

        IEnumerator<TDevice> IEnumerable<TDevice>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        /// <summary>Goes through the devices.</summary>
        public struct Enumerator : IEnumerator<TDevice>
        {
            private readonly ImmutableArray<TDevice> _devices;
            private int _index;

            internal Enumerator(ImmutableArray<TDevice> devices)
            {
                _devices = devices;
                _index = -1;
            }

            /// <summary>Gets the current device.</summary>
            public readonly TDevice Current => _devices[_index];

            readonly object IEnumerator.Current => Current;

            /// <summary>Goes on to the next device.</summary>
            public bool MoveNext() => ++_index < _devices.Length;

            readonly void IDisposable.Dispose()
            {
            }

            readonly void IEnumerator.Reset() => throw new NotSupportedException();
        }
    }
}
