using Npgsql;
using Salus.Records.Jobs;

namespace Salus.Records.Import.Bulk;

/// <summary>An input of an import, and how far it is (<c>records.job_input</c>).</summary>
/// <param name="Number">Its place in the request, from 0.</param>
/// <param name="Type">The type of all its resources.</param>
/// <param name="Url">As the client wrote it.</param>
/// <param name="Object">Where it is in the object store; null for what comes over the network.</param>
/// <param name="Validator">What tells that it is still the same file; null when it was not opened yet, or its server tells nothing.</param>
/// <param name="Line">Lines that are dealt with.</param>
/// <param name="Bytes">Bytes of these lines; of what is compressed, of its content.</param>
/// <param name="Rejected">What could not be stored.</param>
internal sealed record ImportInput(int Number, string Type, string Url, string? Object, string? Validator, int Line, long Bytes, long Stored, long Rejected)
{
    public bool Gzip => (Object ?? new Uri(Url).AbsolutePath).EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of the file with what could not be stored.</summary>
    public string ErrorFile => FormattableString.Invariant($"errors-{Number}.ndjson");
}

/// <summary>The table of inputs, on the connection of who works on the job.</summary>
internal static class ImportInputs
{
    public static async Task AddAsync(NpgsqlConnection connection, string job, IReadOnlyList<ImportInput> inputs)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into records.job_input (job, number, type, url, object)
            select $1, n, t, u, nullif(o, '') from unnest($2::int[], $3::text[], $4::text[], $5::text[]) i (n, t, u, o)
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = job }, new() { Value = inputs.Select(i => i.Number).ToArray() }, new() { Value = inputs.Select(i => i.Type).ToArray() },
                new() { Value = inputs.Select(i => i.Url).ToArray() }, new() { Value = inputs.Select(i => i.Object ?? "").ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<ImportInput>> AllAsync(NpgsqlConnection connection, Job job, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select number, type, url, object, validator, line, bytes, stored, rejected from records.job_input where job = $1 order by number", connection)
        {
            Parameters = { new() { Value = job.Id } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var inputs = new List<ImportInput>();
        while (await reader.ReadAsync(ct))
        {
            inputs.Add(new ImportInput(
                reader.GetInt32(0), reader.GetString(1), reader.GetString(2), await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3),
                await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4), reader.GetInt32(5), reader.GetInt64(6), reader.GetInt64(7), reader.GetInt64(8)));
        }

        return inputs;
    }

    public static async Task SaveAsync(NpgsqlConnection connection, Job job, ImportInput input, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "update records.job_input set validator = $3, line = $4, bytes = $5, stored = $6, rejected = $7 where job = $1 and number = $2", connection)
        {
            Parameters =
            {
                new() { Value = job.Id }, new() { Value = input.Number }, new() { Value = (object?)input.Validator ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                new() { Value = input.Line }, new() { Value = input.Bytes }, new() { Value = input.Stored }, new() { Value = input.Rejected },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
