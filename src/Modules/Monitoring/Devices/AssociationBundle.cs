using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Monitoring.Devices;

/// <summary>The transaction that attaches a device to a patient, or detaches it.</summary>
internal sealed class AssociationBundle
{
    /// <summary>The system of the identifiers that keep two people from attaching a device at the same time.</summary>
    public const string Turns = "urn:salus:device-association";

    private readonly JsonArray entries = [];

    /// <summary>Ends a statement, if it still is as it was seen.</summary>
    public void End(DeviceUseRow use, long at)
    {
        var patch = new JsonArray(Add("/status", "completed"));
        patch.Add(use.Start is null ? Add("/timingPeriod", new JsonObject { ["end"] = Time(at) }) : Add("/timingPeriod/end", Time(at)));
        Patch($"DeviceUseStatement/{use.Id}", patch, use.Version);
    }

    /// <summary>Begins one. Of two that begin after the same <paramref name="turn"/>, only one is stored.</summary>
    public void Begin(string device, string patient, long from, long turn, long now)
    {
        var value = string.Create(CultureInfo.InvariantCulture, $"{device}/{turn}");
        entries.Insert(0, new JsonObject
        {
            ["resource"] = new JsonObject
            {
                ["resourceType"] = "DeviceUseStatement",
                ["identifier"] = new JsonArray(new JsonObject { ["system"] = Turns, ["value"] = value }),
                ["status"] = "active",
                ["subject"] = new JsonObject { ["reference"] = $"Patient/{patient}" },
                ["timingPeriod"] = new JsonObject { ["start"] = Time(from) },
                ["recordedOn"] = Time(now),
                ["device"] = new JsonObject { ["reference"] = $"Device/{device}" },
            },
            ["request"] = new JsonObject { ["method"] = "POST", ["url"] = "DeviceUseStatement", ["ifNoneExist"] = $"identifier={Turns}|{value}" },
        });
    }

    /// <summary>Puts a device into a bed.</summary>
    public void Move(string device, string bed) => Patch($"Device/{device}", [Add("/location", new JsonObject { ["reference"] = $"Location/{bed}" })], null);

    public ReadOnlyMemory<byte> ToUtf8() => Encoding.UTF8.GetBytes(new JsonObject { ["resourceType"] = "Bundle", ["type"] = "transaction", ["entry"] = entries.DeepClone() }.ToJsonString());

    private void Patch(string url, JsonArray patch, int? version)
    {
        var request = new JsonObject { ["method"] = "PATCH", ["url"] = url };
        if (version is { } seen)
        {
            request["ifMatch"] = $"W/\"{seen}\"";
        }

        entries.Add(new JsonObject
        {
            ["resource"] = new JsonObject { ["resourceType"] = "Binary", ["contentType"] = "application/json-patch+json", ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(patch.ToJsonString())) },
            ["request"] = request,
        });
    }

    private static JsonObject Add(string path, JsonNode value) => new() { ["op"] = "add", ["path"] = path, ["value"] = value };

    private static string Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
