using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Compartment;
using Salus.Records.Http;
using Salus.Records.Read;
using Salus.Records.Search;

namespace Salus.Records.Operations;

/// <summary>
/// $everything of a Patient or an Encounter (http://hl7.org/fhir/R4/operation-patient-everything.html, operation-encounter-everything.html): the compartment,
/// and the practitioners, organizations, locations, medications and devices that it refers to.
/// </summary>
internal sealed class Everything(string type, CompartmentPages pages, FhirDefinitions definitions) : IOperation
{
    public OperationDefinition Definition { get; } = new(
        "everything", $"http://hl7.org/fhir/OperationDefinition/{type}-everything", type == "Patient" ? OperationLevels.Type | OperationLevels.Instance : OperationLevels.Instance)
    {
        Types = [type],
        Parameters =
        [
            new("start", "date"), new("end", "date"), new("_since", "instant"), new("_type", "code", Many: true), new("_count", "integer"), new(Cursor.Parameter, "string"),
        ],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var of = call.Type!;
        var shape = AnswerShape.Parse(of, call.Query, definitions);
        if (shape.Failed(out var failure))
        {
            return failure;
        }

        var scope = new CompartmentScope(of, call.Id, call.Id is null ? $"{of.Name}/$everything" : $"{of.Name}/{call.Id}/$everything") { Referred = true, Shape = shape.Value };
        var given = Definition.Parameters.SelectMany(p => call.Parameters.Texts(p.Name), (p, value) => new KeyValuePair<string, string>(p.Name, value));
        return await pages.RunAsync(call.Caller, scope, given, call.Address, call.Stop);
    }
}
