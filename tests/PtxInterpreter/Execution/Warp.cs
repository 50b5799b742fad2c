using System.Numerics;
using System.Runtime.InteropServices;

namespace GemmaIlgpu.PtxInterpreter.Execution;

internal enum FragmentState { Running, Waiting, AtBarrier }

/// <summary>Lanes of a warp that share a program counter.</summary>
internal struct Fragment
{
    public int Pc;
    public uint Lanes;
    public FragmentState State;

    /// <summary>Waiting: the lanes it waits for.</summary>
    public uint Members;

    /// <summary>AtBarrier: which.</summary>
    public int Barrier;
}

/// <summary>32 lanes. Lanes that part at a branch form fragments; the fragment that is furthest behind runs
/// first and joins the next one where it catches up, which is right for any control flow.</summary>
internal sealed unsafe partial class Warp : IDisposable
{
    /// <summary>After so many instructions of one fragment the others get a turn, so that a lane may wait for another.</summary>
    private const int FragmentTurn = 20_000;

    private readonly Group _group;
    private readonly int _index;
    private readonly uint _lanes;
    private readonly uint* _initialised;
    private readonly uint* _undefined;
    private bool _anyUndefined;
    private readonly Instruction[] _code;
    private readonly Fragment[] _fragments = new Fragment[33];
    private int _count;
    private Instruction? _current;

    public Warp(Group group, int index, int threads, Dictionary<string, ulong> variables)
    {
        _group = group;
        _index = index;
        _lanes = threads == 32 ? uint.MaxValue : (1u << threads) - 1;
        KernelProgram program = group.Program;
        _code = program.Code;
        Registers = (byte*)NativeMemory.AlignedAlloc((nuint)program.RegisterBytes + 64, 64);
        _initialised = (uint*)NativeMemory.AlignedAlloc((nuint)(program.RegisterCount + 1) * 4, 64);
        _undefined = (uint*)NativeMemory.AlignedAlloc((nuint)(program.RegisterCount + 1) * 4, 64);
        LocalBytes = program.LocalBytes;
        Local = (byte*)NativeMemory.AlignedAlloc(((nuint)LocalBytes * 32) + 16, 64);
        foreach ((Register register, ulong bits) in program.Constants)
            Broadcast(register, bits);
        foreach ((Register register, string variable, long offset) in program.VariableAddresses)
            Broadcast(register, variables[variable] + (ulong)offset);
    }

    public byte* Registers { get; }

    /// <summary>Local memory, one thread's after another's.</summary>
    public byte* Local { get; }

    public int LocalBytes { get; }

    public Group Group => _group;

    public int Index => _index;

    /// <summary>Each lane's carry flag.</summary>
    public uint Carry { get; set; }

    /// <summary>Lanes that have not exited.</summary>
    public uint Live { get; private set; }

    public void Start()
    {
        new Span<uint>(_initialised, _group.Program.RegisterCount).Clear();
        new Span<uint>(_undefined, _group.Program.RegisterCount).Clear();
        _anyUndefined = false;
        new Span<byte>(Local, LocalBytes * 32).Fill(0xFF);
        foreach ((Register register, ulong _) in _group.Program.Constants)
            _initialised[register.Number] = uint.MaxValue;
        foreach ((Register register, string _, long _) in _group.Program.VariableAddresses)
            _initialised[register.Number] = uint.MaxValue;
        foreach ((Register register, SpecialRegister special) in _group.Program.Specials)
        {
            _initialised[register.Number] = uint.MaxValue;
            for (int lane = 0; lane < 32; lane++)
                ((uint*)(Registers + register.Offset))[lane] = Special(special, lane);
        }
        Live = _lanes;
        _fragments[0] = new Fragment { Lanes = _lanes };
        _count = 1;
        _pendingCopies?.Clear();
    }

    public PtxFaultException Fault(string problem, uint lanes, PtxFault kind = PtxFault.Rules)
    {
        int lane = BitOperations.TrailingZeroCount(lanes);
        return new PtxFaultException($"{_group.Entry}, line {_current?.Line}: {problem}; group {_group.Index}, thread {ThreadIndex(lane)}.\n    {_current?.Text}", kind);
    }

    public IEnumerable<string> DescribeWaiting()
    {
        List<string> lines = [];
        for (int i = 0; i < _count; i++)
        {
            Fragment fragment = _fragments[i];
            string at = fragment.Pc < _code.Length ? $"line {_code[fragment.Pc].Line}: {_code[fragment.Pc].Text}" : "the end";
            lines.Add($"warp {_index}, lanes 0x{fragment.Lanes:x8} ({fragment.State}) at {at}");
        }
        return lines;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Registers);
        NativeMemory.AlignedFree(_initialised);
        NativeMemory.AlignedFree(_undefined);
        NativeMemory.AlignedFree(Local);
    }

    private void Broadcast(Register register, ulong bits)
    {
        for (int lane = 0; lane < 32; lane++)
        {
            switch (Text.PtxTypes.Size(register.Type))
            {
                case 2:
                    ((ushort*)(Registers + register.Offset))[lane] = (ushort)bits;
                    break;
                case 8:
                    ((ulong*)(Registers + register.Offset))[lane] = bits;
                    break;
                case 1:
                    Registers[register.Offset + lane] = (byte)bits;
                    break;
                default:
                    ((uint*)(Registers + register.Offset))[lane] = (uint)bits;
                    break;
            }
        }
    }

    public Dim3 ThreadIndex(int lane)
    {
        int thread = (32 * _index) + lane;
        Dim3 size = _group.Size;
        return new Dim3(thread % size.X, thread / size.X % size.Y, thread / (size.X * size.Y));
    }

    private uint Special(SpecialRegister special, int lane) => special switch
    {
        SpecialRegister.TidX => (uint)ThreadIndex(lane).X,
        SpecialRegister.TidY => (uint)ThreadIndex(lane).Y,
        SpecialRegister.TidZ => (uint)ThreadIndex(lane).Z,
        SpecialRegister.NtidX => (uint)_group.Size.X,
        SpecialRegister.NtidY => (uint)_group.Size.Y,
        SpecialRegister.NtidZ => (uint)_group.Size.Z,
        SpecialRegister.CtaidX => (uint)_group.Index.X,
        SpecialRegister.CtaidY => (uint)_group.Index.Y,
        SpecialRegister.CtaidZ => (uint)_group.Index.Z,
        SpecialRegister.NctaidX => (uint)_group.Grid.X,
        SpecialRegister.NctaidY => (uint)_group.Grid.Y,
        SpecialRegister.NctaidZ => (uint)_group.Grid.Z,
        SpecialRegister.LaneId => (uint)lane,
        SpecialRegister.WarpId => (uint)_index,
        SpecialRegister.NWarpId => (uint)((_group.Size.Count + 31) / 32),
        SpecialRegister.SmId => (uint)(_group.Index.X % 4),
        SpecialRegister.NSmId => 4,
        SpecialRegister.MaskEq => 1u << lane,
        SpecialRegister.MaskLt => (1u << lane) - 1,
        SpecialRegister.MaskLe => uint.MaxValue >> (31 - lane),
        SpecialRegister.MaskGe => uint.MaxValue << lane,
        SpecialRegister.MaskGt => ~(uint.MaxValue >> (31 - lane)),
        SpecialRegister.DynamicSharedSize => (uint)_group.DynamicShared,
        SpecialRegister.TotalSharedSize => (uint)_group.SharedBytes,
        SpecialRegister.WarpSize => 32,
        _ => 0,
    };
}
