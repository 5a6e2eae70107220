using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Access;

/// <summary>
/// Decides what a caller may do, as conditions of statements: no answer is filtered afterwards. Who the patients of a reach are is found out here, at most a second late. Safe for
/// all threads.
/// </summary>
internal sealed class AccessConditions(Reaches reaches, Consents consents, SearchParser parser, FhirDefinitions definitions, AccessWords words)
{
    private static readonly AccessCondition Everything = new(Caller.System, "", [], null!);

    /// <summary>What a caller may do with resources of a type. Forbidden when it is nothing at all, whatever the resource.</summary>
    public async ValueTask<Outcome<AccessCondition>> OfAsync(Caller caller, string type, Interactions interaction, CancellationToken ct)
    {
        if (caller.Permit.IsEverything)
        {
            return Everything;
        }

        if (caller.Permit.For(type, interaction) is not { } layers)
        {
            return Forbidden(caller, type, interaction);
        }

        var resolved = new List<IReadOnlyList<AccessTerm>>();
        foreach (var layer in layers)
        {
            var terms = await LayerAsync(caller, type, layer, ct);
            if (terms.Failed(out var failure))
            {
                return failure;
            }

            if (!terms.Value.Any(t => t.IsAlways))
            {
                resolved.Add(terms.Value);
            }
        }

        return resolved.Count == 0 ? Everything : new AccessCondition(caller, type, resolved, words);
    }

    /// <summary>The same for a statement about several types.</summary>
    /// <param name="types">Null for all. Types with which nothing is allowed are left out.</param>
    public async ValueTask<Outcome<AccessOfTypes>> AcrossAsync(Caller caller, IEnumerable<string>? types, Interactions interaction, CancellationToken ct)
    {
        if (caller.Permit.IsEverything)
        {
            return AccessOfTypes.Everything;
        }

        var all = new List<(string Type, AccessCondition Condition)>();
        Failure? forbidden = null;
        foreach (var type in types ?? definitions.ResourceTypes.Select(t => t.Name))
        {
            var one = await OfAsync(caller, type, interaction, ct);
            if (!one.Failed(out var failure))
            {
                all.Add((type, one.Value));
            }
            else if (failure.Kind == FailureKind.Forbidden)
            {
                forbidden = failure;
            }
            else
            {
                return failure;
            }
        }

        return all.Count == 0 && forbidden is not null ? forbidden : new AccessOfTypes(all, words);
    }

    /// <summary>That nothing of the kind is allowed.</summary>
    public static Failure Forbidden(Caller caller, string type, Interactions interaction) => new(
        FailureKind.Forbidden, caller.IsKnown ? "forbidden" : "login",
        caller.IsKnown ? $"You may not {Words(interaction)} {type} resources. Who may do what is on the page of permissions." : "Nobody is signed in. Sign in, or send a token.");

    private static string Words(Interactions interaction) =>
        string.Join(", ", Enum.GetValues<Interactions>().Where(i => i is not (Interactions.None or Interactions.All) && interaction.HasFlag(i)).Select(i => i.ToString().ToLowerInvariant()));

    private async ValueTask<Outcome<IReadOnlyList<AccessTerm>>> LayerAsync(Caller caller, string type, IReadOnlyList<Grant> grants, CancellationToken ct)
    {
        var terms = new List<AccessTerm>(grants.Count);
        foreach (var grant in grants)
        {
            var term = await TermAsync(caller, type, grant, ct);
            if (term.Failed(out var failure))
            {
                return failure;
            }

            if (term.Value is { } known)
            {
                terms.Add(known);
            }
        }

        return terms;
    }

    // Null for a grant that allows nothing: its criteria cannot be understood for this type.
    private async ValueTask<Outcome<AccessTerm?>> TermAsync(Caller caller, string type, Grant grant, CancellationToken ct)
    {
        IReadOnlyList<Criterion> criteria = [];
        if (grant.Criteria is { Length: > 0 } asked)
        {
            var query = QueryText.Pairs(asked);
            var parsed = parser.Parse(type, query, lenient: false);
            if (parsed.Failed(out _) || !QueryText.IsCriteriaOnly(query, parsed.Value))
            {
                return (AccessTerm?)null;
            }

            criteria = parsed.Value.Criteria;
        }

        var patients = await reaches.PatientsAsync(caller.Tenant, grant.Reach, ct);
        return patients.Failed(out var failure)
            ? failure
            : new AccessTerm
            {
                Patients = patients.Value,
                Named = grant.Reach is Reach.Named named ? words.Naming(type, named.Person) : null,
                Speaker = (grant.Reach as Reach.Own)?.Person,
                Clearance = grant.Clearance,
                Closed = grant.HeedsConsent ? await consents.ClosedAsync(caller, type, ct) : null,
                Criteria = criteria,
            };
    }
}
