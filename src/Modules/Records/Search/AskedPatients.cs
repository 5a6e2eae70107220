using Salus.Fhir.Definitions;
using Salus.Records.Search.Parameters;
using Salus.Records.Storage;

namespace Salus.Records.Search;

/// <summary>
/// The patients that a search asks about by their ids, whether anything matches or not: whoever asks for a patient looks at that patient. By the compartment, by <c>_id</c> of a Patient, by
/// references (<c>patient=1</c>, <c>subject=Patient/1</c>), also behind chains and in <c>_filter</c>. What is asked not to hold names nobody.
/// </summary>
internal static class AskedPatients
{
    private const string Type = "Patient";

    public static IEnumerable<string> Of(SearchRequest request)
    {
        if (request.Compartment is { Of.Name: Type, Id: var id })
        {
            yield return id;
        }

        foreach (var patient in request.Criteria.SelectMany(c => Of(request.Type, c, request.Address)))
        {
            yield return patient;
        }
    }

    private static IEnumerable<string> Of(string type, Criterion criterion, string address) => criterion switch
    {
        LinkedCriterion linked => linked.Ends.SelectMany(e => Of(e.There, e.Inner, address)),
        CombinedCriterion { Absent: true } => [],
        CombinedCriterion combined => combined.Parts.SelectMany(c => Of(type, c, address)),
        { Parameter: null, Name: "_id", Comparison: "" } => type == Type ? criterion.Values.Where(IsId) : [],
        { Parameter.Type: SearchType.Reference, Modifier: "" or Type, Comparison: "" } => criterion.Values.Select(v => Id(criterion, v, address)).OfType<string>(),
        _ => [],
    };

    // A bare id is of whatever a parameter leads to; these two lead to patients.
    private static string? Id(Criterion criterion, string value, string address) => ReferenceParameter.Relative(SearchText.Unescape(value), address).Split('/') switch
    {
        [Type, var id, ..] when IsId(id) => id,
        [var id] when IsId(id) && (criterion.Modifier == Type || criterion.Parameter!.Code is "patient" or "subject") => id,
        _ => null,
    };

    private static bool IsId(string id) => Preparation.CheckId(id) is null;
}
