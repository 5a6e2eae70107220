using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Kernel;

namespace Salus.Simulation.Bedside;

/// <summary>
/// Finds patients for simulated monitors: adults who lie in a bed of the record and are on no other device; and makes the rest, in a ward of their own, under ids that are the same every time.
/// </summary>
internal sealed class Census(IBedsideLink link, TimeProvider time)
{
    private const string Ward = "simulated-ward";
    private const string Prefix = "simulated-monitor-";
    private const int Adult = 16;

    private readonly Bundles bundles = new(link);

    /// <summary>As many places as are asked for, and how many of them are in the record already.</summary>
    public async Task<Outcome<(IReadOnlyList<Place> Places, int Found)>> FindAsync(int beds, CancellationToken ct)
    {
        var stays = await bundles.SearchAsync(["Location?status=active&_count=1000&_elements=physicalType", "Encounter?status=in-progress&_count=1000&_include=Encounter:patient"], ct);
        if (stays.Failed(out var failure))
        {
            return failure;
        }

        var lying = Lying(stays.Value);
        var uses = await bundles.SearchAsync([.. lying.Select(p => $"DeviceUseStatement?patient=Patient/{p.Patient}&_count=100")], ct);
        if (uses.Failed(out failure))
        {
            return failure;
        }

        var taken = uses.Value.Where(u => Registration.IsOpen(u) && !Registration.DeviceOf(u).StartsWith(Prefix, StringComparison.Ordinal)).Select(Registration.PatientOf).ToHashSet(StringComparer.Ordinal);
        var places = lying.Where(p => !taken.Contains(p.Patient)).Take(beds).ToList();
        var found = places.Count;
        for (var number = 1; places.Count < beds; number++)
        {
            places.Add(Made(number));
        }

        return await MakeAsync(places.Count - found, ct) is { } refused ? refused : (places, found);
    }

    private List<Place> Lying(List<JsonElement> resources)
    {
        var youngest = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddYears(-Adult);
        var adults = resources.Where(r => Type(r) == "Patient" && Born(r) is { } born && born <= youngest).Select(Id).ToHashSet(StringComparer.Ordinal);
        var beds = resources.Where(r => Type(r) == "Location" && IsBed(r)).Select(Id).ToHashSet(StringComparer.Ordinal);
        var lying = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var stay in resources.Where(r => Type(r) == "Encounter" && r.TryGetProperty("location", out _)))
        {
            var patient = Target(stay, "subject", "Patient");
            var bed = stay.GetProperty("location").EnumerateArray()
                .Where(l => !l.TryGetProperty("status", out var status) || status.GetString() == "active").Select(l => Target(l, "location", "Location")).LastOrDefault();
            // Those of earlier runs are made below.
            if (patient is not null && adults.Contains(patient) && bed is not null && beds.Contains(bed) && !bed.StartsWith("simulated-", StringComparison.Ordinal))
            {
                lying[bed] = new Place(Prefix + bed, patient, bed);
            }
        }

        return [.. lying.Values.OrderBy(p => p.Bed, StringComparer.Ordinal)];
    }

    private static Place Made(int number) => new($"{Prefix}simulated-bed-{number:000}", $"simulated-patient-{number:000}", $"simulated-bed-{number:000}");

    private async Task<Failure?> MakeAsync(int count, CancellationToken ct) => count == 0 ? null : await bundles.PutMissingAsync(
        [Location(Ward, "Simulated ward", "wa", "Ward", null), .. Enumerable.Range(1, count).SelectMany(Patient)], ct);

    private IEnumerable<JsonObject> Patient(int number)
    {
        var (place, today) = (Made(number), time.GetUtcNow().UtcDateTime);
        yield return Location(place.Bed, $"Simulated ward bed {number}", "bd", "Bed", Ward);
        yield return new JsonObject
        {
            ["resourceType"] = "Patient",
            ["id"] = place.Patient,
            ["meta"] = new JsonObject { ["tag"] = new JsonArray(Coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST", "test health data")) },
            ["name"] = new JsonArray(new JsonObject { ["family"] = $"Simulated-{number}", ["given"] = new JsonArray(number % 2 == 0 ? "Ada" : "Ben") }),
            ["gender"] = number % 2 == 0 ? "female" : "male",
            ["birthDate"] = today.AddYears(-35 - (number * 7 % 50)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
        yield return new JsonObject
        {
            ["resourceType"] = "Encounter",
            ["id"] = $"simulated-stay-{number:000}",
            ["status"] = "in-progress",
            ["class"] = Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter"),
            ["subject"] = new JsonObject { ["reference"] = $"Patient/{place.Patient}" },
            ["period"] = new JsonObject { ["start"] = today.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) },
            ["location"] = new JsonArray(new JsonObject { ["location"] = new JsonObject { ["reference"] = $"Location/{place.Bed}" }, ["status"] = "active" }),
        };
    }

    private static JsonObject Location(string id, string name, string type, string typeName, string? partOf)
    {
        var location = new JsonObject
        {
            ["resourceType"] = "Location",
            ["id"] = id,
            ["status"] = "active",
            ["name"] = name,
            ["mode"] = "instance",
            ["physicalType"] = new JsonObject { ["coding"] = new JsonArray(Coding("http://terminology.hl7.org/CodeSystem/location-physical-type", type, typeName)) },
        };
        if (partOf is not null)
        {
            location["partOf"] = new JsonObject { ["reference"] = $"Location/{partOf}" };
        }

        return location;
    }

    private static JsonObject Coding(string system, string code, string display) => new() { ["system"] = system, ["code"] = code, ["display"] = display };

    private static string Type(JsonElement resource) => resource.GetProperty("resourceType").GetString()!;

    private static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    // A year or a month stands for its first day.
    private static DateOnly? Born(JsonElement patient) =>
        patient.TryGetProperty("birthDate", out var born) && born.GetString() is { Length: >= 4 } text
            && DateOnly.TryParse(text.Length == 4 ? $"{text}-01-01" : text.Length == 7 ? $"{text}-01" : text, CultureInfo.InvariantCulture, out var date) ? date : null;

    private static bool IsBed(JsonElement place) => place.TryGetProperty("physicalType", out var type) && type.TryGetProperty("coding", out var codings)
        && codings.EnumerateArray().Any(c => c.TryGetProperty("code", out var code) && code.GetString() == "bd");

    private static string? Target(JsonElement element, string name, string type) =>
        element.TryGetProperty(name, out var reference) && reference.TryGetProperty("reference", out var text) && text.GetString()?.Split('/') is [.., var of, var id] && of == type ? id : null;
}
