using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Fills the rows of values without operands.</content>
internal sealed unsafe partial class LockstepGroup
{
    private static void FillInt(LockstepWarp warp, int row, int value) => new Span<int>(warp.Registers + row, warp.RowBytes(4) / 4).Fill(value);

    private static void FillLong(LockstepWarp warp, int row, long value) => new Span<long>(warp.Registers + row, warp.RowBytes(8) / 8).Fill(value);

    private static void FillBits(LockstepWarp warp, IrType type, int row, long bits)
    {
        switch (type)
        {
            case IrType.Bool: *(ulong*)(warp.Registers + row) = bits != 0 ? ulong.MaxValue : 0; break;
            case IrType.I32 or IrType.F32: FillInt(warp, row, (int)bits); break;
            default: FillLong(warp, row, bits); break;
        }
    }

    private void FillLeaves(LockstepWarp warp)
    {
        foreach (IrValue leaf in Program.Leaves)
        {
            int row = Program.RowOf(leaf), index = (int)leaf.Immediate;
            switch (leaf.Op)
            {
                case IrOp.Constant: FillBits(warp, leaf.Type, row, leaf.Immediate); break;
                case IrOp.Parameter: FillBits(warp, leaf.Type, row, *(long*)(_launch.Slots + 8 * index)); break;
                case IrOp.GridDimension: FillInt(warp, row, Part(_launch.Grid, index)); break;
                case IrOp.GroupDimension: FillInt(warp, row, Part(_launch.Group, index)); break;
                case IrOp.SharedBase: FillLong(warp, row, (long)_shared + Program.SharedOffsets[index]); break;
                case IrOp.DynamicSharedBase: FillLong(warp, row, (long)_shared + Program.SharedBytes); break;
                case IrOp.DynamicSharedLength: FillLong(warp, row, _launch.DynamicSharedBytes); break;
                case IrOp.ConstantBase: FillLong(warp, row, Program.ConstantTables[index]); break;
                case IrOp.LaneIndex:
                    for (int lane = 0; lane < Program.Lanes; lane++)
                        ((int*)(warp.Registers + row))[lane] = lane;
                    break;
                case IrOp.LocalBase:
                    for (int lane = 0; lane < Program.Lanes; lane++)
                        ((long*)(warp.Registers + row))[lane] = (long)warp.Local + lane * Program.LocalBytes + Program.LocalOffsets[index];
                    break;
            }
        }
        FillPosition(warp);
    }

    // Depends on the warp's number.
    private void FillPosition(LockstepWarp warp)
    {
        foreach (IrValue leaf in Program.Leaves)
        {
            int row = Program.RowOf(leaf);
            if (leaf.Op == IrOp.WarpIndex)
                FillInt(warp, row, warp.Number);
            if (leaf.Op != IrOp.GroupIndex)
                continue;
            for (int lane = 0; lane < Program.Lanes; lane++)
            {
                ILGPU.Index3D index = ThreadIndex(warp.Number * Program.Lanes + lane);
                ((int*)(warp.Registers + row))[lane] = Part((index.X, index.Y, index.Z), (int)leaf.Immediate);
            }
        }
    }

    private void FillGridIndex(LockstepWarp warp)
    {
        foreach (IrValue leaf in Program.Leaves)
            if (leaf.Op == IrOp.GridIndex)
                FillInt(warp, Program.RowOf(leaf), Part((Index.X, Index.Y, Index.Z), (int)leaf.Immediate));
    }

    private static int Part((int X, int Y, int Z) triple, int dimension) => dimension switch { 0 => triple.X, 1 => triple.Y, _ => triple.Z };
}
