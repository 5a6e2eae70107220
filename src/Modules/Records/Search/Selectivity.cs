using Salus.Fhir.Definitions;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>Which criteria lead to few resources whatever is asked for: those of one patient or stay, one identifier, one id, a name of some letters.</summary>
internal static class Selectivity
{
    private const int MaxValues = 64;

    // Two letters of a name are a tenth of all patients.
    private const int MinLetters = 3;

    public static bool IsSure(Criterion criterion) => criterion switch
    {
        LinkedCriterion => false,
        CombinedCriterion combined => !combined.Absent && (combined.Alternatives.Count == 1 ? combined.Alternatives[0].Any(IsSure) : combined.Alternatives.All(a => a.Any(IsSureByWords))),
        { Comparison: not ("" or "eq") } => false,
        { Values.Count: > MaxValues } or { Modifier: "not" or "missing" or "above" or "below" or "in" or "not-in" or "text" or "contains" } => false,
        { Parameter.Type: SearchType.Composite } => false,
        { Parameter: null } => criterion.Name == "_id",
        // system| alone is every identifier of that system.
        { Parameter: { Type: SearchType.Token, Code: "identifier" } } or { Modifier: "identifier" } => criterion.Values.All(v => !v.EndsWith('|')),
        { Parameter: { Type: SearchType.String, Code: "name" or "family" or "given" } } => criterion.Values.All(v => FoldedText.Fold(v).Length >= MinLetters),
        { Parameter: { Type: SearchType.Reference } parameter } =>
            parameter.Code is "patient" or "subject" or "encounter" || criterion.Values.All(IsOfOnePatient),
        _ => false,
    };

    /// <summary>Whether such a criterion is answered by words of the current row: see <see cref="Storage.Lexeme"/>.</summary>
    public static bool IsSureByWords(Criterion criterion) => criterion is CombinedCriterion combined
        ? !combined.Absent && combined.Alternatives.All(a => a.Any(IsSureByWords))
        : criterion.Parameter?.Type is SearchType.Token or SearchType.Reference && IsSure(criterion);

    private static bool IsOfOnePatient(string reference) =>
        reference.Contains("Patient/", StringComparison.Ordinal) || reference.Contains("Encounter/", StringComparison.Ordinal);
}
