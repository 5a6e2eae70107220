using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Kernel;

namespace Salus.Simulation.Bedside;

/// <summary>Batches of FHIR R4 (http://hl7.org/fhir/R4/http.html#transaction) through a link: searches, and resources that are stored only while there is nothing under their id.</summary>
internal sealed class Bundles(IBedsideLink link)
{
    private const int Most = 100;

    /// <summary>Stores what is not there yet; what is stays as it is. Fails with the first refusal.</summary>
    public async Task<Failure?> PutMissingAsync(IReadOnlyList<JsonObject> resources, CancellationToken ct)
    {
        foreach (var some in resources.Chunk(Most))
        {
            var answer = await RunAsync(some.Select(Put), ct);
            if (answer.Failed(out var failure))
            {
                return failure;
            }

            foreach (var (resource, entry) in some.Zip(answer.Value))
            {
                var status = entry.GetProperty("response").GetProperty("status").GetString()!;
                if (status[0] != '2' && !status.StartsWith("412", StringComparison.Ordinal))
                {
                    return new Failure(Kind(status), "processing", $"{resource["resourceType"]}/{resource["id"]} was not stored ({status}): {Reason(entry)}");
                }
            }
        }

        return null;
    }

    /// <summary>The resources that searches find, all of their answers in one list.</summary>
    public async Task<Outcome<List<JsonElement>>> SearchAsync(IReadOnlyList<string> searches, CancellationToken ct)
    {
        var found = new List<JsonElement>();
        foreach (var some in searches.Chunk(Most))
        {
            var answer = await RunAsync(some.Select(url => new JsonObject { ["request"] = new JsonObject { ["method"] = "GET", ["url"] = url } }), ct);
            if (answer.Failed(out var failure))
            {
                return failure;
            }

            foreach (var (search, entry) in some.Zip(answer.Value))
            {
                var status = entry.GetProperty("response").GetProperty("status").GetString()!;
                if (status[0] != '2')
                {
                    return new Failure(Kind(status), "processing", $"The search {search} failed ({status}): {Reason(entry)}");
                }

                if (entry.TryGetProperty("resource", out var set) && set.TryGetProperty("entry", out var entries))
                {
                    found.AddRange(entries.EnumerateArray().Select(e => e.GetProperty("resource")));
                }
            }
        }

        return found;
    }

    private async Task<Outcome<List<JsonElement>>> RunAsync(IEnumerable<JsonObject> entries, CancellationToken ct)
    {
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "batch", ["entry"] = new JsonArray([.. entries]) };
        var answer = await link.PostBundleAsync(Encoding.UTF8.GetBytes(bundle.ToJsonString()), ct);
        if (answer.Failed(out var failure))
        {
            return failure;
        }

        using var document = JsonDocument.Parse(answer.Value);
        return document.RootElement.Clone().GetProperty("entry").EnumerateArray().ToList();
    }

    private static JsonObject Put(JsonObject resource) => new()
    {
        ["resource"] = resource.DeepClone(),
        ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = $"{resource["resourceType"]}/{resource["id"]}", ["ifNoneMatch"] = "*" },
    };

    private static FailureKind Kind(string status) => status switch
    {
        ['5', ..] => FailureKind.Unavailable,
        ['4', '0', '3', ..] => FailureKind.Forbidden,
        ['4', '2', '9', ..] => FailureKind.Busy,
        _ => FailureKind.Invalid,
    };

    private static string Reason(JsonElement entry) =>
        entry.GetProperty("response").TryGetProperty("outcome", out var outcome) && outcome.TryGetProperty("issue", out var issues) && issues.GetArrayLength() > 0
            && issues[0].TryGetProperty("diagnostics", out var text) ? text.GetString()! : "no reason was given.";
}
