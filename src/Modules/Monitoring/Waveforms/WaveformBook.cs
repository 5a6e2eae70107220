using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;

namespace Salus.Monitoring.Waveforms;

/// <summary>The numbers of series of waveforms. A series gets its number with its first block, and keeps it. Safe for all threads.</summary>
internal sealed class WaveformBook(Database database)
{
    private readonly ConcurrentDictionary<WaveformKey, int> known = new();

    /// <summary>Makes sure that all have a number.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async ValueTask EnsureAsync(IEnumerable<WaveformKey> keys, CancellationToken ct)
    {
        // A row that another session is about to make is not seen by the first statement.
        for (var missing = Missing(keys); missing.Length > 0; missing = Missing(keys))
        {
            await StoreAsync(missing, ct);
        }
    }

    /// <summary>The number of one that <see cref="EnsureAsync"/> has seen to.</summary>
    public int this[WaveformKey key] => known[key];

    /// <summary>The series of a patient, from the database: other processes make some too.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<IReadOnlyDictionary<int, (string Device, Signal Signal)>> OfAsync(Tenant tenant, string patient, IReadOnlyCollection<Signal> signals, CancellationToken ct)
    {
        await using var command = database.For(tenant).Source.CreateCommand("select number, device, signal from monitoring.waveform_series where tenant = $1 and patient = $2 and signal = any($3)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = patient });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. signals.Select(s => s.Number)] });
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<int, (string, Signal)>();
        while (await rows.ReadAsync(ct))
        {
            found[rows.GetInt32(0)] = (rows.GetString(1), SignalSet.Default.Find((int)rows.GetInt16(2))!);
        }

        return found;
    }

    private WaveformKey[] Missing(IEnumerable<WaveformKey> keys) => [.. keys.Where(k => !known.ContainsKey(k)).Distinct().OrderBy(k => k.Patient, StringComparer.Ordinal).ThenBy(k => k.Device, StringComparer.Ordinal).ThenBy(k => k.Signal.Number)];

    private async Task StoreAsync(WaveformKey[] keys, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            with asked as (select * from unnest($1, $2, $3, $4) a (tenant, patient, device, signal)),
            made as (
                insert into monitoring.waveform_series (tenant, patient, device, signal) select tenant, patient, device, signal from asked
                on conflict do nothing returning number, tenant, patient, device, signal)
            select * from made union all
            select s.number, s.tenant, s.patient, s.device, s.signal from monitoring.waveform_series s join asked using (tenant, patient, device, signal)
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. keys.Select(k => k.Tenant.Number)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => k.Patient)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => k.Device)] });
        command.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. keys.Select(k => k.Signal.Number)] });
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            known[new WaveformKey(new Tenant(rows.GetInt32(1)), rows.GetString(2), rows.GetString(3), SignalSet.Default.Find((int)rows.GetInt16(4))!)] = rows.GetInt32(0);
        }
    }
}
