using Microsoft.Extensions.Options;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Search;

namespace Salus.Records.Operations;

/// <summary>
/// Observation/$lastn (http://hl7.org/fhir/R4/observation-operation-lastn.html): of each code the newest observations, by the time they are about. A code is
/// what an observation's codings are: those with the same codings are of one code.
/// </summary>
internal sealed class Lastn(SearchInteraction search, SearchParameterSet parameters, SearchParser parser, IOptions<RecordsOptions> options) : IOperation
{
    public OperationDefinition Definition { get; } = new("lastn", "http://hl7.org/fhir/OperationDefinition/Observation-lastn", OperationLevels.Type)
    {
        Types = ["Observation"],
        // Beside max, whatever an Observation can be searched by.
        Parameters = [new("max", "integer"), .. parameters.For("Observation").Keys.Append("_id").Append("_lastUpdated").Distinct().Select(c => new OperationParameter(c, "string", Many: true))],
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var max = call.Parameters.Number("max") ?? 1;
        if (max < 1 || max > options.Value.MaxPageSize)
        {
            return new Failure(FailureKind.Invalid, "value", $"max is {max}; it takes 1 to {options.Value.MaxPageSize}.", "max");
        }

        var criteria = Definition.Parameters.Where(p => p.Name != "max").SelectMany(p => call.Parameters.Texts(p.Name), (p, value) => new KeyValuePair<string, string>(p.Name, value)).ToList();
        if (!criteria.Exists(c => c.Key is "patient" or "subject" or "encounter" or "_id"))
        {
            return new Failure(FailureKind.Invalid, "required", "$lastn takes a patient or subject, such as patient=Patient/1: it looks at all their observations.", "patient");
        }

        var request = parser.Parse("Observation", criteria, lenient: false);
        if (request.Failed(out var failure))
        {
            return failure;
        }

        request.Value.Count = options.Value.MaxPageSize;
        request.Value.Address = call.Address;
        request.Value.Newest = new NewestOf(parameters.Find("Observation", "code")!, parameters.Find("Observation", "date")!, max);
        return await search.RunAsync(call.Caller, request.Value, call.Address, call.Stop);
    }
}
