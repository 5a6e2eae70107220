using System.Diagnostics;
using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Salus.Bench.Processes;

namespace Salus.Bench.Ceilings;

/// <summary>The <see cref="CeilingServer"/> while it runs, and its table.</summary>
internal sealed class CeilingProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Postgres? postgres;

    private CeilingProcess(Process process, Postgres? postgres, int port)
    {
        (this.process, this.postgres, Port) = (process, postgres, port);
    }

    public int Port { get; }

    public double CpuSeconds => ProcessUse.CpuSeconds(process.Id);

    /// <param name="postgres">Where the bodies go; null when only what needs no database is asked for.</param>
    public static async Task<CeilingProcess> StartAsync(Postgres? postgres, IReadOnlyCollection<(string Id, byte[] Body)> bodies)
    {
        if (postgres is not null)
        {
            await FillAsync(postgres, bodies);
        }

        var ready = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = SalusServer.Start(Environment.ProcessPath!, ["ceiling-server"], Line, (CeilingServer.Connection, postgres?.ConnectionString ?? "Host=127.0.0.1"));
        return new(process, postgres, await ready.Task.WaitAsync(TimeSpan.FromMinutes(1)));

        void Line(string line)
        {
            if (line.StartsWith(CeilingServer.Ready, StringComparison.Ordinal))
            {
                ready.TrySetResult(int.Parse(line[CeilingServer.Ready.Length..], CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Ends the process and drops what was made for it.</summary>
    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        if (postgres is not null)
        {
            await postgres.ExecuteAsync("drop schema if exists bench_ceiling cascade");
        }
    }

    private static async Task FillAsync(Postgres postgres, IReadOnlyCollection<(string Id, byte[] Body)> bodies)
    {
        await postgres.ExecuteAsync("create schema if not exists bench_ceiling; drop table if exists bench_ceiling.body; "
            + "create table bench_ceiling.body (id text collate \"C\" primary key, body bytea not null); alter table bench_ceiling.body alter column body set storage external");
        await using (var connection = await postgres.OpenAsync())
        {
            await using var command = new NpgsqlCommand("insert into bench_ceiling.body select * from unnest($1, $2)", connection);
            command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, bodies.Select(b => b.Id).ToArray());
            command.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Bytea, bodies.Select(b => b.Body).ToArray());
            await command.ExecuteNonQueryAsync();
        }

        await postgres.ExecuteAsync("vacuum analyze bench_ceiling.body");
    }
}
