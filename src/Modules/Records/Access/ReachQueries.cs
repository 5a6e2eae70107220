using System.Text.Json;
using Npgsql;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Access;

/// <summary>A resource as reaches and consents are looked up from it.</summary>
internal sealed record FoundContent(string Id, JsonElement Content);

/// <summary>Finds the resources that say whom a person may reach: by words of the index, which only narrow; what counts is decided by the content.</summary>
internal sealed class ReachQueries(Database database, SearchParameterSet parameters, Catalog catalog)
{
    /// <summary>The term for resources of a type that refer to this by a parameter.</summary>
    public string Refers(string type, string code, PersonName target) =>
        catalog.Number(target.Type) is var number and not 0 ? ExactWords.Is(Lexeme.Of(Number(type, code), target.Id, -number)) : "";

    /// <summary>The term for resources of a type with this code.</summary>
    public string Has(string type, string code, string value) => ExactWords.Is(Lexeme.Of(Number(type, code), value));

    /// <summary>What current resources of a type have all of these groups of terms, of each group one.</summary>
    public async Task<List<FoundContent>> FindAsync(Tenant tenant, string type, CancellationToken ct, params IReadOnlyList<IEnumerable<string>> groups)
    {
        var all = groups.Select(g => g.Where(t => t.Length > 0).ToList()).ToList();
        if (all.Exists(g => g.Count == 0))
        {
            return [];
        }

        await using var command = database.Source.CreateCommand(
            """
            select c.id, l.body from records.current c join records.log l on l.position = c.position
            where c.exact @@ $3::tsquery and c.tenant + 0 = $1 and c.type + 0 = $2 and not c.deleted
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = string.Join(" & ", all.Select(g => $"({string.Join(" | ", g)})")) });
        return await ReadAsync(command, ct);
    }

    /// <summary>One current resource, or null.</summary>
    public async Task<FoundContent?> FindByIdAsync(Tenant tenant, PersonName name, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            "select c.id, l.body from records.current c join records.log l on l.position = c.position where c.tenant = $1 and c.type = $2 and c.id = $3 and not c.deleted");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(name.Type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name.Id });
        return (await ReadAsync(command, ct)).FirstOrDefault();
    }

    private static async Task<List<FoundContent>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<FoundContent>();
        while (await reader.ReadAsync(ct))
        {
            using var document = JsonDocument.Parse(reader.GetFieldValue<byte[]>(1));
            found.Add(new FoundContent(reader.GetString(0), document.RootElement.Clone()));
        }

        return found;
    }

    private int Number(string type, string code) => catalog.Number(parameters.Find(type, code) ?? throw new InvalidOperationException($"R4 has {type}.{code}."));
}
