using System.Text.Json.Nodes;

namespace Salus.Faults.Tests.Support;

/// <summary>Small valid resources that carry a marker.</summary>
internal static class Samples
{
    public const string System = "http://example.org/marker";

    public static JsonObject Patient(string marker, string? id = null)
    {
        var patient = new JsonObject { ["resourceType"] = "Patient", ["identifier"] = Identifier(marker), ["name"] = new JsonArray(new JsonObject { ["family"] = $"Family {marker}" }) };
        if (id is not null)
        {
            patient["id"] = id;
        }

        return patient;
    }

    /// <summary>A transaction: a patient and observations of it, all to be created.</summary>
    public static JsonObject Transaction(string marker, int observations)
    {
        var url = $"urn:uuid:{Guid.CreateVersion7()}";
        var entries = new JsonArray { Entry(Patient(marker), url) };
        for (var i = 0; i < observations; i++)
        {
            entries.Add(Entry(Observation(marker, url, i), null));
        }

        return new JsonObject { ["resourceType"] = "Bundle", ["type"] = "transaction", ["entry"] = entries };
    }

    private static JsonObject Observation(string marker, string subject, int value) => new()
    {
        ["resourceType"] = "Observation",
        ["identifier"] = Identifier(marker),
        ["status"] = "final",
        ["code"] = new JsonObject { ["coding"] = new JsonArray(new JsonObject { ["system"] = "http://loinc.org", ["code"] = "8867-4" }) },
        ["subject"] = new JsonObject { ["reference"] = subject },
        ["effectiveDateTime"] = "2026-03-01T08:00:00Z",
        ["valueInteger"] = value,
    };

    private static JsonArray Identifier(string marker) => new(new JsonObject { ["system"] = System, ["value"] = marker });

    private static JsonObject Entry(JsonObject resource, string? url)
    {
        var entry = new JsonObject { ["resource"] = resource, ["request"] = new JsonObject { ["method"] = "POST", ["url"] = (string?)resource["resourceType"] } };
        if (url is not null)
        {
            entry["fullUrl"] = url;
        }

        return entry;
    }
}
