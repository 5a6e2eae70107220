using System.Text.Json;
using Salus.Kernel;
using Salus.Records;

namespace Salus.Monitoring.Live;

/// <summary>A patient as a wall names them.</summary>
/// <param name="Short">Family name and the first letter of the given one.</param>
internal sealed record WardPatient(string Id, string Name, string Short, string? BirthDate, string? Sex);

/// <summary>A bed, and who lies in it; null for nobody, or nobody whom the caller may see.</summary>
internal sealed record WardBed(string Id, string Name, WardPatient? Patient);

/// <summary>A ward as somebody sees it.</summary>
internal sealed record Ward(string Id, string Name, IReadOnlyList<WardBed> Beds)
{
    public IEnumerable<string> Patients => Beds.Select(b => b.Patient?.Id).OfType<string>();
}

/// <summary>
/// Puts wards together from the record, as the caller: locations and their parts (http://hl7.org/fhir/R4/location.html), current encounters at them, and the patients of these. Nothing of it is
/// kept, so that it is never wrong for longer than the caller waits to ask again.
/// </summary>
internal sealed class WardView(Record record)
{
    private const int Most = 1000;

    /// <summary>Locations that are wards by their physicalType and have beds; those that are given up (<c>inactive</c>) do not count.</summary>
    public async Task<Outcome<IReadOnlyList<(string Id, string Name, int Beds)>>> ListAsync(Caller caller, CancellationToken ct)
    {
        var found = await SearchAsync(caller, ct, $"Location?_count={Most}&_elements=name,physicalType,partOf,status");
        if (found.Failed(out var failure))
        {
            return failure;
        }

        var places = found.Value[0].Where(r => Type(r) == "Location" && Text(r, "status") != "inactive").DistinctBy(Id).ToDictionary(Id, StringComparer.Ordinal);
        var beds = places.Values.Where(p => Kind(p) == "bd").Select(b => WardOf(b, places)).OfType<string>().CountBy(w => w).ToDictionary();
        return places.Values.Where(p => beds.ContainsKey(Id(p))).Select(p => (Id(p), Name(p), beds[Id(p)])).OrderBy(w => w.Item2, StringComparer.Ordinal).ToList();
    }

    /// <summary>A ward with its beds; NotFound where there is no such location.</summary>
    public async Task<Outcome<Ward>> FindAsync(Caller caller, string ward, CancellationToken ct)
    {
        if (ward.Length is 0 or > 64 || !ward.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
        {
            return new Failure(FailureKind.NotFound, "not-found", "This is not the logical id of a Location. GET /monitoring/wards lists the wards.", "ward");
        }

        var places = await SearchAsync(
            caller, ct, $"Location?_id={Uri.EscapeDataString(ward)}", $"Location?partof={Uri.EscapeDataString($"Location/{ward}")}&_count={Most}", $"Location?partof.partof={Uri.EscapeDataString($"Location/{ward}")}&_count={Most}");
        if (places.Failed(out var failure))
        {
            return failure;
        }

        if (places.Value[0].FirstOrDefault(r => Type(r) == "Location") is not { ValueKind: JsonValueKind.Object } place)
        {
            return new Failure(FailureKind.NotFound, "not-found", $"There is no Location/{ward}. GET /monitoring/wards lists the wards.");
        }

        var all = places.Value.SelectMany(p => p).Where(r => Type(r) == "Location").DistinctBy(Id).ToList();
        var stays = await SearchAsync(caller, ct, $"Encounter?status=in-progress&location={Uri.EscapeDataString(string.Join(',', all.Select(p => $"Location/{Id(p)}")))}&_include=Encounter:patient&_count={Most}");
        return stays.Failed(out failure) ? failure : new Ward(ward, Name(place), Beds(all, stays.Value[0], Name(place)));
    }

    private static List<WardBed> Beds(List<JsonElement> places, List<JsonElement> stays, string ward)
    {
        var patients = stays.Where(r => Type(r) == "Patient").DistinctBy(Id).ToDictionary(Id, Patient, StringComparer.Ordinal);
        var inBed = new Dictionary<string, WardPatient>(StringComparer.Ordinal);
        foreach (var stay in stays.Where(r => Type(r) == "Encounter"))
        {
            if (Reference(stay, "subject", "Patient") is not { } id || !patients.TryGetValue(id, out var patient) || !stay.TryGetProperty("location", out var locations))
            {
                continue;
            }

            foreach (var at in locations.EnumerateArray().Where(l => !l.TryGetProperty("status", out var status) || status.GetString() == "active"))
            {
                if (Reference(at, "location", "Location") is { } bed)
                {
                    inBed[bed] = patient;
                }
            }
        }

        return [.. places.Where(p => Kind(p) == "bd").OrderBy(Name, StringComparer.Ordinal).Select(p => new WardBed(Id(p), Within(Name(p), ward), inBed.GetValueOrDefault(Id(p))))];
    }

    // A tile of a wall has no room for what its title says already.
    private static string Within(string name, string ward) => name.Length > ward.Length && name.StartsWith(ward, StringComparison.Ordinal) ? name[ward.Length..].TrimStart(' ', ',', '-') : name;

    private static string? WardOf(JsonElement place, Dictionary<string, JsonElement> places)
    {
        // Rooms lie between; a circle of parts ends the walk.
        for (var step = 0; step < 8 && Reference(place, "partOf", "Location") is { } whole && places.TryGetValue(whole, out place); step++)
        {
            if (Kind(place) == "wa")
            {
                return whole;
            }
        }

        return null;
    }

    private static WardPatient Patient(JsonElement patient)
    {
        var name = patient.TryGetProperty("name", out var names) && names.GetArrayLength() > 0 ? names[0] : default;
        var family = name.ValueKind == JsonValueKind.Object && name.TryGetProperty("family", out var f) ? f.GetString() ?? "" : "";
        var given = name.ValueKind == JsonValueKind.Object && name.TryGetProperty("given", out var g) ? string.Join(' ', g.EnumerateArray().Select(x => x.GetString())) : "";
        return new WardPatient(Id(patient), $"{family.ToUpperInvariant()}, {given}".Trim(' ', ','), given.Length > 0 ? $"{family} {given[0]}." : family, Text(patient, "birthDate"), Text(patient, "gender"));
    }

    // All pages of each: a hospital has more places than one takes. What changes meanwhile may be on two of them.
    private async Task<Outcome<List<List<JsonElement>>>> SearchAsync(Caller caller, CancellationToken ct, params string[] searches)
    {
        var all = searches.Select(_ => new List<JsonElement>()).ToList();
        for (var open = searches.Index().ToList(); open.Count > 0;)
        {
            var entries = open.Select(o => new { request = new { method = "GET", url = o.Item } });
            var answer = await record.PostBundleAsync(caller, JsonSerializer.SerializeToUtf8Bytes(new { resourceType = "Bundle", type = "batch", entry = entries }), ct);
            if (answer.Failed(out var failure))
            {
                return failure;
            }

            using var bundle = JsonDocument.Parse(answer.Value);
            var further = new List<(int Index, string Item)>();
            foreach (var (entry, (index, search)) in bundle.RootElement.GetProperty("entry").EnumerateArray().Zip(open))
            {
                var status = entry.GetProperty("response").GetProperty("status").GetString()!;
                if (status[0] != '2')
                {
                    return new Failure(status.StartsWith("403", StringComparison.Ordinal) ? FailureKind.Forbidden : FailureKind.Unavailable, "forbidden", "You may not see who lies where.");
                }

                var page = entry.GetProperty("resource");
                all[index].AddRange(page.TryGetProperty("entry", out var found) ? found.EnumerateArray().Select(e => e.GetProperty("resource").Clone()) : []);
                if (Next(page, search) is { } next)
                {
                    further.Add((index, next));
                }
            }

            open = further;
        }

        return all;
    }

    // The link is an address; a bundle asks without its base.
    private static string? Next(JsonElement page, string search) =>
        page.TryGetProperty("link", out var links) && links.EnumerateArray().FirstOrDefault(l => Text(l, "relation") == "next") is { ValueKind: JsonValueKind.Object } link && Text(link, "url") is { } url
            ? url[url.IndexOf(search[..(search.IndexOf('?', StringComparison.Ordinal) + 1)], StringComparison.Ordinal)..]
            : null;

    private static string Type(JsonElement resource) => resource.GetProperty("resourceType").GetString()!;

    private static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    private static string Name(JsonElement place) => Text(place, "name") ?? Id(place);

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? Kind(JsonElement place) =>
        place.TryGetProperty("physicalType", out var type) && type.TryGetProperty("coding", out var codings) ? codings.EnumerateArray().Select(c => Text(c, "code")).FirstOrDefault() : null;

    private static string? Reference(JsonElement element, string name, string type) =>
        element.TryGetProperty(name, out var reference) && Text(reference, "reference")?.Split('/') is [.., var of, var id] && of == type ? id : null;
}
