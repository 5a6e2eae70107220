using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Paths;
using Salus.Fhir.Profiles;
using Salus.Fhir.Validation.Invariants;

namespace Salus.Fhir.Validation;

/// <summary>How far a validation goes; each step includes the ones before.</summary>
public enum ValidationDepth
{
    /// <summary>See <see cref="StructureValidator"/>.</summary>
    Structure,

    /// <summary>And the invariants of R4.</summary>
    Invariants,

    /// <summary>And the profiles that a resource claims, extensions by their definitions, and bindings.</summary>
    Profiles,
}

/// <summary>What is asked of a validation.</summary>
public sealed record ValidationRequest
{
    public ValidationDepth Depth { get; init; } = ValidationDepth.Profiles;

    /// <summary>Canonical URLs that the resource has to conform to beside those that it claims; one that is not known is an error.</summary>
    public IReadOnlyList<string> Profiles { get; init; } = [];

    /// <summary>Asked about codes before the value sets of R4 and of the packages; null for none.</summary>
    public IValueSets? ValueSets { get; init; }

    /// <summary>Accept conditional references, as in a transaction. Default: false.</summary>
    public bool ConditionalReferences { get; init; }

    /// <summary>What is less severe is neither reported nor looked for. Default: everything is.</summary>
    public IssueSeverity Least { get; init; } = IssueSeverity.Information;

    /// <summary>After how many issues validation stops; when none of them is an error, it goes on for the first error: a limit makes nothing valid. Default: 100.</summary>
    public int MostIssues { get; init; } = 100;
}

/// <summary>
/// Validates resources against R4: structure, then invariants, then profiles. Safe for all threads. An invariant that gives nothing counts as met; one that cannot
/// be evaluated, or is too costly, is a warning and never an error.
/// </summary>
public sealed class ResourceValidator
{
    private readonly Lazy<ProfileSet>? profiles;
    private readonly StructureValidator structure;
    private readonly StructureValidator transaction;
    private readonly Lazy<InvariantTable> invariants;

    /// <param name="definitions">Those that documents are read with.</param>
    /// <param name="profiles">What is loaded, asked for when it is first needed; null for nothing.</param>
    public ResourceValidator(FhirDefinitions definitions, Func<ProfileSet>? profiles = null)
    {
        this.profiles = profiles is null ? null : new(profiles);
        structure = new StructureValidator(definitions);
        transaction = new StructureValidator(definitions, new StructureValidationOptions { ConditionalReferences = true });
        invariants = new(() => new InvariantTable(definitions));
    }

    /// <summary>What the invariants of one validation may ask.</summary>
    private PathContext Outside(Element start, IValueSets? asked)
    {
        if (profiles is not { } set)
        {
            return PathContext.Default;
        }

        // One for all that the invariants of a validation ask.
        ProfileBudget? budget = null;
        var codes = PathContext.Default with { MemberOf = (code, valueSet) => asked?.Contains(valueSet, code.System, code.Code) ?? set.Value.Contains(valueSet, code.System, code.Code) };
        return codes with
        {
            // Without conformsTo() in its turn: profiles that ask for each other would never end.
            ConformsTo = (element, url) =>
            {
                budget ??= new ProfileBudget(new Findings(1, IssueSeverity.Error), start, asked);
                var around = ResourceOf.Around(element);
                var run = new ProfileRun(set.Value, new Findings(1, IssueSeverity.Error), codes, around.Resource, around.Container, around.Bundle, budget);
                var conforms = run.ConformsTo(element, url);
                return budget.Refused ? throw new PathFault($"Whether it conforms to {url} takes too many checks", -1, PathErrorKind.TooCostly) : conforms;
            },
        };
    }

    /// <summary>All issues, those of the structure first; empty when there is none.</summary>
    /// <exception cref="ArgumentException">The document was read with other definitions.</exception>
    public IReadOnlyList<Issue> Validate(Element resource, ValidationRequest request)
    {
        var findings = new Findings(request.MostIssues, request.Least);
        (request.ConditionalReferences ? transaction : structure).Validate(resource, findings);
        // What is stored needs no second reason to be refused.
        if (request.Depth != ValidationDepth.Structure && !findings.Full && (!findings.AnyError || request.Least < IssueSeverity.Error))
        {
            var context = Outside(resource, request.ValueSets);
            new InvariantWalk(resource.Document, invariants.Value, findings, context).Resource(resource.Index);
            if (request.Depth == ValidationDepth.Profiles && profiles is not null)
            {
                new ProfileWalk(profiles.Value, findings, context, request.ValueSets).Run(resource, request.Profiles);
            }
        }

        return findings.Issues;
    }
}
