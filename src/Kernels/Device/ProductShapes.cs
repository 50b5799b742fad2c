namespace GemmaIlgpu.Kernels.Device;

/// <summary>What every product y = x · Wᵀ checks before it starts.</summary>
internal static class ProductShapes
{
    /// <summary>Tokens of x [T, K] whose product with weights [N, K] fills y [T, N].</summary>
    /// <exception cref="ArgumentException">The lengths do not fit; the message names all of them.</exception>
    public static int Tokens(string product, long xLength, int rows, int columns, long yLength)
    {
        long tokens = xLength / columns;
        if (xLength % columns != 0 || yLength != tokens * rows)
        {
            throw new ArgumentException(
                $"{product}: x has {xLength} values, y {yLength}; with weights [{rows}, {columns}] they must be " +
                $"tokens × {columns} and tokens × {rows}.");
        }

        return checked((int)tokens);
    }
}
