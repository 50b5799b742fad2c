using System.CommandLine;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Lists where kernels can run, and why not where they cannot.</summary>
internal sealed class DevicesVerb : Verb
{
    public override string Name => "devices";

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON instead of a table." };

    public override IReadOnlyList<string> Examples => ["gemma devices", "gemma devices --json"];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "List the devices that kernels can run on, best first; 'auto' takes the first usable one.");
        command.Add(_json);
        command.SetAction(parsed => Run(parsed.GetValue(_json), console));
        return command;
    }

    private static int Run(bool json, HostConsole console)
    {
        IReadOnlyList<DeviceInfo> devices = Devices.List();
        if (json)
        {
            console.Out.WriteLine(Json.Write(devices));
            return ExitCodes.Success;
        }

        Table table = Tables.Create(console, "device", "usable", "memory", "units", "what it is");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (DeviceInfo device in devices)
        {
            table.AddRow(
                Markup.Escape(device.Name), device.IsUsable ? "yes" : "no", device.MemoryBytes > 0 ? Quantity.Bytes(device.MemoryBytes) : "",
                device.Multiprocessors > 0 ? Quantity.Count(device.Multiprocessors) : "", Markup.Escape(Describe(device)));
        }

        Tables.Write(console, table);
        return ExitCodes.Success;
    }

    // The name of what cannot be used is often all that is known of it.
    private static string Describe(DeviceInfo device)
    {
        string driver = device.Driver is null ? device.Description : $"{device.Description}; {device.Driver}";
        return device.IsUsable ? driver : device.Description == device.Name ? device.UnusableReason! : $"{driver} ({device.UnusableReason})";
    }
}
