using Microsoft.Extensions.Options;
using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Sealing;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>search on one type (http://hl7.org/fhir/R4/http.html#search): parse, plan, run, include, page, bundle.</summary>
internal sealed class SearchInteraction(Database database, SearchParser parser, SearchSql plan, Includes includes, TotalEstimate estimate, AccessConditions access, SearchGate gate, ParameterLoader definitions, Catalog catalog, IOptions<RecordsOptions> options)
{
    /// <summary>The longest link that is given out; the server reads request lines of 64 KB.</summary>
    private const int MaxLink = 60_000;

    // On 2 cores an ordinary search takes some milliseconds.
    private const int OrdinarySeconds = 2;

    /// <param name="address">The FHIR base, for full URLs and links: <c>http://host/fhir</c>.</param>
    /// <param name="compartment">Only what is in this one.</param>
    public async Task<Outcome<Reply>> RunAsync(
        Caller caller, string type, IEnumerable<KeyValuePair<string, string>> query, bool lenient, string address, CancellationToken ct, (TypeDefinition Of, string Id)? compartment = null)
    {
        while (true)
        {
            var version = definitions.Version;
            var parsed = parser.Parse(type, query, lenient);
            var outcome = await RunAsync(caller, parsed, address, compartment, ct);
            // Asked afterwards: if they are still what they were at the beginning, the answer rests on them.
            var rests = parsed.Failed(out var failure) ? failure.Kind == FailureKind.NotSupported : definitions.AnyAdded(parsed.Value.Parameters);
            if (!rests || !await definitions.RefreshAfterAsync(version, ct))
            {
                return outcome;
            }
        }
    }

    private async Task<Outcome<Reply>> RunAsync(
        Caller caller, Outcome<SearchRequest> parsed, string address, (TypeDefinition Of, string Id)? compartment, CancellationToken ct)
    {
        if (parsed.Failed(out var failure))
        {
            return failure;
        }

        parsed.Value.Address = address;
        parsed.Value.Compartment = compartment;
        return await RunAsync(caller, parsed.Value, address, ct);
    }

    /// <summary>Runs a request that was understood already.</summary>
    public async Task<Outcome<Reply>> RunAsync(Caller caller, SearchRequest request, string address, CancellationToken ct)
    {
        var reply = await InLaneAsync(request, seconds => PageAsync(caller, request, address, seconds, ct), ct);
        return reply.Failed(out var failure) ? failure : reply.Value.About(AskedPatients.Of(request));
    }

    /// <summary>The same, with what was found as it is, for an answer that is no bundle.</summary>
    public Task<Outcome<FoundPage>> FindAsync(Caller caller, SearchRequest request, string address, CancellationToken ct) =>
        InLaneAsync(request, seconds => FoundAsync(caller, request, address, seconds, ct), ct);

    /// <summary>Of each owner of a request with <see cref="SearchRequest.Owners"/> the first page, all in one statement; nothing for those to whom nothing refers.</summary>
    /// <param name="most">How many resources the pages may have together.</param>
    public Task<Outcome<OwnedPages>> FindOwnedAsync(Caller caller, SearchRequest request, int most, CancellationToken ct) => InLaneAsync<OwnedPages>(request, async seconds =>
    {
        var sql = await plan.OwnedAsync(caller, request, most + request.Owners!.Resources.Count + 1, ct);
        if (sql.Failed(out var failure))
        {
            return failure;
        }

        await using var command = Limited(sql.Value.ToCommand(database.For(caller.Tenant)), seconds);
        return await OwnedPages.ReadAsync(command, request, caller.Tenant, catalog, most, ct);
    }, ct);

    /// <summary>Why a search was stopped.</summary>
    internal static Failure TooSlow(RecordsOptions options) => new(
        FailureKind.TooCostly, "too-costly", $"The search was stopped after {options.SearchTimeoutSeconds} seconds. Narrow it, for example by patient, code or date.");

    // What was taken for an ordinary search and is slow begins again among the costly ones: it holds a place of the ordinary for a moment only.
    private async Task<Outcome<T>> InLaneAsync<T>(SearchRequest request, Func<int, Task<Outcome<T>>> search, CancellationToken ct)
        where T : class
    {
        if (SearchCosts.Of(request) == SearchCost.Ordinary)
        {
            var found = await gate.RunAsync(SearchCost.Ordinary, () => RunAsync(search, Math.Min(OrdinarySeconds, options.Value.SearchTimeoutSeconds), ct), ct);
            if (found.Failed(out var failure) || found.Value is not null)
            {
                return failure is null ? found.Value! : failure;
            }

            request.BeThorough();
        }

        var thorough = await gate.RunAsync(SearchCost.Costly, () => RunAsync(search, options.Value.SearchTimeoutSeconds, ct), ct);
        return thorough.Failed(out var refused) ? refused : thorough.Value ?? (Outcome<T>)TooSlow(options.Value);
    }

    // Null when it was stopped.
    private static async Task<Outcome<T?>> RunAsync<T>(Func<int, Task<Outcome<T>>> search, int seconds, CancellationToken ct)
        where T : class
    {
        try
        {
            var found = await search(seconds);
            return found.Failed(out var failure) ? failure : found.Value;
        }
        catch (Exception e) when (IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return (T?)null;
        }
    }

    private async Task<Outcome<Reply>> PageAsync(Caller caller, SearchRequest request, string address, int seconds, CancellationToken ct)
    {
        var found = await FoundAsync(caller, request, address, seconds, ct);
        return found.Failed(out var failure) ? failure
            : Reply.Bundle(Bundle(request, found.Value.Page, found.Value.Included, found.Value.Total, found.Value.Beside, address), FoundResource.PatientsOf(found.Value.Page.Concat(found.Value.Included)));
    }

    private async Task<Outcome<FoundPage>> FoundAsync(Caller caller, SearchRequest request, string address, int seconds, CancellationToken ct)
    {
        var page = new List<FoundResource>();
        var beside = new Neighbours(null, null);
        if (request.Count > 0)
        {
            var sql = request.Newest is null ? await plan.PageAsync(caller, request, ct) : await plan.NewestAsync(caller, request, ct);
            if (sql.Failed(out var failure))
            {
                return failure;
            }

            await using var command = Limited(sql.Value.ToCommand(database.For(caller.Tenant)), seconds);
            beside = await ReadPageAsync(caller, command, request, page, ct);
        }

        if (beside.Next is not null && request.Newest is not null)
        {
            return new Failure(FailureKind.TooCostly, "too-costly", $"The answer would have more than {request.Count} resources (Salus:Records:MaxPageSize). Name codes or a category, or a smaller max.");
        }

        if (TooLong(address, request, beside.Next) is { } endless)
        {
            return endless;
        }

        var total = await TotalAsync(caller, request, seconds, page.Count + (beside.Next is null ? 0 : 1), beside.Next is null && request.After is null && request.Count > 0, ct);
        if (total.Failed(out var uncounted))
        {
            return uncounted;
        }

        var included = await includes.FetchAsync(caller, request, page, seconds, ct);
        return included.Failed(out var tooMany) ? tooMany : new FoundPage(page, included.Value, total.Value, beside);
    }

    /// <summary>How many match, if that was asked.</summary>
    /// <param name="seen">How many a page showed, at least.</param>
    /// <param name="all">Whether these are all of them: then they are an exact estimate.</param>
    internal async Task<Outcome<Total?>> TotalAsync(Caller caller, SearchRequest request, int seconds, int seen, bool all, CancellationToken ct)
    {
        if (request.Estimate && all)
        {
            return (Total?)new Total(seen, IsExact: true);
        }

        if (request is { Total: false, Estimate: false, Count: > 0 })
        {
            return (Total?)null;
        }

        // The database's statistics are of everybody's data: whom something is withheld from gets what was counted.
        var limits = await access.OfAsync(caller, request.Type, Interactions.Search, ct);
        if (limits.Failed(out var forbidden))
        {
            return forbidden;
        }

        if (request.Estimate && limits.Value.Always)
        {
            var estimated = await estimate.OfAsync(caller, request, seen, ct);
            return estimated.Failed(out var wrong) ? wrong : (Total?)estimated.Value;
        }

        if (!request.Total && !request.Estimate)
        {
            return (Total?)null;
        }

        var count = await plan.CountAsync(caller, request, ct);
        if (count.Failed(out var failure))
        {
            return failure;
        }

        await using var command = Limited(count.Value.ToCommand(database.For(caller.Tenant)), seconds);
        return (Total?)new Total((long)(await command.ExecuteScalarAsync(ct))!, IsExact: true);
    }

    // One row more than the page has, if there is one, tells that there is a page beyond.
    private async Task<Neighbours> ReadPageAsync(Caller caller, NpgsqlCommand command, SearchRequest request, List<FoundResource> page, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        string?[] last = [];
        var backward = request.After is { Backward: true };
        Cursor? beyond = null;
        while (beyond is null && await reader.ReadAsync(ct))
        {
            var more = page.Count == request.Count;
            last = more && !backward ? last : [.. Enumerable.Range(6, request.Sort.Count).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))];
            if (more)
            {
                beyond = backward ? new Cursor(last, reader.GetInt64(0), Backward: true) : new Cursor(last, page[^1].Key);
            }
            else
            {
                page.Add(new FoundResource(reader.GetInt64(0), request.Type, reader.GetString(1), reader.Body(4, catalog, caller.Tenant, request.Type, reader.GetString(1)), FoundResource.PatientsOf(reader, 5)));
            }
        }

        if (!backward)
        {
            return new Neighbours(request.After is { } start ? start with { Backward = true } : null, beyond);
        }

        page.Reverse();
        return new Neighbours(beyond, request.After! with { Backward = false });
    }

    internal ReadOnlyMemory<byte> Bundle(
        SearchRequest request, List<FoundResource> page, IReadOnlyList<FoundResource> included, Total? total, Neighbours beside, string address)
    {
        using var bundle = new BundleWriter("searchset");
        if (total is { } known)
        {
            bundle.Total(known.Number);
        }

        var links = new List<(string, string)> { ("self", Link(address, request, null)) };
        if (beside.Previous is { } previous)
        {
            links.Add(("previous", Link(address, request, previous)));
        }

        if (beside.Next is { } next)
        {
            links.Add(("next", Link(address, request, next)));
        }

        bundle.Links([.. links]);

        page.ForEach(r => Add(bundle, Shaped(request, r, included: false), "match", address));
        foreach (var resource in included)
        {
            Add(bundle, Shaped(request, resource, included: true), "include", address);
        }

        if (total is { IsExact: false })
        {
            AddNote(bundle, "The total is an estimate from the database's statistics. _total=accurate counts.");
        }

        return bundle.ToUtf8();
    }

    internal FoundResource Shaped(SearchRequest request, FoundResource resource, bool included) =>
        request.Shape is { } shape ? resource with { Body = shape.Of(resource.Body, parser.Definitions, included) } : resource;

    private static void Add(BundleWriter bundle, FoundResource resource, string mode, string address)
    {
        var writer = bundle.Entry($"{address}/{resource.Type}/{resource.Id}");
        bundle.Resource(resource.Body);
        writer.WriteStartObject("search"u8);
        writer.WriteString("mode"u8, mode);
        writer.WriteEndObject();
        bundle.EndEntry();
    }

    // http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.search.mode: what is to be said of the search itself.
    private static void AddNote(BundleWriter bundle, string message)
    {
        var writer = bundle.Entry(null);
        bundle.Resource(OperationOutcome.Information(message));
        writer.WriteStartObject("search"u8);
        writer.WriteString("mode"u8, "outcome"u8);
        writer.WriteEndObject();
        bundle.EndEntry();
    }

    /// <summary>Null, or that nobody could follow the link to the next page.</summary>
    internal static Failure? TooLong(string address, SearchRequest request, Cursor? next) => next is not null && Link(address, request, next).Length > MaxLink
        ? new Failure(FailureKind.TooCostly, "too-long", $"The link to the next page would be longer than {MaxLink} characters. Ask for fewer values at once.")
        : null;

    private static string Link(string address, SearchRequest request, Cursor? cursor)
    {
        var query = request.Used.Select(p => $"{Uri.EscapeDataString(p.Key).Replace("%3A", ":", StringComparison.Ordinal)}={Uri.EscapeDataString(p.Value)}").ToList();
        if (cursor is not null)
        {
            query.Add($"{Cursor.Parameter}={cursor}");
        }
        else if (request.After is { } here)
        {
            query.Add($"{Cursor.Parameter}={here}");
        }

        if (request.Newest is { } newest)
        {
            return $"{address}/{request.Type}/$lastn?{string.Join('&', query.Append($"max={newest.Most}"))}";
        }

        var path = request.Type.Length == 0 ? address : request.Compartment is { } compartment ? $"{address}/{compartment.Of.Name}/{compartment.Id}/{request.Type}" : $"{address}/{request.Type}";
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    internal static NpgsqlCommand Limited(NpgsqlCommand command, int seconds)
    {
        command.CommandTimeout = seconds;
        return command;
    }

    /// <summary>True when a statement was stopped because it took too long.</summary>
    internal static bool IsTimeout(Exception e) => e is NpgsqlException { InnerException: TimeoutException } or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled };
}

/// <summary>A resource in an answer.</summary>
/// <param name="Patients">Whose data it is, by logical ids.</param>
internal sealed record FoundResource(long Key, string Type, string Id, ReadOnlyMemory<byte> Body, string[] Patients)
{
    /// <summary>The column of <c>records.log</c>; none where it is not known.</summary>
    public static string[] PatientsOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? [] : reader.GetFieldValue<string[]>(column);

    /// <summary>Whose data these are, each once.</summary>
    public static IReadOnlyCollection<string> PatientsOf(IEnumerable<FoundResource> resources) => resources.SelectMany(r => r.Patients).ToHashSet(StringComparer.Ordinal);
}

/// <summary>What a search found.</summary>
/// <param name="Included">What <c>_include</c> and <c>_revinclude</c> brought.</param>
/// <param name="Total">How many match; null where nobody asked.</param>
internal sealed record FoundPage(List<FoundResource> Page, IReadOnlyList<FoundResource> Included, Total? Total, Neighbours Beside);

/// <summary>The pages in front of one and behind it.</summary>
internal readonly record struct Neighbours(Cursor? Previous, Cursor? Next);
