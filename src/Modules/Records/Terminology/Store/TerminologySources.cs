using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Maps;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Terminology.Store;

/// <summary>
/// Where terminology comes from, in this order of one and the same version: resources of the record, loaded tables, what the specification of R4 publishes.
/// </summary>
internal sealed class TerminologySources(Database database, Catalog catalog, SearchParameterSet parameters, FhirDefinitions definitions, LoadedSystems loaded)
{
    public async Task<Outcome<CodeSystem>> SystemAsync(Tenant tenant, string url, string? version)
    {
        var stored = await StoredAsync(tenant, "CodeSystem", url);
        // A table counts while a resource stands for it.
        var standing = stored.Select(StandsFor).OfType<SystemHeader>().Select(h => h.Version).ToHashSet();
        var tables = (await loaded.FindAsync(tenant, url)).Where(t => standing.Contains(t.Version));
        var candidates = stored.Select(s => (Version: Text(s, "version"), Rank: Rank(s), Open: (Func<Task<CodeSystem>>)(() => Task.FromResult(CodeSystemReader.Read(s)))))
            .Concat(tables.Select(t => (Version: t.Version, Rank: 1, Open: (Func<Task<CodeSystem>>)(() => loaded.ContentAsync(t)))));
        if (BaseTerminology.R4.Find("CodeSystem", url) is { } published)
        {
            candidates = candidates.Append((published.Version is { Length: > 0 } v ? v : null, 2, () => Task.FromResult(CodeSystemReader.Read(Document(BaseTerminology.R4.Read(published))))));
        }

        var all = candidates.ToList();
        var fitting = all.Where(c => version is null || c.Version == version).OrderBy(c => c.Rank == 3).ThenByDescending(c => c.Version, VersionOrder.Instance).ThenBy(c => c.Rank).ToList();
        return fitting.Count > 0 ? await fitting[0].Open() : NotFound("code system", url, version, all.Select(c => c.Version));
    }

    public async Task<Outcome<ValueSet>> ValueSetAsync(Tenant tenant, string url, string? version)
    {
        var stored = await StoredAsync(tenant, "ValueSet", url);
        var candidates = stored.Select(s => (Version: Text(s, "version"), Rank: Text(s, "status") == "retired" ? 3 : 0, Open: (Func<ValueSet>)(() => ValueSetReader.Read(s)))).ToList();
        if (BaseTerminology.R4.Find("ValueSet", url) is { } published)
        {
            candidates.Add((published.Version, 2, () => ValueSetReader.Read(Document(BaseTerminology.R4.Read(published)))));
        }

        var fitting = candidates.Where(c => version is null || c.Version == version).OrderBy(c => c.Rank == 3).ThenByDescending(c => c.Version, VersionOrder.Instance).ThenBy(c => c.Rank).ToList();
        return fitting.Count > 0 ? fitting[0].Open()
            : await ImpliedAsync(tenant, url, version) is { } implied ? implied
            : NotFound("value set", url, version, candidates.Select(c => c.Version));
    }

    public async Task<IReadOnlyList<ConceptMap>> MapsAsync(Tenant tenant)
    {
        await using var command = database.For(tenant).Source.CreateCommand(
            "select l.body from records.current c join records.log l on l.position = c.position where c.tenant = $1 and c.type = $2 and not c.deleted order by c.key desc");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number("ConceptMap") });
        var maps = (await BodiesAsync(command)).ConvertAll(ConceptMapReader.Read);
        var published = BaseTerminology.R4.Resources.Where(r => r.Type == "ConceptMap" && maps.TrueForAll(m => m.Url != r.Url));
        maps.AddRange(published.Select(r => ConceptMapReader.Read(Document(BaseTerminology.R4.Read(r)))));
        return maps;
    }

    // http://hl7.org/fhir/R4/snomedct.html#implicit, http://hl7.org/fhir/R4/loinc.html#implicit; "?fhir_vs" is understood for every code system.
    private async Task<ValueSet?> ImpliedAsync(Tenant tenant, string url, string? version)
    {
        const string Loinc = "http://loinc.org";
        const string LoincSets = "http://loinc.org/vs";
        const string Marker = "?fhir_vs";
        PropertyFilter? filter = null;
        string system;
        if (url == LoincSets || url.StartsWith(LoincSets + "/", StringComparison.Ordinal))
        {
            system = Loinc;
            var code = url[LoincSets.Length..].TrimStart('/');
            filter = code.Length == 0 ? null : code.StartsWith("LL", StringComparison.Ordinal) ? new("answer-list", "=", code) : new("concept", "is-a", code);
        }
        else if (url.IndexOf(Marker, StringComparison.Ordinal) is > 0 and var at && url[(at + Marker.Length)..] is var rest && (rest.Length == 0 || rest.StartsWith("=isa/", StringComparison.Ordinal)))
        {
            system = url[..at];
            filter = rest.Length == 0 ? null : new("concept", "is-a", rest["=isa/".Length..]);
        }
        else
        {
            return null;
        }

        var found = await SystemAsync(tenant, system, version);
        return found.Failed(out _) ? null : ValueSetReader.Implied(url, system, version, filter);
    }

    /// <summary>What a CodeSystem resource without concepts stands for; null for another one.</summary>
    public static SystemHeader? StandsFor(Element system) =>
        Text(system, "content") == "not-present" && Text(system, "url") is { } url ? new SystemHeader(url, Text(system, "version")) : null;

    /// <summary>Whether a resource stands for this version, as a connection sees it.</summary>
    public async Task<bool> HasStandInAsync(Tenant tenant, SystemHeader header, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = Stored(tenant, "CodeSystem", header.Url);
        command.Connection = connection;
        return (await BodiesAsync(command)).Exists(s => StandsFor(s) is { } stands && stands.Url == header.Url && stands.Version == header.Version);
    }

    private async Task<List<Element>> StoredAsync(Tenant tenant, string type, string url)
    {
        await using var connection = await database.For(tenant).Source.OpenConnectionAsync();
        await using var command = Stored(tenant, type, url);
        command.Connection = connection;
        return await BodiesAsync(command);
    }

    private NpgsqlCommand Stored(Tenant tenant, string type, string url)
    {
        var parameter = catalog.Number(parameters.Find(type, "url")!);
        // "+ 0": the word decides, not the index by type, whatever values the plan was made for.
        var command = new NpgsqlCommand(
            """
            select l.body from records.current c join records.log l on l.position = c.position
            where c.tenant + 0 = $1 and c.type + 0 = $2 and not c.deleted and c.exact @@ $3::tsquery order by c.position desc
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = tenant.Number });
        command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = catalog.Number(type) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ExactWords.Is(Lexeme.Of(parameter, url)) });
        return command;
    }

    private async Task<List<Element>> BodiesAsync(NpgsqlCommand command)
    {
        var bodies = new List<Element>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            bodies.Add(Document(reader.GetFieldValue<byte[]>(0)));
        }

        return bodies;
    }

    private Element Document(byte[] json) => ResourceReader.TryRead(json, definitions, out var document, out var issue)
        ? document.Root
        : throw new InvalidDataException($"A stored terminology resource cannot be read: {issue.Message}");

    // One that is known by name only stands behind a table, a retired one behind all.
    private static int Rank(Element system) => Text(system, "status") == "retired" ? 3 : Text(system, "content") is "not-present" or "supplement" ? 3 : 0;

    private static string? Text(Element resource, string name) => resource.Child(System.Text.Encoding.UTF8.GetBytes(name)).AsString();

    private static Failure NotFound(string what, string url, string? version, IEnumerable<string?> versions)
    {
        var known = versions.Select(v => v ?? "(none)").ToList();
        return known.Count > 0 && version is not null
            ? new Failure(FailureKind.NotFound, "not-found", $"There is no version {version} of the {what} {url} on this server; there is {string.Join(", ", known)}.")
            : new Failure(FailureKind.NotFound, "not-found", $"There is no {what} {url} on this server. Names are compared exactly.");
    }
}
