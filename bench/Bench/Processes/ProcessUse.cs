using System.Globalization;

namespace Salus.Bench.Processes;

/// <summary>Processor time and memory of processes, from /proc. Only on Linux; elsewhere everything is 0.</summary>
internal static class ProcessUse
{
    // USER_HZ: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of a process and of those children that ended and were waited for.</summary>
    public static double CpuSeconds(int process) => Stat(process) is { } stat ? stat.Skip(11).Take(4).Sum(Number) / TicksPerSecond : 0;

    /// <summary>Seconds of a process and its children, those that ended included.</summary>
    public static double FamilyCpuSeconds(int process) => CpuSeconds(process) + Children(process).Sum(CpuSeconds);

    /// <summary>Bytes of a field of /proc/PID/status, such as VmRSS (resident) or VmHWM (the most that ever was).</summary>
    public static long Memory(int process, string field)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith(field + ":", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[(field.Length + 1)..^2].Trim(), CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>
    /// Bytes that a PostgreSQL holds resident: each process's own, the shared buffers once (the most that one of them has touched), the program once.
    /// The sum of the processes' sizes would count the shared buffers again and again.
    /// </summary>
    public static long PostgresMemory(int postmaster)
    {
        int[] all = [postmaster, .. Children(postmaster)];
        return all.Sum(p => Memory(p, "RssAnon")) + all.Max(p => Memory(p, "RssShmem")) + all.Max(p => Memory(p, "RssFile"));
    }

    // Of its first thread, which is the only one of a postmaster.
    private static int[] Children(int parent)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // The fields after the program's name, which may hold blanks and brackets itself: state, parent, ...
    private static string[]? Stat(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
