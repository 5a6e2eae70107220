using Salus.Kernel;
using Salus.Records.Search;

namespace Salus.Records.Access;

/// <summary>A grant with everything in it that the record had to look up. A resource is allowed by it when all parts hold.</summary>
internal sealed record AccessTerm
{
    /// <summary>The patients reached; null for every resource.</summary>
    public PatientSet? Patients { get; init; }

    /// <summary>The person in whose own words things are written by it; null where that is not asked.</summary>
    public string? Speaker { get; init; }

    /// <summary>Words of <c>records.current.exact</c>, one of which the resource has: it names the person. Null where that is not asked.</summary>
    public IReadOnlyList<string>? Named { get; init; }

    /// <summary>The highest label that is opened.</summary>
    public Confidentiality Clearance { get; init; }

    /// <summary>The patients whose Consent holds back; null for none.</summary>
    public PatientSet? Closed { get; init; }

    /// <summary>Criteria that the resource has to meet; empty for none.</summary>
    public IReadOnlyList<Criterion> Criteria { get; init; } = [];

    /// <summary>Whether it holds back nothing.</summary>
    public bool IsAlways => Patients is null && Named is null && Closed is null && Criteria.Count == 0 && Clearance == Confidentiality.VeryRestricted;

    /// <summary>Whether no resource can be allowed by it.</summary>
    public bool IsNever => Patients is { Count: 0 } || Named is { Count: 0 };

    /// <summary>Whether it looks at what only the current version has: the words that it is found by.</summary>
    public bool AsksCurrent => Named is not null || Criteria.Count > 0;

    /// <summary>Equal for terms that are the same on columns: sets of patients are compared by identity.</summary>
    public string Key => $"{Patients?.Key ?? "*"}/{Closed?.Key}/{(int)Clearance}";

    /// <summary>Whether content may be written by it: all its patients have to be reached, or somebody would write into a record by naming a second patient.</summary>
    public bool HoldsAll(Belonging version) => Holds(version) && (Patients is null || version.Patients.All(Patients.Contains)) && (Speaker is null || version.Authors.All(IsTheirs));

    // Who stands in for a patient may speak as either.
    private bool IsTheirs(string author) => author == Speaker || (PersonName.Parse(author) is { Type: "Patient", Id: var patient } && Patients?.Contains(patient) == true);

    /// <summary>Whether the columns of a version allow it, its criteria and names left aside.</summary>
    public bool Holds(Belonging version) =>
        version.Label <= Clearance
        && (Patients is null || version.Patients.Any(Patients.Contains))
        && (Closed is null || !version.Patients.Any(Closed.Contains));
}
