using Microsoft.Extensions.Options;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Transaction;

/// <summary>
/// Resolves what entries of a transaction call each other, and conditional references such as <c>Practitioner?identifier=system|value</c>
/// (http://hl7.org/fhir/R4/http.html#trules).
/// </summary>
internal sealed class ReferenceResolver(ReferenceSearch search)
{
    /// <summary>A map for every reference of these resources, or all references that lead nowhere.</summary>
    /// <param name="names">Full URL of an entry → <c>Type/id</c> of it.</param>
    public async Task<Outcome<ReferenceMap>> ResolveAsync(Caller caller, IEnumerable<BundleEntry> entries, Dictionary<string, string> names, CancellationToken ct)
    {
        var conditional = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        var kind = FailureKind.Invalid;
        foreach (var reference in entries.Where(e => e.Resource.Exists).SelectMany(e => References.In(e.Resource)))
        {
            var text = reference.AsString()!;
            if (text.StartsWith("urn:", StringComparison.Ordinal) && !names.ContainsKey(text))
            {
                problems.Add(new Problem("not-found", $"'{text}' is not the fullUrl of any entry of this bundle.", reference.Path));
            }
            else if (IsConditional(text) && !conditional.ContainsKey(text))
            {
                var target = await search.FindOneAsync(caller, text, ct);
                if (target.Failed(out var failure))
                {
                    kind = failure.Kind;
                    problems.Add(failure.Problems[0] with { Path = reference.Path });
                    continue;
                }

                conditional.Add(text, target.Value);
            }

            if (problems.Count >= 20)
            {
                break;
            }
        }

        if (problems.Count > 0)
        {
            return new Failure(kind, problems);
        }

        // Versioned and relative forms stay; only names of this bundle and conditions are replaced.
        return (Outcome<ReferenceMap>)(ReferenceMap)(text => names.GetValueOrDefault(text) ?? conditional.GetValueOrDefault(text));
    }

    // Type?query: before the question mark there is no address. The query itself may hold one, as the system of an identifier.
    private static bool IsConditional(string text) => text.IndexOf('?', StringComparison.Ordinal) is var question and > 0 && text.AsSpan(0, question).IndexOfAny('/', ':') < 0;
}

/// <summary>Finds the one resource that a conditional reference means.</summary>
internal sealed class ReferenceSearch(Database database, SearchParser parser, SearchSql plan, SearchGate gate, IOptions<RecordsOptions> options)
{
    /// <summary><c>Type/id</c> of the only match of <c>Type?query</c>.</summary>
    public async Task<Outcome<string>> FindOneAsync(Caller caller, string conditional, CancellationToken ct)
    {
        var question = conditional.IndexOf('?', StringComparison.Ordinal);
        var type = conditional[..question];
        if (parser.Definitions.Resource(type) is null)
        {
            return new Failure(FailureKind.Invalid, "value", $"'{conditional}' does not start with a resource type of R4.");
        }

        var request = parser.Parse(type, QueryText.Pairs(conditional[question..]), lenient: false);
        if (request.Failed(out var failure))
        {
            return failure;
        }

        request.Value.Count = 1;
        return await gate.RunAsync(SearchCosts.Of(request.Value), () => FindOneAsync(caller, request.Value, conditional, ct), ct);
    }

    private async Task<Outcome<string>> FindOneAsync(Caller caller, SearchRequest request, string conditional, CancellationToken ct)
    {
        var sql = await plan.PageAsync(caller, request, ct);
        if (sql.Failed(out var failure))
        {
            return failure;
        }

        var found = new List<string>();
        try
        {
            await using var command = sql.Value.ToCommand(database.For(caller.Tenant));
            command.CommandTimeout = options.Value.SearchTimeoutSeconds;
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                found.Add($"{request.Type}/{reader.GetString(1)}");
            }
        }
        catch (Exception e) when (SearchInteraction.IsTimeout(e) && !ct.IsCancellationRequested)
        {
            return SearchInteraction.TooSlow(options.Value);
        }

        return found.Count == 1
            ? found[0]
            : new Failure(
                FailureKind.PreconditionFailed, found.Count == 0 ? "not-found" : "multiple-matches",
                $"The conditional reference '{conditional}' matches {(found.Count == 0 ? "no resource" : "more than one resource")}; it must match exactly one.");
    }
}
