using System.Globalization;
using Salus.Kernel;
using Salus.Records.Access;
using Salus.Records.Http;
using Salus.Records.Operations;
using Salus.Records.Terminology.Closures;
using Salus.Records.Terminology.Store;

namespace Salus.Records.Terminology.Calls;

/// <summary>
/// $closure (http://hl7.org/fhir/R4/conceptmap-operation-closure.html): a client names concepts as it meets them and is told what subsumes what among all
/// that it has named, so that it can search by subsumption with a table of its own.
/// </summary>
internal sealed class ClosureOperation(Terminologies terminologies, ClosureTable table, TimeProvider time) : IOperation
{
    // As long as a name for people.
    private const int MaxName = 200;

    public OperationDefinition Definition { get; } = new("closure", "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure", OperationLevels.System)
    {
        Parameters = [new("name", "string"), new("concept", "Coding", Many: true), new("version", "string")],
        ChangesState = true,
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        if (call.Caller.Permit.For("ConceptMap", Interactions.Read) is null)
        {
            return AccessConditions.Forbidden(call.Caller, "ConceptMap", Interactions.Read);
        }

        if (call.Parameters.Text("name") is not { Length: <= MaxName } name)
        {
            return new Failure(FailureKind.Invalid, "required", $"$closure needs the 'name' of the table, up to {MaxName} characters.", "name");
        }

        var tenant = call.Caller.Tenant;
        var codings = call.Parameters.Values("concept").Select(c => CodeInput.Of(c)).ToList();
        if (call.Parameters.Text("version") is { } version)
        {
            return codings.Count > 0
                ? new Failure(FailureKind.Invalid, "invalid", "$closure either takes concepts or, with 'version', repeats what came after that version; not both.", "version")
                : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var since)
                    ? Reply(name, await table.SinceAsync(tenant, name, since, call.Stop))
                    : new Failure(FailureKind.Invalid, "value", $"'version' of $closure is '{version}'; it takes the version of an earlier answer, such as 2.", "version");
        }

        if (codings.Count == 0)
        {
            return Reply(name, await table.BeginAsync(tenant, name, call.Stop));
        }

        if (codings.Exists(c => c?.System is null))
        {
            return new Failure(FailureKind.Invalid, "required", "A concept of $closure has no system or no code.", "concept");
        }

        var view = await terminologies.CurrentAsync(tenant, call.Stop);
        return Reply(name, await table.AddAsync(view, name, codings.ConvertAll(c => c!), call.Stop));
    }

    private Outcome<Reply> Reply(string name, Outcome<ClosureDelta> delta) =>
        delta.Failed(out var failure) ? failure : new Reply(200) { Body = ClosureWriter.Write(name, delta.Value, time.GetUtcNow()) };
}
