using Salus.Fhir;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Validation;
using Salus.Kernel;
using Salus.Records.Http;
using Salus.Records.Packages;
using Salus.Records.Read;
using Salus.Records.Validation;

namespace Salus.Records.Operations;

/// <summary>
/// $validate (http://hl7.org/fhir/R4/resource-operation-validate.html): structure, invariants and profiles, with all warnings, and whether the server would do what the
/// mode says. Nothing is stored.
/// </summary>
internal sealed class Validate(FhirDefinitions definitions, CodedValidation validation, LoadedPackages packages, ResourceVersions versions) : IOperation
{
    private const string Structures = "http://hl7.org/fhir/StructureDefinition/";

    public OperationDefinition Definition { get; } = new("validate", "http://hl7.org/fhir/OperationDefinition/Resource-validate", OperationLevels.Type | OperationLevels.Instance)
    {
        Parameters = [new("resource", "Resource") { IsResource = true }, new("mode", "code"), new("profile", "uri", Many: true)],
        JudgesItsInput = true,
    };

    public async Task<Outcome<Reply>> RunAsync(OperationCall call)
    {
        var mode = call.Parameters.Text("mode");
        if (mode is not (null or "create" or "update" or "delete" or "profile"))
        {
            return new Failure(FailureKind.Invalid, "value", $"The mode is '{mode}'; it is create, update, delete or profile.", "mode");
        }

        var profiles = call.Parameters.Texts("profile").ToList();
        if (profiles.Find(p => !packages.Profiles.Knows(p) && p.Split('|')[0] != Structures + call.Type!.Name) is { } unknown)
        {
            return new Failure(
                FailureKind.NotSupported, "not-supported", $"The profile '{unknown}' is not loaded. Load its package (salus packages load FILE.tgz) and start the server again, or leave it out.", "profile");
        }

        var request = new ValidationRequest { Profiles = [.. profiles.Where(packages.Profiles.Knows)] };
        if (mode == "delete" || (mode == "profile" && !call.Parameters.Value("resource").Exists))
        {
            return await StoredAsync(call, mode, request);
        }

        var resource = call.Parameters.Value("resource");
        if (!resource.Exists)
        {
            return call.Id is null ? new Failure(FailureKind.Invalid, "required", "$validate takes a resource: as the body, or as the parameter 'resource' of Parameters.", "resource") : await StoredAsync(call, mode, request);
        }

        // As a document of its own, so that places are told from the resource.
        if (!ResourceReader.TryRead(ResourceRewriter.Copy(resource), definitions, out var document, out var unreadable))
        {
            return OperationOutcome.Validation([unreadable]);
        }

        var issues = (await validation.RunAsync(call.Caller.Tenant, document.Root, request, first: null, call.Stop)).ToList();
        issues.AddRange(await OfModeAsync(call, mode, resource));
        return OperationOutcome.Validation(issues);
    }

    // What is stored, or whether it could be deleted.
    private async Task<Outcome<Reply>> StoredAsync(OperationCall call, string? mode, ValidationRequest request)
    {
        if (call.Id is null)
        {
            return new Failure(FailureKind.Invalid, "required", $"The mode {mode} is about a stored resource: call {call.Type!.Name}/[id]/$validate.", "mode");
        }

        var read = await versions.ReadAsync(call.Caller, call.Type!, call.Id, call.Stop);
        if (read.Failed(out var failure))
        {
            return failure;
        }

        return mode == "delete" || !ResourceReader.TryRead(read.Value.Body, definitions, out var stored, out _)
            ? OperationOutcome.Validation([])
            : OperationOutcome.Validation(await validation.RunAsync(call.Caller.Tenant, stored.Root, request, first: null, call.Stop));
    }

    private async Task<IEnumerable<Issue>> OfModeAsync(OperationCall call, string? mode, Element resource)
    {
        var issues = new List<Issue>();
        if (resource.Type != call.Type)
        {
            issues.Add(new Issue(IssueSeverity.Error, "invalid", $"The resource is a {resource.Type?.Name} and was sent to {call.Type!.Name}/$validate.", resource.Path));
        }

        var id = resource.Child("id"u8).AsString();
        switch (mode)
        {
            case "create" when call.Id is not null:
                issues.Add(new Issue(IssueSeverity.Error, "invalid", "A create has no id in its address: call it on the type.", "mode"));
                break;
            case "update" when (call.Id ?? id) is null:
                issues.Add(new Issue(IssueSeverity.Error, "required", "An update names the id in the resource.", $"{resource.Type?.Name}.id"));
                break;
            case "update" when call.Id is not null && id != call.Id:
                issues.Add(new Issue(IssueSeverity.Error, "value", $"The resource's id is '{id}', the address says '{call.Id}'. They must be the same.", $"{resource.Type?.Name}.id"));
                break;
            case "update" when (await versions.CurrentAsync(call.Caller, call.Type!, (call.Id ?? id)!, call.Stop)).Version == 0:
                issues.Add(new Issue(IssueSeverity.Information, "informational", $"There is no {call.Type!.Name}/{call.Id ?? id} yet; the update would create it.", null));
                break;
        }

        return issues;
    }
}
