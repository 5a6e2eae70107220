using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Content;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Calls;

/// <summary>CodeSystem/$subsumes (http://hl7.org/fhir/R4/codesystem-operation-subsumes.html).</summary>
internal sealed class SubsumesOperation(Terminologies terminologies, NamedResource named) : IOperation
{
    public OperationDefinition Definition { get; } =
        new("subsumes", "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes", OperationLevels.Type | OperationLevels.Instance)
        {
            Types = ["CodeSystem"],
            Parameters = [new("codeA", "code"), new("codeB", "code"), new("system", "uri"), new("version", "string"), new("codingA", "Coding"), new("codingB", "Coding")],
        };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var (a, b) = (Given(call, "codeA", "codingA"), Given(call, "codeB", "codingB"));
        if (a is null || b is null)
        {
            return new Failure(FailureKind.Invalid, "required", "$subsumes compares two codes: give codeA and codeB with system, or codingA and codingB.", a is null ? "codeA" : "codeB");
        }

        if (a.System is not null && b.System is not null && a.System != b.System)
        {
            return new Failure(FailureKind.Invalid, "invalid", $"$subsumes compares codes of one system; these are of {a.System} and {b.System}.");
        }

        var url = a.System ?? b.System;
        if (url is null && call.Id is null)
        {
            return new Failure(FailureKind.Invalid, "required", "$subsumes needs 'system', or to be called on the id of a CodeSystem.", "system");
        }

        var view = await terminologies.CurrentAsync(call.Caller.Tenant, call.Stop);
        var found = await named.SystemAsync(call, view, url, a.Version ?? b.Version);
        return found.Failed(out var failure) ? failure : Compare(found.Value!, url, a.Code, b.Code);
    }

    private static Outcome<Reply> Compare(CodeSystem system, string? stated, string a, string b)
    {
        if (stated is not null && stated != system.Url)
        {
            return new Failure(FailureKind.Invalid, "invalid", $"The codes are of {stated}, and the code system is {system.Header.Canonical}.", "system");
        }

        var (one, other) = (system.Find(a), system.Find(b));
        if (one < 0 || other < 0)
        {
            return new Failure(FailureKind.NotFound, "not-found", $"There is no code '{(one < 0 ? a : b)}' in {system.Header.Canonical}.");
        }

        using var writer = new ParametersWriter();
        return writer.Text("outcome", "code", one == other ? "equivalent" : system.IsBelow(other, one) ? "subsumes" : system.IsBelow(one, other) ? "subsumed-by" : "not-subsumed").ToReply();
    }

    private static GivenCode? Given(OperationCall call, string code, string coding) => call.Parameters.Text(code) is { } text
        ? new GivenCode(call.Parameters.Text("system"), call.Parameters.Text("version"), text, null)
        : CodeInput.Of(call.Parameters.Value(coding), call.Parameters.Text("system"));
}
