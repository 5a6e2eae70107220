namespace Salus.Monitoring.Storage;

/// <summary>
/// Devices measure in steps of 1, 0.1 or 0.01, and values are stored in thousandths: a number is divided by the greatest of 1000, 100, 10 that leaves nothing over, and two
/// bits say by which.
/// </summary>
internal static class Steps
{
    private static ReadOnlySpan<short> Sizes => [1, 10, 100, 1000];

    /// <summary>The number of the step, from 0 to 3.</summary>
    public static int Of(long value) => value % 10 != 0 ? 0 : value % 1000 == 0 ? 3 : value % 100 == 0 ? 2 : 1;

    public static long Size(int step) => Sizes[step];
}
