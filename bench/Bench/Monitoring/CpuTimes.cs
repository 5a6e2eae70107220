using System.Globalization;

namespace Salus.Bench.Monitoring;

/// <summary>Processor time used so far, in seconds: of this process, and of the PostgreSQL below it.</summary>
internal readonly record struct CpuTimes(double Own, double Postgres)
{
    // The unit of /proc: USER_HZ is 100 on Linux.
    private const double Ticks = 100;

    public static CpuTimes Now()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(d => Path.GetFileName(d)).Where(d => d.All(char.IsAsciiDigit)).Select(Read).OfType<Stat>().ToDictionary(s => s.Process);
        var (own, postgres) = (0.0, 0.0);
        foreach (var stat in all.Values)
        {
            if (stat.Process == Environment.ProcessId)
            {
                own = stat.Own / Ticks;
            }
            else if (stat.Name.StartsWith("postgres", StringComparison.Ordinal) && IsBelow(all, stat))
            {
                postgres += (stat.Own + stat.Reaped) / Ticks;
            }
        }

        return new(own, postgres);
    }

    public static CpuTimes operator -(CpuTimes left, CpuTimes right) => new(left.Own - right.Own, left.Postgres - right.Postgres);

    private static bool IsBelow(Dictionary<int, Stat> all, Stat stat)
    {
        for (var at = stat; at.Parent != Environment.ProcessId;)
        {
            if (!all.TryGetValue(at.Parent, out var up))
            {
                return false;
            }

            at = up;
        }

        return true;
    }

    private static Stat? Read(string process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var rest = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            double Ticks(int field) => double.Parse(rest[field], CultureInfo.InvariantCulture);
            return new Stat(
                int.Parse(process, CultureInfo.InvariantCulture), text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..text.LastIndexOf(')')],
                int.Parse(rest[1], CultureInfo.InvariantCulture), Ticks(11) + Ticks(12), Ticks(13) + Ticks(14));
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }

    private sealed record Stat(int Process, string Name, int Parent, double Own, double Reaped);
}
