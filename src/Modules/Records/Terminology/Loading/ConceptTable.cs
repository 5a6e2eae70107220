using Npgsql;
using NpgsqlTypes;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Loading;

/// <summary>Writes a code system into <c>records.concept_system</c> and <c>records.concept</c>: all of it or nothing, in place of the same version.</summary>
internal sealed class ConceptTable(Database database)
{
    /// <summary>How many concepts a version has that was loaded from the same files; null when there is none.</summary>
    public async Task<long?> FindAsync(Tenant tenant, SystemHeader header, string source, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select concepts from records.concept_system where tenant = $1 and url = $2 and version = $3 and source = $4");
        command.Parameters.AddRange(Key(tenant, header));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        return await command.ExecuteScalarAsync(ct) is int concepts ? concepts : null;
    }

    /// <summary>Whether the row of a version is still there, after whoever is removing it at this moment has ended.</summary>
    public async Task<bool> StandsAsync(Tenant tenant, SystemHeader header, CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        // A statement that waited sees the row removed and not the one that another load has put in its place: the next one sees that.
        return await LockAsync(connection, tenant, header, ct) is not null || await LockAsync(connection, tenant, header, ct) is not null;
    }

    /// <summary>The row of a version, locked until the transaction of this connection ends; null when there is none.</summary>
    public static async Task<int?> LockAsync(NpgsqlConnection connection, Tenant tenant, SystemHeader header, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select id from records.concept_system where tenant = $1 and url = $2 and version = $3 for update", connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(Key(tenant, header));
        return await command.ExecuteScalarAsync(ct) as int?;
    }

    /// <summary>Writes all concepts. Returns how many there are, and how many came with a code that was there already.</summary>
    public async Task<(long Concepts, long Repeated)> ReplaceAsync(
        Tenant tenant, string format, string source, SystemHeader header, IEnumerable<NewConcept> concepts, LoadProgress progress, CancellationToken ct)
    {
        await using var connection = await database.Owner.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var system = await BeginAsync(connection, transaction, tenant, format, source, header, ct);
        var written = await CopyAsync(connection, system, concepts, progress, ct);
        await using var count = new NpgsqlCommand("update records.concept_system set concepts = $1 where id = $2", connection, transaction);
        count.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)written.Concepts });
        count.Parameters.Add(new NpgsqlParameter<int> { TypedValue = system });
        await count.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return written;
    }

    private static async Task<int> BeginAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant tenant, string format, string source, SystemHeader header, CancellationToken ct)
    {
        // Two loads of one version take turns: the delete of the second would not see the row of the first, and its insert find it there.
        await using var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended(concat_ws('|', 'salus.records.concept_system', $1::int, $2::text, $3::text), 0))", connection, transaction) { CommandTimeout = 0 };
        turn.Parameters.AddRange(Key(tenant, header));
        await turn.ExecuteNonQueryAsync(ct);
        await using var remove = new NpgsqlCommand("delete from records.concept_system where tenant = $1 and url = $2 and version = $3", connection, transaction) { CommandTimeout = 0 };
        remove.Parameters.AddRange(Key(tenant, header));
        await remove.ExecuteNonQueryAsync(ct);
        await using var insert = new NpgsqlCommand(
            """
            insert into records.concept_system (tenant, url, version, name, title, case_sensitive, format, source, properties, language, concepts)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) returning id
            """,
            connection, transaction);
        insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        foreach (var text in new[] { header.Url, header.Version ?? "", header.Name ?? "", header.Title ?? "" })
        {
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        }

        insert.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = header.CaseSensitive });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = format });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = source });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. header.Properties.SelectMany(p => new[] { p.Key, p.Value })] });
        insert.Parameters.Add(new NpgsqlParameter { Value = (object?)header.Language ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        return (int)(await insert.ExecuteScalarAsync(ct))!;
    }

    private static NpgsqlParameter[] Key(Tenant tenant, SystemHeader header) =>
        [new NpgsqlParameter<int> { TypedValue = tenant.Number }, new NpgsqlParameter<string> { TypedValue = header.Url }, new NpgsqlParameter<string> { TypedValue = header.Version ?? "" }];

    private static async Task<(long Concepts, long Repeated)> CopyAsync(NpgsqlConnection connection, int system, IEnumerable<NewConcept> concepts, LoadProgress progress, CancellationToken ct)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        var repeated = 0L;
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy records.concept (system, ordinal, code, display, definition, inactive, abstract, parents, properties, designations) from stdin (format binary)", ct);
        copy.Timeout = Timeout.InfiniteTimeSpan;
        foreach (var concept in concepts)
        {
            if (!codes.Add(concept.Code))
            {
                repeated++;
                continue;
            }

            await copy.StartRowAsync(ct);
            await copy.WriteAsync(system, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(codes.Count, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(concept.Code, NpgsqlDbType.Text, ct);
            await TextAsync(copy, concept.Display, ct);
            await TextAsync(copy, concept.Definition, ct);
            await copy.WriteAsync(concept.Inactive, NpgsqlDbType.Boolean, ct);
            await copy.WriteAsync(concept.Abstract, NpgsqlDbType.Boolean, ct);
            await TextsAsync(copy, concept.Parents, ct);
            await TextsAsync(copy, concept.Properties.SelectMany(p => new[] { p.Key, p.Value.Text }), ct);
            await TextsAsync(copy, concept.Designations.SelectMany(d => new[] { d.Language ?? "", d.UseSystem ?? "", d.UseCode ?? "", d.Value }), ct);
            progress.AddConcept();
        }

        await copy.CompleteAsync(ct);
        return (codes.Count, repeated);
    }

    private static Task TextAsync(NpgsqlBinaryImporter copy, string? text, CancellationToken ct) => text is null ? copy.WriteNullAsync(ct) : copy.WriteAsync(text, NpgsqlDbType.Text, ct);

    private static Task TextsAsync(NpgsqlBinaryImporter copy, IEnumerable<string> texts, CancellationToken ct) => copy.WriteAsync(texts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
}
