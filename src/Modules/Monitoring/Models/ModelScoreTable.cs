using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;
using Salus.Monitoring.Storage;

namespace Salus.Monitoring.Models;

/// <summary>A score as it is stored.</summary>
internal sealed record StoredScore(Tenant Tenant, string Patient, ModelReading Reading, DateTimeOffset Received, string Sender);

/// <summary>The table of what models said.</summary>
internal sealed class ModelScoreTable(Database database, StorageTables tables, TimeProvider time)
{
    private const string Columns = "tenant, patient, model, version, value, at, until, explanation, inputs::text, received, sender";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>A score as states have it.</summary>
    public static ModelReading Reading(ModelScore score) => new(
        score.Model, Texts.Visible(score.Version), decimal.Round(score.Value, 6), score.At.ToUnixTimeMilliseconds(), (score.At + score.Valid).ToUnixTimeMilliseconds(),
        score.Explanation is { } why ? Texts.Visible(why) : null, JsonSerializer.Serialize(score.Inputs, Json));

    /// <summary>Stores scores together with what tells the audit trail of them; gives how many were new.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public async Task<int> PutAsync(Caller caller, IReadOnlyList<(string Patient, ModelReading Reading)> scores, Action<NpgsqlBatch> told, CancellationToken ct)
    {
        foreach (var at in scores.Select(s => UnixTime.Floor(s.Reading.At, TableKind.ModelScore.Period)).Distinct())
        {
            await tables.EnsureAsync(TableKind.ModelScore, at, ct);
        }

        // In one order for all: two requests with the same scores would else wait for each other.
        var rows = scores.OrderBy(s => s.Patient, StringComparer.Ordinal).ThenBy(s => s.Reading.Model, StringComparer.Ordinal).ThenBy(s => s.Reading.At).ToList();
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        var insert = new NpgsqlBatchCommand(
            """
            insert into monitoring.modelscore (tenant, sender, received, patient, model, version, value, at, until, explanation, inputs)
            select $1, $2, $3, u.patient, u.model, u.version, u.value, u.at, u.until, u.explanation, u.inputs::jsonb
            from unnest($4, $5, $6, $7, $8, $9, $10, $11) u (patient, model, version, value, at, until, explanation, inputs) on conflict do nothing
            """);
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = caller.Tenant.Number });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = caller.Name ?? caller.Actor });
        insert.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime });
        void Add<T>(Func<(string Patient, ModelReading Reading), T> value) => insert.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. rows.Select(value)] });
        Add(r => r.Patient);
        Add(r => r.Reading.Model);
        Add(r => r.Reading.Version);
        Add(r => r.Reading.Value);
        Add(r => UnixTime.Of(r.Reading.At));
        Add(r => UnixTime.Of(r.Reading.Until));
        insert.Parameters.Add(new NpgsqlParameter { Value = rows.Select(r => r.Reading.Explanation).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        Add(r => r.Reading.Inputs);
        batch.BatchCommands.Add(insert);
        told(batch);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return (int)insert.RecordsAffected;
    }

    /// <summary>What came since, and has not been over for long: of all tenants, oldest first.</summary>
    public Task<List<StoredScore>> SinceAsync(DateTimeOffset received, CancellationToken ct) => ReadAsync(
        database.Source, "where received >= $1 and until > $2 order by at", ct, new NpgsqlParameter<DateTime> { TypedValue = received.UtcDateTime },
        new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime.AddMilliseconds(-ModelReading.Shown) });

    /// <summary>The scores of a patient, newest first.</summary>
    /// <param name="model">Of this one; null for all.</param>
    public Task<List<StoredScore>> ListAsync(Tenant tenant, string patient, string? model, DateTimeOffset from, DateTimeOffset to, int count, CancellationToken ct) => ReadAsync(
        database.For(tenant).Source, "where tenant = $1 and patient = $2 and ($3::text is null or model = $3) and at >= $4 and at < $5 order by at desc, model limit $6", ct,
        new NpgsqlParameter<int> { TypedValue = tenant.Number }, new NpgsqlParameter<string> { TypedValue = patient }, new NpgsqlParameter { Value = (object?)model ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        new NpgsqlParameter<DateTime> { TypedValue = from.UtcDateTime }, new NpgsqlParameter<DateTime> { TypedValue = to.UtcDateTime }, new NpgsqlParameter<int> { TypedValue = count });

    /// <summary>What was said of a patient in a time and could count in it, in the order of its times.</summary>
    /// <param name="from">Milliseconds since 1970 UTC.</param>
    public async Task<IReadOnlyList<ModelReading>> PastAsync(Tenant tenant, string patient, long from, long to, CancellationToken ct) => [.. (await ReadAsync(
        database.Source, "where tenant = $1 and patient = $2 and at >= $3 and at < $4 order by at", ct,
        new NpgsqlParameter<int> { TypedValue = tenant.Number }, new NpgsqlParameter<string> { TypedValue = patient }, new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(Math.Max(0, from - UnixTime.Day)) },
        new NpgsqlParameter<DateTime> { TypedValue = UnixTime.Of(to) })).Select(s => s.Reading)];

    private static async Task<List<StoredScore>> ReadAsync(NpgsqlDataSource source, string where, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // Written above.
        await using var command = source.CreateCommand($"select {Columns} from monitoring.modelscore {where}");
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<StoredScore>();
        while (await rows.ReadAsync(ct))
        {
            var reading = new ModelReading(
                rows.GetString(2), rows.GetString(3), rows.GetDecimal(4), UnixTime.Of(rows.GetDateTime(5)), UnixTime.Of(rows.GetDateTime(6)), rows.IsDBNull(7) ? null : rows.GetString(7), rows.GetString(8));
            found.Add(new StoredScore(new Tenant(rows.GetInt32(0)), rows.GetString(1), reading, rows.GetFieldValue<DateTimeOffset>(9), rows.GetString(10)));
        }

        return found;
    }
}
