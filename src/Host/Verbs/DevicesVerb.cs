using System.CommandLine;
using GemmaIlgpu.Engine;
using GemmaIlgpu.Host.Terminal;
using Spectre.Console;

namespace GemmaIlgpu.Host.Verbs;

/// <summary>Lists where kernels can run, and why not where they cannot.</summary>
internal sealed class DevicesVerb : Verb
{
    public override string Name => "devices";

    public override IReadOnlyList<string> Examples => ["gemma devices"];

    public override Command ToCommand(HostConsole console)
    {
        Command command = new(Name, "List the devices that kernels can run on.");
        command.SetAction(_ => Run(console));
        return command;
    }

    private static int Run(HostConsole console)
    {
        Table table = Tables.Create(console, "device", "usable", "what it is");
        foreach (DeviceInfo device in Devices.List())
            table.AddRow(Markup.Escape(device.Name), device.IsUsable ? "yes" : "no", Markup.Escape(Describe(device)));
        Tables.Write(console, table);
        return ExitCodes.Success;
    }

    private static string Describe(DeviceInfo device) =>
        device.IsUsable ? device.Description : $"{device.Description} ({device.UnusableReason})";
}
