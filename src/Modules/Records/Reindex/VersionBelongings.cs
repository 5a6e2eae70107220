using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Records.Access;
using Salus.Records.Storage;

namespace Salus.Records.Reindex;

/// <summary>
/// Finds out of versions that were stored before it was kept whose they are, and their labels. Of a version that cannot be read it stays unknown, and so does that of deletions and of
/// deleted resources: only who may see everything sees those.
/// </summary>
internal sealed class VersionBelongings(FhirDefinitions definitions, SearchValueExtractor extractor)
{
    /// <summary>The statement that notes it for all versions of these resources.</summary>
    public async Task<NpgsqlBatchCommand> UpdateAsync(NpgsqlConnection connection, long[] keys, CancellationToken ct)
    {
        var positions = new List<long>();
        var patients = new List<string>();
        var labels = new List<short>();
        await using (var command = new NpgsqlCommand("select position, body from records.log where key = any($1) and patients is null and body is not null", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = keys });
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                if (Of(reader.GetFieldValue<byte[]>(1)) is { } belonging)
                {
                    positions.Add(reader.GetInt64(0));
                    patients.Add(belonging.Joined);
                    labels.Add((short)belonging.Label);
                }
            }
        }

        return new NpgsqlBatchCommand(
            "update records.log l set patients = string_to_array(u.patients, chr(30)), label = u.label from unnest($1, $2, $3) u (position, patients, label) where l.position = u.position")
        {
            Parameters = { IndexColumns.Column(positions), IndexColumns.Column(patients), IndexColumns.Column(labels) },
        };
    }

    private Belonging? Of(byte[] body)
    {
        if (!ResourceReader.TryRead(body, definitions, out var document, out _))
        {
            return null;
        }

        var values = new SearchValues();
        extractor.Extract(document.Root, values);
        return values.Fault is null ? Belonging.Of(document.Root, values, definitions) : null;
    }
}
