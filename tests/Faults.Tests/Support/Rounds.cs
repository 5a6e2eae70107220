using System.Globalization;

namespace Salus.Faults.Tests.Support;

/// <summary>How often the faults are repeated, and the table of what came of it. <c>eng/faults</c> sets both variables.</summary>
internal static class Rounds
{
    private const int Short = 2;
    private static readonly Lock Gate = new();

    /// <summary>Rounds of each fault: <c>SALUS_FAULT_ROUNDS</c>, or 2.</summary>
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SALUS_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out var count) && count > 0 ? count : Short;

    /// <summary>Whether this is the long form.</summary>
    public static bool Long => Count > Short;

    /// <summary>Rounds of what takes more than a minute in the long form.</summary>
    public static int OfAbsence => Long ? 2 : 1;

    /// <summary>Rounds of what is slow, and one in the short form.</summary>
    public static int OfSlow => Long ? Count : 1;

    /// <summary>Rounds of what has several faults in each, or long ones.</summary>
    public static int OfMany => Math.Max(1, Count / 4);

    /// <summary>How long the database stays away once its absence has shown.</summary>
    public static TimeSpan Absence => TimeSpan.FromSeconds(Long ? 60 : 5);

    /// <summary>Adds a line to the table.</summary>
    public static void Report(string fault, int round, int acknowledged, int lost, string remark)
    {
        var line = string.Join('\t', fault, round.ToString(CultureInfo.InvariantCulture), acknowledged.ToString(CultureInfo.InvariantCulture), lost.ToString(CultureInfo.InvariantCulture), remark);
        if (Environment.GetEnvironmentVariable("SALUS_FAULT_REPORT") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, line + "\n");
            }
        }
    }
}
