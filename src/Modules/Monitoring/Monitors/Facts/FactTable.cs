using Npgsql;
using Salus.Kernel;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Monitors.Facts;

/// <summary>The table of facts.</summary>
internal sealed class FactTable(Database database, TimeProvider time)
{
    // A pregnancy that nobody wrote of for so long is over.
    private static readonly TimeSpan Pregnancy = TimeSpan.FromDays(300);

    /// <summary>What is known of patients; all that were asked for are in the answer.</summary>
    public async Task<IReadOnlyDictionary<(Tenant, string), PatientFacts>> ReadAsync(IReadOnlyCollection<(Tenant Tenant, string Patient)> patients, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            """
            select f.tenant, f.patient, f.kind, f.value, f.at from unnest($1, $2) w (tenant, patient) join monitoring.fact f on f.tenant = w.tenant and f.patient = w.patient
            where f.kind > 0 order by f.at, f.source
            """);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. patients.Select(p => p.Tenant.Number)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. patients.Select(p => p.Patient)] });
        var read = patients.Distinct().ToDictionary(p => p, _ => new List<Fact>());
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var (tenant, patient) = (new Tenant(reader.GetInt32(0)), reader.GetString(1));
            read[(tenant, patient)].Add(new(tenant, "", patient, (FactKind)reader.GetInt16(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return read.ToDictionary(p => p.Key, p => Known(p.Value, time.GetUtcNow()));
    }

    /// <summary>All that the table has of some patients of a tenant, in the order of its times.</summary>
    public async Task<ILookup<string, Fact>> ReadAsync(Tenant tenant, string[] patients, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select source, patient, kind, value, at from monitoring.fact where tenant = $1 and patient = any($2) and kind > 0 order by at, source");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = patients });
        var read = new List<Fact>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            read.Add(new(tenant, reader.GetString(0), reader.GetString(1), (FactKind)reader.GetInt16(2), reader.GetInt32(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return read.ToLookup(f => f.Patient, StringComparer.Ordinal);
    }

    /// <summary>Patients of whom something changed since a time, by the clock of the database.</summary>
    public async Task<IReadOnlyList<(Tenant Tenant, string Patient)>> ChangedAsync(TimeSpan ago, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select distinct tenant, patient from monitoring.fact where changed_at > clock_timestamp() - $1");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = ago });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var changed = new List<(Tenant, string)>();
        while (await reader.ReadAsync(ct))
        {
            changed.Add((new Tenant(reader.GetInt32(0)), reader.GetString(1)));
        }

        return changed;
    }

    /// <summary>Puts what resources say now in the place of what they said before.</summary>
    /// <param name="sources">All resources that changed.</param>
    /// <param name="facts">Of these, what they say.</param>
    public static async Task WriteAsync(IReadOnlyCollection<(Tenant Tenant, string Source)> sources, IReadOnlyCollection<Fact> facts, NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken ct)
    {
        // A row stays behind, so that other processes see that something is gone.
        await using var clear = new NpgsqlCommand(
            """
            update monitoring.fact f set kind = 0, changed_at = clock_timestamp()
            from unnest($1, $2) s (tenant, source) where f.tenant = s.tenant and f.source = s.source and f.kind <> 0
            """,
            connection, transaction);
        clear.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. sources.Select(s => s.Tenant.Number)] });
        clear.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. sources.Select(s => s.Source)] });
        await clear.ExecuteNonQueryAsync(ct);
        if (facts.Count == 0)
        {
            return;
        }

        await using var add = new NpgsqlCommand(
            """
            insert into monitoring.fact (tenant, source, patient, kind, value, at, changed_at)
            select tenant, source, patient, kind, value, at, clock_timestamp() from unnest($1, $2, $3, $4, $5, $6) n (tenant, source, patient, kind, value, at)
            on conflict (tenant, source, patient) do update set kind = excluded.kind, value = excluded.value, at = excluded.at, changed_at = excluded.changed_at
            """,
            connection, transaction);
        add.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. facts.Select(f => f.Tenant.Number)] });
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. facts.Select(f => f.Source)] });
        add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. facts.Select(f => f.Patient)] });
        add.Parameters.Add(new NpgsqlParameter<short[]> { TypedValue = [.. facts.Select(f => (short)f.Kind)] });
        add.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. facts.Select(f => f.Value)] });
        add.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. facts.Select(f => f.At.UtcDateTime)] });
        await add.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Sets what a clinician decided for a patient here; a value that is null takes it back. What is not named stays.</summary>
    /// <param name="set"><see cref="FactKind.SetScale"/> with 1 or 2, <see cref="FactKind.SetOxygen"/> with 0 or 1.</param>
    /// <param name="told">Adds the audit entry to the same transaction.</param>
    public async Task SetAsync(Tenant tenant, string patient, IReadOnlyList<(FactKind Kind, int? Value)> set, Action<NpgsqlBatch> told, CancellationToken ct)
    {
        var at = time.GetUtcNow();
        string Source(FactKind kind) => kind == FactKind.SetScale ? $"set/scale/{patient}" : $"set/oxygen/{patient}";
        await using var connection = await database.Source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await WriteAsync(
            [.. set.Select(s => (tenant, Source(s.Kind)))], [.. set.Where(s => s.Value is not null).Select(s => new Fact(tenant, Source(s.Kind), patient, s.Kind, s.Value!.Value, at))], connection, transaction, ct);
        await using var batch = new NpgsqlBatch(connection, transaction);
        told(batch);
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
    }

    /// <summary>What facts come to at a time. In the order of their times: the last one of a kind counts.</summary>
    public static PatientFacts Known(IEnumerable<Fact> facts, DateTimeOffset now)
    {
        var labs = new Dictionary<Lab, LabValue>();
        var (known, flagged, set) = (PatientFacts.Unknown, false, (int?)null);
        var (staying, left) = (false, (long?)null);
        foreach (var fact in facts)
        {
            switch (fact.Kind)
            {
                case FactKind.BirthDate:
                    known = known with { BirthDate = DateOnly.FromDayNumber(fact.Value) };
                    break;
                case FactKind.Pregnancy:
                    known = known with { Pregnant = fact.Value == 1 && now - fact.At < Pregnancy };
                    break;
                case FactKind.SecondScale:
                    flagged = true;
                    break;
                case FactKind.SetScale:
                    set = fact.Value;
                    break;
                case FactKind.SetOxygen:
                    known = known with { Oxygen = fact.Value == 1 };
                    break;
                case FactKind.Stay:
                    (staying, left) = (staying || fact.Value == 1, fact.Value == 1 ? left : fact.At.ToUnixTimeMilliseconds());
                    break;
                default:
                    labs[(Lab)(fact.Kind - FactKind.Lab)] = new(fact.Value, fact.At.ToUnixTimeMilliseconds());
                    break;
            }
        }

        return known with { Spo2Scale = set ?? (flagged ? 2 : 1), DischargedAt = staying ? null : left, Labs = labs };
    }
}
