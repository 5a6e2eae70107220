using Microsoft.Extensions.Options;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Kernel;
using Salus.Records.Read;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;
using Salus.Records.Terminology.ValueSets;

namespace Salus.Records.Search;

/// <summary>
/// The codes that <c>:in</c>, <c>:not-in</c>, <c>:above</c> and <c>:below</c> of a token mean (http://hl7.org/fhir/R4/search.html#token), as words of the index: those of
/// a value set, or a code with all that subsume it or that it subsumes. What terminology cannot tell is an error: no codes must not look like "nothing matches".
/// </summary>
internal sealed class CodeExpansion(Terminologies terminologies, ResourceVersions versions, FhirDefinitions definitions, Catalog catalog, IOptions<RecordsOptions> options)
{
    /// <summary>Whether a criterion stands for codes that terminology names.</summary>
    public static bool Concerns(Criterion criterion) =>
        criterion.Parameter?.Type == SearchType.Token && criterion.Modifier is "in" or "not-in" or "above" or "below";

    /// <summary>A condition: resources with one of the codes; <c>:not-in</c> is turned round by the caller.</summary>
    public async ValueTask<Outcome<string>> ConditionAsync(Row row, Criterion criterion, int parameter, CancellationToken ct)
    {
        var view = await terminologies.CurrentAsync(row.Caller.Tenant, ct);
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in criterion.Values)
        {
            var codes = criterion.Modifier is "in" or "not-in" ? await OfSetAsync(row, criterion, SearchText.Unescape(value), view, ct) : await FamilyAsync(criterion, value, view, ct);
            if (codes.Failed(out var failure))
            {
                return Refused(criterion, failure);
            }

            if (await AddAsync(words, codes.Value, parameter, row.Sql, criterion, ct) is { } tooMany)
            {
                return tooMany;
            }
        }

        row.Sql.Codes.Add((criterion.Name, criterion.Modifier, words.Count));
        return ExactWords.AnyOf(row, words);
    }

    // Codes of a system that no resource has a code of cannot match; they are left out, and do not count.
    private async ValueTask<Failure?> AddAsync(HashSet<string> words, IEnumerable<CodeSelection> selections, int parameter, SqlText sql, Criterion criterion, CancellationToken ct)
    {
        var most = options.Value.MaxSearchCodes - sql.Codes.Sum(c => c.Count);
        foreach (var selection in selections)
        {
            if (await catalog.FindSystemAsync(selection.Url, ct) is not (>= 0 and var system))
            {
                continue;
            }

            if (selection.Count > most)
            {
                return TooMany(criterion, selection.Count);
            }

            words.UnionWith(selection.Codes().Select(c => Lexeme.Of(parameter, c, system)));
            if (words.Count > most)
            {
                return TooMany(criterion, words.Count);
            }
        }

        return null;
    }

    private Failure TooMany(Criterion criterion, int count) => new(
        FailureKind.TooCostly, "too-costly",
        $"'{criterion.Name}:{criterion.Modifier}' stands for {count} codes or more; one search takes at most {options.Value.MaxSearchCodes} (Salus:Records:MaxSearchCodes). Name a smaller value set or a more special code.", criterion.Name);

    // http://hl7.org/fhir/R4/search.html#token: a literal reference first, then a canonical URL.
    private async ValueTask<Outcome<List<CodeSelection>>> OfSetAsync(Row row, Criterion criterion, string value, TerminologyView view, CancellationToken ct)
    {
        const string Literal = "ValueSet/";
        var reference = ReferenceParameter.Relative(value, row.Address);
        if (reference.StartsWith(Literal, StringComparison.Ordinal))
        {
            var read = await versions.ReadAsync(row.Caller, definitions.Resource("ValueSet")!, reference[Literal.Length..], ct);
            return read.Failed(out var missing) ? missing
                : ResourceReader.TryRead(read.Value.Body, definitions, out var document, out var issue) ? await view.ExpandAsync(ValueSetReader.Read(document.Root), byUrl: false, ct)
                : throw new InvalidDataException($"{reference} cannot be read: {issue.Message}");
        }

        if (!reference.Contains(':', StringComparison.Ordinal))
        {
            return SearchText.Wrong($"{criterion.Name}:{criterion.Modifier}", value, "a value set: its canonical URL, with |version if wanted, or ValueSet/id");
        }

        var found = await view.ValueSetAsync(reference, ct);
        return found.Failed(out var failure) ? failure : await view.ExpandAsync(found.Value, byUrl: true, ct);
    }

    private static async ValueTask<Outcome<List<CodeSelection>>> FamilyAsync(Criterion criterion, string value, TerminologyView view, CancellationToken ct)
    {
        if (SearchText.Parts(value) is not [{ Length: > 0 } url, { Length: > 0 } code])
        {
            return SearchText.Wrong($"{criterion.Name}:{criterion.Modifier}", value, "system|code: what a code subsumes is known only within its code system");
        }

        var found = await view.SystemAsync(url, null, ct);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var system = found.Value;
        if (system.Header.Content is SystemContent.NotPresent or SystemContent.Supplement)
        {
            return TerminologyView.NoContent(system.Header);
        }

        if (system.Find(code) is not (>= 0 and var place))
        {
            return system.IsComplete ? new Failure(FailureKind.Invalid, "code-invalid", $"There is no code '{code}' in {system.Header.Canonical}.") : TerminologyView.NotInPart(system.Header, code);
        }

        if (!system.IsHierarchical)
        {
            return new Failure(
                FailureKind.NotSupported, "not-supported",
                $"{system.Header.Canonical} has no hierarchy on this server, so nothing is above or below '{code}'. Search for the code itself ({criterion.Name}={value}), or load the code system with its hierarchy.");
        }

        var family = criterion.Modifier == "below" ? system.Below(place) : system.Above(place);
        family.Add(place);
        return new List<CodeSelection> { CodeSelection.Of(system, family) };
    }

    // What is missing is missing for this search: the address itself exists.
    private static Failure Refused(Criterion criterion, Failure failure) => failure.Kind is FailureKind.TooCostly or FailureKind.Unavailable
        ? failure
        : new Failure(
            failure.Kind is FailureKind.NotFound or FailureKind.Gone ? FailureKind.Invalid : failure.Kind,
            [.. failure.Problems.Select(p => p with
            {
                Path = criterion.Name,
                // Some say already what to load.
                Message = failure.Kind is FailureKind.NotFound or FailureKind.Gone
                    ? p.Message.Contains("salus terminology load", StringComparison.Ordinal) ? $"{criterion.Name}:{criterion.Modifier} cannot be answered: {p.Message}"
                    : $"{criterion.Name}:{criterion.Modifier} cannot be answered: {p.Message} Store the ValueSet or CodeSystem (salus terminology load, or a PUT), or name the codes themselves."
                    : p.Message,
            })]);
}
