using System.Globalization;
using System.Text;
using GemmaIlgpu.PtxInterpreter.Execution;
using GemmaIlgpu.PtxInterpreter.Memory;

namespace GemmaIlgpu.PtxInterpreter.Tests;

/// <summary>Runs small pieces of PTX.</summary>
internal static class Harness
{
    /// <summary>A kernel with one pointer parameter, <c>out</c>, whose address body finds in %out; every thread has
    /// %tid in %t and may store with <c>st.global.u32 [%mine], x</c>, where %mine points at 4 bytes of its own.</summary>
    public static string Kernel(string body, string declarations = "", string target = "sm_80") => $$"""
        .version 7.8
        .target {{target}}
        .address_size 64
        {{declarations}}
        .visible .entry kernel(.param .u64 out)
        {
            .reg .b64 %out, %mine;
            .reg .b32 %t;
            .reg .pred %p<20>;
            .reg .b16 %h<40>;
            .reg .b32 %r<40>;
            .reg .b64 %rd<40>;
            .reg .f32 %f<40>;
            .reg .f64 %fd<40>;
            ld.param.u64 %out, [out];
            cvta.to.global.u64 %out, %out;
            mov.u32 %t, %tid.x;
            mad.wide.u32 %mine, %t, 4, %out;
            {{body}}
            ret;
        }
        """;

    /// <summary>Runs a body of <see cref="Kernel"/> and gives the words that the threads stored.</summary>
    public static uint[] Words(string body, int threads = 32, int words = 0, int dynamicShared = 0, string declarations = "", int groups = 1, string target = "sm_80")
    {
        using var memory = new DeviceMemory();
        int count = words == 0 ? threads : words;
        ulong address = memory.Allocate<uint>(new uint[count]);
        PtxEntry entry = PtxModule.Parse(Kernel(body, declarations, target)).GetEntry("kernel");
        entry.Launch(new Dim3(groups), new Dim3(threads), dynamicShared, entry.PackParameters(address), memory);
        return memory.Read<uint>(address, count);
    }

    /// <summary>One instruction on registers %a, %b, %c of given types, one value per lane; gives %d as bits.</summary>
    public static ulong[] Apply(string instruction, string result, params (string Type, ulong[] Values)[] operands)
    {
        int lanes = operands[0].Values.Length;
        var text = new StringBuilder(".version 7.8\n.target sm_90\n.address_size 64\n.visible .entry kernel(.param .u64 data)\n{\n");
        text.Append(CultureInfo.InvariantCulture, $".reg .{result} %d;\n.reg .b64 %p, %q;\n.reg .b32 %t;\n.reg .pred %k;\n");
        string[] names = ["%a", "%b", "%c"];
        for (int i = 0; i < operands.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $".reg .{operands[i].Type} {names[i]};\n");
        text.Append("ld.param.u64 %p, [data];\nmov.u32 %t, %tid.x;\nmad.wide.u32 %p, %t, 32, %p;\n");
        for (int i = 0; i < operands.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"ld.global.{MemoryType(operands[i].Type)} {names[i]}, [%p+{8 + (8 * i)}];\n");
        text.Append(CultureInfo.InvariantCulture, $"{instruction}\nst.global.{MemoryType(result)} [%p], %d;\nret;\n}}\n");
        using var memory = new DeviceMemory();
        ulong[] data = new ulong[4 * lanes];
        for (int lane = 0; lane < lanes; lane++)
            for (int i = 0; i < operands.Length; i++)
                data[(4 * lane) + 1 + i] = operands[i].Values[lane];
        ulong address = memory.Allocate<ulong>(data);
        PtxEntry entry = PtxModule.Parse(text.ToString()).GetEntry("kernel");
        entry.Launch(new Dim3(1), new Dim3(lanes), 0, entry.PackParameters(address), memory);
        ulong[] after = memory.Read<ulong>(address, 4 * lanes);
        return [.. Enumerable.Range(0, lanes).Select(lane => after[4 * lane])];
    }

    /// <summary>The same for one value of each operand.</summary>
    public static ulong One(string instruction, string result, params (string Type, ulong Value)[] operands) =>
        Apply(instruction, result, [.. operands.Select(operand => (operand.Type, new[] { operand.Value }))])[0];

    public static ulong F(float value) => BitConverter.SingleToUInt32Bits(value);

    public static ulong D(double value) => BitConverter.DoubleToUInt64Bits(value);

    public static float F(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static string MemoryType(string register) => register switch
    {
        "f16" => "b16",
        "f16x2" => "b32",
        _ => register,
    };
}
