using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Calls;

/// <summary>CodeSystem/$validate-code (http://hl7.org/fhir/R4/codesystem-operation-validate-code.html).</summary>
internal sealed class ValidateSystemCodeOperation(Terminologies terminologies, NamedResource named) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("validate-code", "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code", OperationLevels.Type | OperationLevels.Instance)
        {
            Types = ["CodeSystem"],
            Parameters =
            [
                new("url", "uri"), new("codeSystem", "CodeSystem") { IsResource = true }, new("code", "code"), new("version", "string"), new("display", "string"),
                new("coding", "Coding"), new("codeableConcept", "CodeableConcept"), new("abstract", "boolean"), new("displayLanguage", "code"),
            ],
        };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var parameters = call.Parameters;
        // The coding may say which system is meant.
        var (url, version) = parameters.Has("url") || call.Id is not null || parameters.Has("codeSystem")
            ? (parameters.Text("url"), parameters.Text("version"))
            : CodeInput.Of(parameters.Value("coding")) is { } coding ? (coding.System, coding.Version) : (null, null);
        var found = await named.SystemAsync(call, view, url, version);
        if (found.Failed(out var failure))
        {
            return failure;
        }

        if (found.Value is not { } system)
        {
            return NamedResource.Missing("code system", "codeSystem");
        }

        var codes = CodeInput.Read("validate-code", parameters, system.Url);
        if (codes.Failed(out failure))
        {
            return failure;
        }

        var verdicts = codes.Value.ConvertAll(c => Judge(system, c, parameters));
        return (verdicts.Find(v => v.Result) ?? verdicts[0]).ToReply();
    }

    private static Verdict Judge(CodeSystem system, GivenCode code, OperationParameters parameters) =>
        code.System is { } other && other != system.Url ? new Verdict(false, $"'{code.Code}' is a code of {other}, not of {system.Header.Canonical}.", null)
        : system.Find(code.Code) is >= 0 and var place ? Verdict.OfConcept(system, place, code, parameters.Flag("abstract"), parameters.Text("displayLanguage"))
        : new Verdict(false, system.IsComplete ? $"There is no code '{code.Code}' in {system.Header.Canonical}." : TerminologyView.NotInPart(system.Header, code.Code).Problems[0].Message, null);
}
