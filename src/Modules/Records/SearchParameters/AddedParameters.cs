using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.SearchParameters;

/// <summary>A stored SearchParameter that is active and yet not searched by, and why.</summary>
internal sealed record UnusedParameter(string Id, string Reason);

/// <summary>
/// The search parameters that SearchParameter resources add to those of R4. Whichever resource came first has a code of a type. Safe for all threads.
/// </summary>
internal sealed class AddedParameters(SearchParameterSet parameters)
{
    private volatile Dictionary<(Tenant Tenant, string Id), SearchParameter> byId = [];

    /// <summary>The active ones that others were in the way of.</summary>
    public IReadOnlyList<UnusedParameter> Unused { get; private set; } = [];

    /// <summary>Null, or why this resource may not be stored: it is an active SearchParameter that could not be searched by.</summary>
    public Failure? Check(Element resource, Tenant tenant, string id)
    {
        if (resource.Type?.Name != "SearchParameter")
        {
            return null;
        }

        var read = AddedDefinition.Read(resource, parameters.Definitions);
        if (read.Failed(out var failure) || read.Value is not { } definition)
        {
            return failure;
        }

        var snapshot = parameters.Current;
        var own = byId.GetValueOrDefault((tenant, id));
        return Clash(definition, snapshot, own) ?? (IsKnown(definition, snapshot) ? null : Expression(definition, snapshot));
    }

    /// <summary>Whether the resource at an id is searched by, and means what this one means.</summary>
    public bool Has(Element resource, Tenant tenant, string id) =>
        byId.TryGetValue((tenant, id), out var own) && AddedDefinition.Read(resource, parameters.Definitions) is var read && !read.Failed(out _) && read.Value is { } definition && AddedDefinition.Same(own, definition);

    /// <summary>Whether two resources add the same parameter.</summary>
    public static bool Same(Element one, Element other, FhirDefinitions definitions) =>
        AddedDefinition.Read(one, definitions) is var a && !a.Failed(out _) && a.Value is { } first && AddedDefinition.Read(other, definitions) is var b && !b.Failed(out _) && b.Value is { } second
        && AddedDefinition.Same(first, second);

    /// <summary>Null, or why this resource would not add a parameter.</summary>
    public string? Reason(Element resource, Tenant tenant, string id) => Reason(resource, parameters.Current, byId.GetValueOrDefault((tenant, id)), out _);

    /// <param name="own">The definition that it replaces.</param>
    /// <param name="definition">What it adds when the reason is null.</param>
    public static string? Reason(Element resource, SearchParameterSnapshot snapshot, SearchParameter? own, out SearchParameter? definition)
    {
        definition = null;
        var read = AddedDefinition.Read(resource, snapshot.Definitions);
        if (read.Failed(out var failure))
        {
            return failure.ToString();
        }

        if (read.Value is not { } found)
        {
            return resource.Child("status"u8).AsString() is var status && status == "active" ? "R4 publishes it itself" : $"its status is {status}, not active";
        }

        definition = found;
        return Clash(found, snapshot, own) is { } clash ? clash.ToString()
            : IsKnown(found, snapshot) && own is null ? $"it means the same as {snapshot.Find(Types(found, snapshot.Definitions).First().Name, found.Code)!.Definition.Url}"
            : Expression(found, snapshot)?.ToString();
    }

    /// <summary>The snapshot of all that this connection sees. Those of before that mean the same keep their instances.</summary>
    public async Task<(SearchParameterSnapshot Snapshot, Action Keep)> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var (version, content, resources) = await ResourcesAsync(connection, ct);
        var found = new Dictionary<(Tenant, string), SearchParameter>();
        var unused = new List<UnusedParameter>();
        var before = byId;
        List<SearchParameter> own = content ? [.. parameters.Definitions.SearchParameters.Where(SearchParameterSnapshot.IsContent)] : [];
        var next = parameters.Current.With(own, version);
        foreach (var (tenant, id, body) in resources)
        {
            if (!ResourceReader.TryRead(body, parameters.Definitions, out var document, out _)
                || AddedDefinition.Read(document.Root, parameters.Definitions) is var read && read.Failed(out _) || read.Value is not { } definition)
            {
                continue;
            }

            definition = before.TryGetValue((tenant, id), out var same) && AddedDefinition.Same(same, definition) ? same : definition;
            var problem = Clash(definition, next, null) ?? (ReferenceEquals(same, definition) || IsKnown(definition, next) ? null : Expression(definition, next));
            if (problem is not null)
            {
                unused.Add(new UnusedParameter(id, problem.ToString()));
            }
            else if (!IsKnown(definition, next))
            {
                found[(tenant, id)] = definition;
                next = parameters.Current.With([.. own, .. found.Values], version);
            }
        }

        return (next, () =>
        {
            byId = found;
            Unused = unused;
        });
    }

    // Those of all tenants: what a code means is one for the whole record.
    private static async Task<(long Version, bool Content, List<(Tenant Tenant, string Id, byte[] Body)> Resources)> ResourcesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select coalesce(max(definitions), 0), coalesce(bool_or(content), false) from records.head"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            select c.tenant, c.id, l.body from records.resource_type t
            join records.current c on c.type = t.id join records.log l on l.position = c.position
            where t.name = 'SearchParameter' and not c.deleted and l.body is not null order by c.key
            """));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (version, content) = (reader.GetInt64(0), reader.GetBoolean(1));
        await reader.NextResultAsync(ct);
        var resources = new List<(Tenant, string, byte[])>();
        while (await reader.ReadAsync(ct))
        {
            resources.Add((new Tenant(reader.GetInt32(0)), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        }

        return (version, content, resources);
    }

    // What a type has already under this code, and means the same: profiles of R4 repeat its parameters under URLs of their own.
    private static bool IsKnown(SearchParameter definition, SearchParameterSnapshot snapshot) => Types(definition, snapshot.Definitions).All(t =>
        snapshot.Find(t.Name, definition.Code) is { } known && known.Definition != definition && Means(known.Definition, definition, t));

    private static Failure? Clash(SearchParameter definition, SearchParameterSnapshot snapshot, SearchParameter? own)
    {
        foreach (var type in Types(definition, snapshot.Definitions))
        {
            if (snapshot.Find(type.Name, definition.Code) is { } known && !ReferenceEquals(known.Definition, own) && !Means(known.Definition, definition, type))
            {
                return AddedDefinition.Wrong("code", $"{type.Name} has the search parameter '{definition.Code}' already ({known.Definition.Url}). Choose another code.");
            }
        }

        return null;
    }

    private static Failure? Expression(SearchParameter definition, SearchParameterSnapshot snapshot) =>
        SearchParameterCheck.Check(definition, snapshot) is { } error ? AddedDefinition.Wrong("expression", $"{error}: {definition.Expression}") : null;

    private static IEnumerable<TypeDefinition> Types(SearchParameter definition, FhirDefinitions definitions) =>
        definitions.ResourceTypes.Where(t => definition.Base.Any(t.Is));

    private static bool Means(SearchParameter known, SearchParameter other, TypeDefinition type) =>
        known.Type == other.Type && Alternatives(known, type).SetEquals(Alternatives(other, type)) && known.Components.SequenceEqual(other.Components);

    private static HashSet<string> Alternatives(SearchParameter definition, TypeDefinition type) =>
        [.. (definition.Expression ?? "").Split('|', StringSplitOptions.TrimEntries).Where(a => a.Contains(type.Name, StringComparison.Ordinal) || !char.IsUpper(a.FirstOrDefault('a')))];
}
