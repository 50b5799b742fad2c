using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <summary>Compiled code for all lanes of a warp, or for those that run.</summary>
/// <param name="warp">The warp.</param>
/// <param name="rows">Its registers.</param>
/// <param name="windows">Where loads need no look.</param>
/// <returns>The block whose end was reached; -1 - n if instruction n is next; or that the code does not fit.</returns>
internal unsafe delegate int RegionCode(LockstepWarp? warp, byte* rows, AccessWindow* windows);

/// <summary>Parts of a program that run often, compiled for rows as they were seen.</summary>
internal sealed unsafe class LaneRegions
{
    /// <summary>Nothing was done: rows are other than the code was made for.</summary>
    public const int DoesNotFit = int.MinValue;

    /// <summary>Reached so often, code is worth its making.</summary>
    public const int UsualThreshold = 64;

    private const int MostVariants = 6;

    private static int s_compiled;

    private readonly LockstepProgram _program;
    private readonly Slot?[] _slots, _masked;       // for all lanes, and for some
    private readonly Lazy<Liveness> _liveness;

    public LaneRegions(LockstepProgram program)
    {
        _program = program;
        _slots = new Slot?[program.Values.Length];
        _liveness = new(() => new Liveness(program));
        foreach (LockstepBlock block in program.Blocks)
        {
            _slots[block.First] = new();
            for (int i = block.First; i < block.First + block.Count; i++)
                if ((program.Code + i)->Stop == StopKind.Meeting)
                    _slots[i + 1] = new();
        }
        _masked = [.. _slots.Select(slot => slot is null ? null : new Slot())];
    }

    /// <summary>Notes that code ends before an instruction.</summary>
    public void MayBeginAt(int instruction) => (_slots[instruction], _masked[instruction]) = (_slots[instruction] ?? new(), _masked[instruction] ?? new());

    /// <summary>Whether code may begin at an instruction.</summary>
    public bool BeginsAt(int instruction) => _slots[instruction] is not null;

    /// <summary>Gets or sets how often a place must be reached before it is compiled.</summary>
    internal static int Threshold { get; set; } = UsualThreshold;

    /// <summary>Gets how many parts have been compiled in this process.</summary>
    internal static int Compiled => s_compiled;

    /// <summary>Gets or sets whether warps wait for the compiler, which otherwise works beside them.</summary>
    internal static bool IsEager { get; set; }

    /// <summary>Runs compiled code from an instruction on, if there is some that fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Run(LockstepWarp warp, Instruction* from, AccessWindow* windows)
    {
        bool isMasked = warp.Mask != warp.All;
        Slot? slot = (isMasked ? _masked : _slots)[from->Index];
        if (slot is null)
            return DoesNotFit;
        foreach (RegionCode code in slot.Variants)
        {
            int exit = code(warp, warp.Registers, windows);
            if (exit != DoesNotFit)
                return exit;
        }
        if (++slot.Entries >= Threshold && slot.Variants.Length < MostVariants && slot.Begin())
            Compile(warp, from, slot, isMasked, windows);
        return DoesNotFit;
    }

    private void Compile(LockstepWarp warp, Instruction* from, Slot slot, bool isMasked, AccessWindow* windows)
    {
        slot.Entries = 0;
        int first = from->Index;
        var tags = new Dictionary<IrValue, RowTag>();
        foreach ((IrValue value, int row) in _program.Rows)
            if (ProgramBuilder.IsTagged(value.Type))
                tags[value] = *RowTag.Of(warp.Registers + row);
        bool[] seen = [.. Enumerable.Range(0, _program.Values.Length).Select(i => windows[i].One > 0)];
        if (IsEager)
            Make();
        else
            Task.Run(Make);

        void Make()
        {
            RegionCode? code = new RegionCompiler(_program, _liveness.Value, tags, seen, first, isMasked).Compile();
            // The first call makes machine code.
            code?.Invoke(null, null, null);
            if (code is not null)
            {
                slot.Variants = [.. slot.Variants, code];
                Interlocked.Increment(ref s_compiled);
            }
            else
            {
                slot.Entries = int.MinValue;
            }
            slot.End();
        }
    }

    private sealed class Slot
    {
        private int _isBusy;

        public int Entries { get; set; }

        public RegionCode[] Variants { get; set; } = [];

        // Warps of several threads come here; one of them makes the code.
        public bool Begin() => Interlocked.Exchange(ref _isBusy, 1) == 0;

        public void End() => Volatile.Write(ref _isBusy, 0);
    }
}
