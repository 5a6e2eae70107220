using System.Collections.Concurrent;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Terminology.Content;

namespace Salus.Records.Terminology.Store;

/// <summary>A code system whose concepts are in the table: a row of <c>records.concept_system</c>.</summary>
internal sealed record LoadedSystem(int Id, Tenant Tenant, string Url, string? Version, string Name, string Title, string? Language, bool CaseSensitive, string[] Properties);

/// <summary>
/// Code systems that were loaded into <c>records.concept</c>. The content is read into memory when it is first asked for and stays: a row of
/// <c>concept_system</c> never changes, a new load has a new one.
/// </summary>
internal sealed class LoadedSystems(Database database)
{
    // Silence that a connection is given up after: the first rows of a large system may take their time, and one that is half open never answers.
    private const int MostSecondsOfSilence = 120;

    private readonly ConcurrentDictionary<LoadedSystem, Lazy<Task<CodeSystem>>> contents = new(ById.Instance);

    public async Task<List<LoadedSystem>> FindAsync(Tenant tenant, string url)
    {
        await using var command = database.For(tenant).Source.CreateCommand(
            "select id, url, version, name, title, case_sensitive, properties, language from records.concept_system where tenant = $1 and url = $2 order by id desc");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        var found = new List<LoadedSystem>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add(new LoadedSystem(
                reader.GetInt32(0), tenant, reader.GetString(1), reader.GetString(2) is { Length: > 0 } version ? version : null, reader.GetString(3), reader.GetString(4),
                await reader.IsDBNullAsync(7) ? null : reader.GetString(7), reader.GetBoolean(5), reader.GetFieldValue<string[]>(6)));
        }

        // Gives back the memory of what a new load has replaced.
        foreach (var replaced in contents.Keys.Where(k => k.Tenant == tenant && k.Url == url && found.TrueForAll(f => f.Id != k.Id)))
        {
            contents.TryRemove(replaced, out _);
        }

        return found;
    }

    public async Task<CodeSystem> ContentAsync(LoadedSystem system)
    {
        var content = contents.GetOrAdd(system, _ => new(() => ReadAsync(system)));
        try
        {
            return await content.Value;
        }
        catch
        {
            contents.TryRemove(system, out _);
            throw;
        }
    }

    private async Task<CodeSystem> ReadAsync(LoadedSystem system)
    {
        var types = Declared(system.Properties);
        var builder = new CodeSystem.Builder(new SystemHeader(system.Url, system.Version) { Name = system.Name, Title = system.Title, Language = system.Language, CaseSensitive = system.CaseSensitive, Properties = types });
        await using var command = database.For(system.Tenant).Source.CreateCommand(
            "select code, display, definition, inactive, abstract, parents, properties, designations from records.concept where system = $1 order by ordinal");
        command.CommandTimeout = MostSecondsOfSilence;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = system.Id });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            builder.Add(new NewConcept(reader.GetString(0), await TextAsync(reader, 1))
            {
                Definition = await TextAsync(reader, 2),
                Inactive = reader.GetBoolean(3),
                Abstract = reader.GetBoolean(4),
                Parents = reader.GetFieldValue<string[]>(5),
                Properties = Properties(reader.GetFieldValue<string[]>(6), types),
                Designations = Designations(reader.GetFieldValue<string[]>(7)),
            });
        }

        return builder.Build();
    }

    private static async Task<string?> TextAsync(NpgsqlDataReader reader, int column) => await reader.IsDBNullAsync(column) ? null : reader.GetString(column);

    /// <summary>Pairs of code and FHIR type.</summary>
    private static Dictionary<string, string> Declared(string[] pairs) => pairs.Chunk(2).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    /// <summary>Pairs of code and value.</summary>
    private static KeyValuePair<string, PropertyValue>[] Properties(string[] pairs, Dictionary<string, string> types) =>
        [.. pairs.Chunk(2).Select(p => new KeyValuePair<string, PropertyValue>(p[0], new PropertyValue(types.GetValueOrDefault(p[0], "string"), p[1])))];

    /// <summary>Fours of language, system and code of the use, and text; empty where not stated.</summary>
    private static Designation[] Designations(string[] fours) => [.. fours.Chunk(4).Select(d => new Designation(Stated(d[0]), Stated(d[1]), Stated(d[2]), d[3]))];

    private static string? Stated(string text) => text.Length == 0 ? null : text;

    private sealed class ById : IEqualityComparer<LoadedSystem>
    {
        public static readonly ById Instance = new();

        public bool Equals(LoadedSystem? x, LoadedSystem? y) => x?.Id == y?.Id;

        public int GetHashCode(LoadedSystem obj) => obj.Id;
    }
}
