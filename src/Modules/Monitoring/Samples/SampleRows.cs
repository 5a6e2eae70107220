using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Samples;

/// <summary>
/// Samples as rows too, for who asks with SQL: in a hypertable where the database has TimescaleDB, otherwise in a table by days. They come with the blocks, in the same transaction,
/// so each sample that is in blocks is a row once. Salus never reads them.
/// </summary>
internal sealed class SampleRows(Database database, StorageTables tables, MonitoringOptions options, ILogger<SampleRows> log) : IHostedService
{
    /// <summary>Where they are when there is TimescaleDB.</summary>
    public const string Hypertable = "samples.sample";

    private const string Table = "monitoring.sample";
    private const int AtOnce = 50_000;

    private static readonly string Make = Text("hypertable.sql");
    private static readonly string Insert = Text("insert.sql");

    /// <summary>The table that they go into; null for none.</summary>
    public string? Target { get; private set; }

    /// <summary>Looks what the database has, and makes what it needs.</summary>
    /// <exception cref="CannotStartException">TimescaleDB refuses what was asked for. With <see cref="SqlSamples.Auto"/> it goes on without.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.SqlSamples == SqlSamples.Off)
        {
            return;
        }

        await using var connection = await database.Owner.OpenConnectionAsync(cancellationToken);
        if (await VersionAsync(connection, cancellationToken) is { } version)
        {
            try
            {
                await MakeAsync(connection, cancellationToken);
                Target = Hypertable;
                MonitoringLog.SamplesInHypertable(log, Hypertable, version);
            }
            catch (PostgresException e) when (options.SqlSamples == SqlSamples.Auto)
            {
                MonitoringLog.NoHypertable(log, e, version);
            }
            catch (PostgresException e)
            {
                throw new CannotStartException($"TimescaleDB {version} refuses the hypertable {Hypertable} for samples: {e.MessageText}. Salus:Monitoring:SqlSamples = Off starts without it.", e);
            }
        }
        else if (options.SqlSamples == SqlSamples.On)
        {
            Target = Table;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes the tables of these days, where they are ours to make.</summary>
    public async Task EnsureAsync(IEnumerable<long> days, CancellationToken ct)
    {
        foreach (var day in Target == Table ? days : [])
        {
            try
            {
                await tables.EnsureAsync(TableKind.Sample, day, ct);
            }
            catch (PostgresException e) when (e.SqlState != PostgresErrorCodes.LockNotAvailable)
            {
                // The rows will say so, and keep nothing from the blocks.
            }
        }
    }

    /// <summary>
    /// Adds what goes into blocks in this transaction. When the table does not take it, the patients' monitors matter more: the blocks are stored without it, and the log says what is missing.
    /// </summary>
    public async Task AddAsync(IReadOnlyList<(Series Series, List<Point> Points)> runs, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
        if (Target is null)
        {
            return;
        }

        const string Here = "sample_rows";
        await transaction.SaveAsync(Here, ct);
        try
        {
            foreach (var part in runs.SelectMany(r => r.Points, (r, p) => (r.Series, Point: p)).Chunk(AtOnce))
            {
                await InsertAsync(part, connection, transaction, ct);
            }

            await transaction.ReleaseAsync(Here, ct);
        }
        catch (PostgresException e) when (connection.State == System.Data.ConnectionState.Open)
        {
            await transaction.RollbackAsync(Here, ct);
            MonitoringLog.SamplesNotInRows(log, e, Target, runs.Sum(r => r.Points.Count), UnixTime.Of(runs.Min(r => r.Points[0].Time)), UnixTime.Of(runs.Max(r => r.Points[^1].Time)));
        }
    }

    private static async Task<string?> VersionAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select extversion from pg_extension where extname = 'timescaledb'", connection);
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    private async Task MakeAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var sql = Make.Replace("{sampleDays}", $"{options.SampleDays}", StringComparison.Ordinal).Replace("{minuteDays}", $"{options.MinuteDays}", StringComparison.Ordinal)
            .Replace("{hourDays}", $"{options.HourDays}", StringComparison.Ordinal).Replace("{writer}", await WriterAsync(ct), StringComparison.Ordinal);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtext('samples.make'))", connection, transaction))
        {
            await turn.ExecuteNonQueryAsync(ct);
        }

#pragma warning disable CA2100 // Written here.
        await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    // The role that adds rows: it may nothing else there.
    private async Task<string> WriterAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select quote_ident(current_user)");
        return (string)(await command.ExecuteScalarAsync(ct))!;
    }

    private async Task InsertAsync((Series Series, Point Point)[] part, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct)
    {
#pragma warning disable CA2100 // Written here.
        await using var command = new NpgsqlCommand(Insert.Replace("{table}", Target, StringComparison.Ordinal), connection, transaction);
#pragma warning restore CA2100
        void Add<T>(IEnumerable<T> values) => command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. values] });
        Add(part.Select(p => UnixTime.Of(p.Point.Time)));
        Add(part.Select(p => p.Series.Number));
        Add(part.Select(p => p.Point.Value / 1000.0));
        Add(part.Select(p => (short)p.Point.Flags));
        var series = part.Select(p => p.Series).DistinctBy(s => s.Number).ToList();
        Add(series.Select(s => s.Number));
        Add(series.Select(s => s.Tenant.Number));
        Add(series.Select(s => s.Patient));
        Add(series.Select(s => s.Device));
        Add(series.Select(s => s.Metric.Name));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Text(string file)
    {
        using var stream = typeof(SampleRows).Assembly.GetManifestResourceStream($"Salus.Monitoring.Samples.{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
