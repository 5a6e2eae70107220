using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Kernel;

namespace Salus.Simulation.Bedside;

/// <summary>
/// Makes the devices of places known: a Device for each bed, and a DeviceUseStatement that says who is on it. What is there already stays; where the newest statement of a device is of somebody else, or
/// is over, another one follows from now on.
/// </summary>
internal sealed class Registration(IBedsideLink link, TimeProvider time)
{
    /// <summary>System of the devices' identifiers.</summary>
    public const string Serials = "https://salus-demo.example.org/ids/device";

    private const int Together = 20;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Bundles bundles = new(link);

    /// <param name="from">Since when patients are on devices that were free.</param>
    public async Task<Failure?> AttachAsync(IReadOnlyList<Place> places, DateTimeOffset from, CancellationToken ct)
    {
        if (await bundles.PutMissingAsync([.. places.Select(Device)], ct) is { } failure)
        {
            return failure;
        }

        var uses = await bundles.SearchAsync([.. places.Chunk(Together).Select(some => $"DeviceUseStatement?device={string.Join(',', some.Select(p => $"Device/{p.Device}"))}&_count=1000")], ct);
        if (uses.Failed(out failure))
        {
            return failure;
        }

        var newest = uses.Value.Where(IsOpen).GroupBy(DeviceOf).ToDictionary(g => g.Key, g => PatientOf(g.MaxBy(StartOf)), StringComparer.Ordinal);
        var used = uses.Value.Select(DeviceOf).ToHashSet(StringComparer.Ordinal);
        var missing = places.Where(p => newest.GetValueOrDefault(p.Device) != p.Patient).ToList();
        return await bundles.PutMissingAsync([.. missing.Select(p => Use(p, used.Contains(p.Device) ? time.GetUtcNow() : from))], ct)
            ?? await KnownAsync(places, ct);
    }

    // Whoever takes samples follows the record: within a second, usually.
    private async Task<Failure?> KnownAsync(IReadOnlyList<Place> places, CancellationToken ct)
    {
        var devices = places.Select(p => p.Device).ToList();
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < Patience;)
        {
            var known = await link.KnowsAsync(devices, ct);
            if (known.Failed(out var failure) || known.Value)
            {
                return failure;
            }

            await Task.Delay(Look, time, ct);
        }

        return new Failure(FailureKind.Unavailable, "transient", $"The devices were stored, and are not known to whoever takes samples after {Patience.TotalSeconds:0} s. Look at the change feed on the system page.");
    }

    private static JsonObject Device(Place place) => new()
    {
        ["resourceType"] = "Device",
        ["id"] = place.Device,
        ["identifier"] = new JsonArray(new JsonObject { ["system"] = Serials, ["value"] = place.Device }),
        ["status"] = "active",
        ["manufacturer"] = "Salus (simulation)",
        ["deviceName"] = new JsonArray(new JsonObject { ["name"] = $"Simulated monitor of {place.Bed}", ["type"] = "user-friendly-name" }),
        ["type"] = new JsonObject { ["text"] = "Simulated bedside monitor" },
        ["location"] = new JsonObject { ["reference"] = $"Location/{place.Bed}" },
        ["note"] = new JsonArray(new JsonObject { ["text"] = "There is no such device: its values are made by a simulation." }),
    };

    private static JsonObject Use(Place place, DateTimeOffset from) => new()
    {
        ["resourceType"] = "DeviceUseStatement",
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"{place.Device}-{from.UtcDateTime:yyyyMMddHHmmss}"),
        ["status"] = "active",
        ["subject"] = new JsonObject { ["reference"] = $"Patient/{place.Patient}" },
        ["timingPeriod"] = new JsonObject { ["start"] = from.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) },
        ["device"] = new JsonObject { ["reference"] = $"Device/{place.Device}" },
    };

    /// <summary>Whether a statement is in force: neither over nor withdrawn.</summary>
    public static bool IsOpen(JsonElement use) =>
        use.GetProperty("status").GetString() == "active" && !(use.TryGetProperty("timingPeriod", out var period) && period.TryGetProperty("end", out _));

    /// <summary>Logical id of its device.</summary>
    public static string DeviceOf(JsonElement use) => use.GetProperty("device").GetProperty("reference").GetString()!.Split('/')[^1];

    /// <summary>Logical id of its patient.</summary>
    public static string PatientOf(JsonElement use) => use.GetProperty("subject").GetProperty("reference").GetString()!.Split('/')[^1];

    private static DateTimeOffset StartOf(JsonElement use) =>
        use.TryGetProperty("timingPeriod", out var period) && period.TryGetProperty("start", out var start)
            && DateTimeOffset.TryParse(start.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MinValue;
}
