using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

/// <summary>A record with people who may do different things in it.</summary>
public sealed class AccessRecord : RecordServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off")];

    /// <summary>The header of a request by somebody with one layer of grants.</summary>
    internal static (string Name, string Value) As(params Grant[] grants) => As(null, [grants]);

    /// <summary>The header of a request by a person.</summary>
    internal static (string Name, string Value) As(string? person, IReadOnlyList<IReadOnlyList<Grant>> layers, int tenant = 1)
    {
        var name = Guid.NewGuid().ToString();
        Callers[name] = new Caller(new Tenant(tenant), $"user-{name}") { Permit = new Permit(layers, []), Person = person };
        return (CallerHeader, name);
    }

    /// <summary>Everything with what is of these patients, and nothing else.</summary>
    internal static Grant Of(params string[] patients) => Grant.Everything with { Reach = Reach.Of(patients) };

    internal static JsonObject Patient(string id, string family = "Muster", string? label = null) => Labelled(new JsonObject
    {
        ["resourceType"] = "Patient",
        ["id"] = id,
        ["name"] = new JsonArray(new JsonObject { ["family"] = family }),
    }, label);

    internal static JsonObject Observation(string id, string patient, string code = "8867-4", string? label = null, string date = "2026-01-01", string status = "final") => Labelled(new JsonObject
    {
        ["resourceType"] = "Observation",
        ["id"] = id,
        ["status"] = status,
        ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://loinc.org", ["code"] = code }) },
        ["subject"] = Reference($"Patient/{patient}"),
        ["effectiveDateTime"] = date,
    }, label);

    internal static JsonObject Reference(string to) => new() { ["reference"] = to };

    internal static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();

    private static JsonObject Labelled(JsonObject resource, string? label)
    {
        if (label is not null)
        {
            resource["meta"] = new JsonObject { ["security"] = new JsonArray(new JsonObject { ["system"] = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", ["code"] = label }) };
        }

        return resource;
    }
}
