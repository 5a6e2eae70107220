using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Support;

/// <summary>Small valid resources.</summary>
internal static class Samples
{
    public static JsonObject Resource(string json) => JsonNode.Parse(json)!.AsObject();

    public static JsonObject Patient(string? id = null, string family = "Meier", string given = "Ada", string birthDate = "1980-05-17")
    {
        var patient = Resource($$"""{"resourceType":"Patient","name":[{"family":"{{family}}","given":["{{given}}"]}],"gender":"female","birthDate":"{{birthDate}}"}""");
        return WithId(patient, id);
    }

    public static JsonObject Observation(string? id = null, string subject = "Patient/p", string code = "8867-4", string value = "72")
    {
        var observation = Resource(
            $$"""
            {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"{{code}}"}]},
             "subject":{"reference":"{{subject}}"},"effectiveDateTime":"2026-03-01T08:00:00Z",
             "valueQuantity":{"value":{{value}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"} }
            """);
        return WithId(observation, id);
    }

    /// <summary>A bundle of entries.</summary>
    public static JsonObject Bundle(string type, params JsonObject[] entries) =>
        new() { ["resourceType"] = "Bundle", ["type"] = type, ["entry"] = new JsonArray([.. entries]) };

    /// <summary>An entry with its request.</summary>
    public static JsonObject Entry(string method, string url, JsonNode? resource = null, string? fullUrl = null)
    {
        var entry = new JsonObject();
        if (fullUrl is not null)
        {
            entry["fullUrl"] = fullUrl;
        }

        if (resource is not null)
        {
            entry["resource"] = resource.DeepClone();
        }

        entry["request"] = new JsonObject { ["method"] = method, ["url"] = url };
        return entry;
    }

    private static JsonObject WithId(JsonObject resource, string? id)
    {
        if (id is not null)
        {
            resource["id"] = id;
        }

        return resource;
    }
}
