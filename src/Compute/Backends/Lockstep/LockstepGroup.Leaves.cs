using GemmaIlgpu.Compute.Ir;

namespace GemmaIlgpu.Compute.Backends.Lockstep;

/// <content>Fills the rows of values without operands.</content>
internal sealed unsafe partial class LockstepGroup
{
    private static void FillInt(LockstepWarp warp, int row, int value) => RowTag.Of(warp.Registers + row)->Describe(value, 0);

    private static void FillLong(LockstepWarp warp, int row, long value) => RowTag.Of(warp.Registers + row)->Describe(value, 0);

    private static void FillBits(LockstepWarp warp, IrType type, int row, long bits)
    {
        switch (type)
        {
            case IrType.Bool: *(ulong*)(warp.Registers + row) = bits != 0 ? ulong.MaxValue : 0; break;
            case IrType.I32: FillInt(warp, row, (int)bits); break;
            case IrType.F32: new Span<int>(warp.Registers + row, warp.RowBytes(4) / 4).Fill((int)bits); break;
            case IrType.F64: new Span<long>(warp.Registers + row, warp.RowBytes(8) / 8).Fill(bits); break;
            default: FillLong(warp, row, bits); break;
        }
    }

    private void FillLeaves(LockstepWarp warp)
    {
        foreach ((int row, int width) in Program.TaggedRows)
            *RowTag.Of(warp.Registers + row) = new RowTag { Width = (byte)width, IsFilled = true };
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
                case IrOp.LaneIndex: RowTag.Of(warp.Registers + row)->Describe(0, 1); break;
                case IrOp.LocalBase: RowTag.Of(warp.Registers + row)->Describe((long)warp.Local + Program.LocalOffsets[index], Program.LocalBytes); break;
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
            int* values = (int*)(warp.Registers + row);
            bool isAffine = true;
            for (int lane = 0; lane < Program.Lanes; lane++)
            {
                ILGPU.Index3D index = ThreadIndex(warp.Number * Program.Lanes + lane);
                values[lane] = Part((index.X, index.Y, index.Z), (int)leaf.Immediate);
                isAffine &= lane < 2 || values[lane] - values[lane - 1] == values[1] - values[0];
            }
            if (isAffine)
                RowTag.Of(warp.Registers + row)->Describe(values[0], Program.Lanes > 1 ? values[1] - values[0] : 0);
            else
                RowTag.Of(warp.Registers + row)->Forget();
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
