namespace GemmaIlgpu.Engine;

/// <summary>What `--device` asks for.</summary>
/// <param name="Names">Devices in the order of the layers; those with memory of their own first.</param>
/// <param name="AsNeeded">Whether later ones are only taken when the first do not hold the model.</param>
/// <param name="PassedOver">Better devices that are here but cannot be used, when the choice was ours.</param>
public sealed record DeviceRequest(IReadOnlyList<string> Names, bool AsNeeded, IReadOnlyList<DeviceInfo> PassedOver)
{
    /// <summary>What is wrong with a text, in one sentence; null when nothing is. Asks drivers only where it must.</summary>
    public static string? Complaint(string text)
    {
        if (text == Devices.Auto)
            return null;
        try
        {
            Of(text);
            return null;
        }
        catch (InputException e)
        {
            return e.Message;
        }
    }

    /// <summary>Whether a text names processors only, which no driver need be asked for.</summary>
    public static bool NamesProcessors(string text) => text.Split(',').All(name => Devices.IsProcessorName(name.Trim()));

    /// <summary>Reads a text, about the devices of this machine.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    public static DeviceRequest Of(string text) => NamesProcessors(text)
        ? NamedProcessors([.. text.Split(',').Select(word => word.Trim())], [.. Devices.NamedWithWarps(text)])
        : Parse(text, [.. Devices.List(), .. Devices.NamedWithWarps(text)]);

    /// <summary>Reads "auto", a kind ("cuda": as many of them as the model needs), a name, or several names.</summary>
    /// <exception cref="InputException">There is no such device, or it cannot be used.</exception>
    public static DeviceRequest Parse(string text, IReadOnlyList<DeviceInfo> devices)
    {
        string[] words = [.. text.Split(',').Select(word => word.Trim())];
        if (words is [Devices.Auto])
            return Automatic(devices);
        if (words.Contains(Devices.Auto))
            throw new InputException($"--device takes {Devices.Auto} or a list of devices, not both: '{text}'.");
        List<DeviceInfo> chosen = [.. words.SelectMany(word => Find(word, devices))];
        return new DeviceRequest(
            [.. chosen.Where(device => !device.IsHost).Concat(chosen.Where(device => device.IsHost)).Select(device => device.Name)],
            AsNeeded: words is [var only] && only != chosen[0].Name,
            PassedOver: []);
    }

    private static DeviceRequest NamedProcessors(string[] names, DeviceInfo[] withWarps) =>
        withWarps.FirstOrDefault(device => !device.IsUsable) is { } wrong
            ? throw CannotBeUsed(wrong)
            : new DeviceRequest(names, AsNeeded: false, PassedOver: []);

    // All usable devices of the best kind; the list is in that order.
    private static DeviceRequest Automatic(IReadOnlyList<DeviceInfo> devices)
    {
        DeviceInfo best = devices.FirstOrDefault(device => device.IsUsable)
            ?? throw new InputException($"No device can be used here: {string.Join("; ", devices.Select(device => $"{device.Name}: {device.UnusableReason}"))}.");
        IEnumerable<DeviceInfo> alike = best.IsHost ? [best] : devices.Where(device => device.IsUsable && !device.IsHost && device.Kind == best.Kind);
        // A kind whose driver is absent is listed by its kind alone: nothing was passed over there.
        IEnumerable<DeviceInfo> passed = devices.TakeWhile(device => device != best).Where(device => device.Name.Contains(':', StringComparison.Ordinal));
        return new DeviceRequest([.. alike.Select(device => device.Name)], AsNeeded: true, [.. passed]);
    }

    private static IEnumerable<DeviceInfo> Find(string word, IReadOnlyList<DeviceInfo> devices)
    {
        DeviceInfo[] found = [.. devices.Where(device => device.Name == word)];
        if (found.Length == 0)
            found = [.. devices.Where(device => device.Kind == word && word.Length > 0)];
        if (found.Length == 0)
            throw Unknown(word, devices);
        DeviceInfo[] usable = [.. found.Where(device => device.IsUsable)];
        return usable.Length > 0 ? usable : throw CannotBeUsed(found[0]);
    }

    private static InputException CannotBeUsed(DeviceInfo device) => new($"The device \"{device.Name}\" cannot be used: {device.UnusableReason}.");

    private static InputException Unknown(string word, IReadOnlyList<DeviceInfo> devices)
    {
        string there = string.Join(", ", devices.Where(device => device.IsUsable).Select(device => device.Name).Prepend(Devices.Auto));
        DeviceInfo? alike = devices.FirstOrDefault(device => device.Kind == word.Split(':')[0]);
        string reason = alike is { IsUsable: false } ? $" ({alike.Kind}: {alike.UnusableReason})" : "";
        return new InputException($"There is no device \"{word}\"; here are {there}{reason}. Several are separated by commas.");
    }
}
