using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Salus.Faults.Tests.Support;

/// <summary>The embedded PostgreSQL of a data folder, seen from outside: its processes, and a connection that does not pass through Salus.</summary>
internal sealed class Cluster(string data)
{
    private const string Killed = "terminated by signal 9";
    private readonly string folder = Path.Combine(data, "postgres");
    private readonly string log = Path.Combine(data, "postgres.log");

    /// <summary>The server's first process; null while there is none.</summary>
    public int? Postmaster
    {
        get
        {
            try
            {
                return int.Parse(File.ReadLines(Path.Combine(folder, "postmaster.pid")).First(), CultureInfo.InvariantCulture) is var process && Eventually.IsRunning(process) ? process : null;
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or FormatException)
            {
                return null;
            }
        }
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder
    {
        Host = Path.Combine(data, "socket"),
        Port = 5432,
        Username = "salus",
        Database = "salus",
        Password = File.ReadAllText(Path.Combine(data, "postgres.password")).Trim(),
        Pooling = false,
    }.ConnectionString;

    /// <summary>Kill -9 of the first process: nobody is left to tell the others. Returns when it is gone.</summary>
    public Task KillPostmasterAsync()
    {
        var victim = Postmaster!.Value;
        Signals.Send(victim, Signals.Kill);
        return Eventually.TrueAsync(() => !Eventually.IsRunning(victim));
    }

    /// <summary>Kill -9 of one session's process, of one that works when there is one. Returns when the server has noticed, and ends all others.</summary>
    public async Task KillSessionAsync(Random random)
    {
        var before = LogLines(Killed);
        var clock = Stopwatch.StartNew();
        var last = TimeSpan.MinValue;
        await Eventually.TrueAsync(
            () =>
            {
                // One that ends by itself at this moment takes no harm: a while later it is another one's turn.
                if (last < clock.Elapsed - TimeSpan.FromSeconds(10) && Sessions() is { Count: > 0 } sessions)
                {
                    var busy = sessions.Where(s => !s.Title.EndsWith(" idle", StringComparison.Ordinal)).ToList();
                    var chosen = busy.Count > 0 ? busy : sessions;
                    Signals.Send(chosen[random.Next(chosen.Count)].Process, Signals.Kill);
                    last = clock.Elapsed;
                }

                return LogLines(Killed) > before;
            },
            seconds: 60);
    }

    /// <summary>How often the server's log says this.</summary>
    public int LogLines(string text)
    {
        using var reader = new StreamReader(new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split(text).Length - 1;
    }

    /// <summary>No process of it does anything, and nothing is closed: a machine that hangs.</summary>
    public void Freeze() => SignalAll(Signals.Stop);

    public void Thaw() => SignalAll(Signals.Continue);

    /// <summary>The last position of the log.</summary>
    public Task<long> HeadAsync() => NumberAsync("select position from records.head");

    /// <summary>The number that a query gives.</summary>
    public async Task<long> NumberAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
#pragma warning disable CA2100 // Written in the tests.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until the log has grown beyond a position.</summary>
    public Task BeyondAsync(long position) => Eventually.TrueAsync(async () => await HeadAsync() > position, seconds: 60);

    /// <summary>Makes the server begin new segments of its log of changes, until it finds no room for one or is seen to use old ones again.</summary>
    public async Task FillLogAsync()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        for (var segment = 0; segment < 100; segment++)
        {
            try
            {
                await using var command = source.CreateCommand("select pg_logical_emit_message(true, 'test', 'x'), pg_switch_wal()");
                await command.ExecuteNonQueryAsync();
            }
            catch (NpgsqlException)
            {
                return;
            }
        }
    }

    private void SignalAll(int signal)
    {
        if (Postmaster is not { } first)
        {
            return;
        }

        Signals.Send(first, signal);
        foreach (var (child, _) in ChildrenOf(first))
        {
            Signals.Send(child, signal);
        }
    }

    // "postgres: salus salus [local] INSERT"
    private List<(int Process, string Title)> Sessions() =>
        [.. ChildrenOf(Postmaster!.Value).Where(c => c.Title.StartsWith("postgres: salus salus", StringComparison.Ordinal))];

    private static IEnumerable<(int Process, string Title)> ChildrenOf(int parent)
    {
        foreach (var number in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => char.IsAsciiDigit(n![0])))
        {
            string stat, title;
            try
            {
                stat = File.ReadAllText($"/proc/{number}/stat");
                title = File.ReadAllText($"/proc/{number}/cmdline").Trim('\0', ' ');
            }
            catch (IOException)
            {
                continue;
            }

            if (stat.Split(") ")[^1].Split(' ')[1] == $"{parent}")
            {
                yield return (int.Parse(number!, CultureInfo.InvariantCulture), title);
            }
        }
    }
}
