using System.Collections.Concurrent;
using System.Collections.Immutable;
using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Flow;

/// <summary>What makes a series: who, by which device, what.</summary>
internal readonly record struct SeriesKey(Tenant Tenant, string Patient, string Device, Metric Metric);

/// <summary>The series there are. A series gets its number when its first sample comes, and keeps it. Safe for all threads.</summary>
internal sealed class SeriesBook(Database database)
{
    private const string Select = "select number, tenant, patient, device, metric, until from monitoring.series";

    private readonly ConcurrentDictionary<(Tenant, string Patient, string Device, short Metric), Series> known = new();
    private readonly ConcurrentDictionary<int, (Series Series, long Stored)> byNumber = new();
    private readonly ConcurrentDictionary<(Tenant, string Patient), ImmutableArray<Series>> byPatient = new();

    /// <summary>By its number.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Series this[int number] => byNumber[number].Series;

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<Series> All => byNumber.Select(s => s.Value.Series);

    /// <summary>The newest time that was in blocks when the series was read; <see cref="long.MinValue"/> for none.</summary>
    public long StoredUntil(int number) => byNumber[number].Stored;

    /// <summary>The series of a patient, of all or of one metric.</summary>
    public IReadOnlyList<Series> Of(Tenant tenant, string patient, Metric? metric = null) => byPatient.TryGetValue((tenant, patient), out var all)
        ? metric is null ? all : [.. all.Where(s => s.Metric == metric)]
        : [];

    /// <summary>The series, made and stored when it is new.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask<Series> GetAsync(Tenant tenant, string patient, string device, Metric metric, CancellationToken ct) =>
        known.TryGetValue((tenant, patient, device, metric.Number), out var series) ? series : (await GetAsync([new SeriesKey(tenant, patient, device, metric)], ct))[0];

    /// <summary>The same for many, in their order: those that are new are stored at once.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask<IReadOnlyList<Series>> GetAsync(IReadOnlyList<SeriesKey> keys, CancellationToken ct)
    {
        // A row that another session is about to make is not seen by the first statement.
        for (var missing = Missing(keys); missing.Length > 0; missing = Missing(keys))
        {
            await StoreAsync(missing, ct);
        }

        return [.. keys.Select(k => known[(k.Tenant, k.Patient, k.Device, k.Metric.Number)])];
    }

    /// <summary>Reads all that are stored.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(Select);
        await ReadAsync(command, ct);
    }

    /// <summary>Reads those of partitions again: other processes have made some, and have put samples into blocks.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task LoadAsync(short[] partitions, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand($"{Select} where partition = any($1)");
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = partitions });
        await ReadAsync(command, ct);
    }

    /// <summary>Reads those of a patient that another process has made.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task LoadAsync(Tenant tenant, string patient, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand($"{Select} where tenant = $1 and patient = $2");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = patient });
        await ReadAsync(command, ct);
    }

    /// <summary>Reads those among these that are not known yet.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask LoadAsync(IEnumerable<int> numbers, CancellationToken ct)
    {
        int[] missing = [.. numbers.Where(n => !byNumber.ContainsKey(n)).Distinct()];
        if (missing.Length > 0)
        {
            await using var command = database.Source.CreateCommand($"{Select} where number = any($1)");
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = missing });
            await ReadAsync(command, ct);
        }
    }

    /// <summary>Whether there is a series of this number, as far as it is known here.</summary>
    public bool Has(int number) => byNumber.ContainsKey(number);

    private SeriesKey[] Missing(IReadOnlyList<SeriesKey> keys) => [.. keys.Where(k => !known.ContainsKey((k.Tenant, k.Patient, k.Device, k.Metric.Number))).Distinct()];

    private async Task StoreAsync(SeriesKey[] keys, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            with asked as (select * from unnest($1, $2, $3, $4, $5) a (tenant, patient, device, metric, partition)),
            made as (
                insert into monitoring.series (tenant, patient, device, metric, partition) select tenant, patient, device, metric, partition from asked
                on conflict do nothing returning number, tenant, patient, device, metric, until)
            select * from made union all
            select s.number, s.tenant, s.patient, s.device, s.metric, s.until from monitoring.series s join asked using (tenant, patient, device, metric)
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. keys.Select(k => k.Tenant.Number)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => k.Patient)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => k.Device)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. keys.Select(k => k.Metric.Number)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. keys.Select(k => (short)Partitions.Of(k.Tenant, k.Patient))] });
        await ReadAsync(command, ct);
    }

    private async Task ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            // A metric that this version does not know was written by a newer one: its samples stay where they are.
            if (MetricSet.Default.Find(rows.GetInt16(4)) is { } metric)
            {
                Note(new Series(rows.GetInt32(0), new Tenant(rows.GetInt32(1)), rows.GetString(2), rows.GetString(3), metric), rows.IsDBNull(5) ? long.MinValue : UnixTime.Of(rows.GetDateTime(5)));
            }
        }
    }

    private void Note(Series series, long stored)
    {
        if (byNumber.TryAdd(series.Number, (series, stored)))
        {
            byPatient.AddOrUpdate((series.Tenant, series.Patient), [series], (_, all) => all.Add(series));
            known[(series.Tenant, series.Patient, series.Device, series.Metric.Number)] = series;
        }
        else
        {
            byNumber.AddOrUpdate(series.Number, (series, stored), (_, before) => (before.Series, Math.Max(before.Stored, stored)));
        }
    }
}
