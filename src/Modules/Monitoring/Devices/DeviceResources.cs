using Salus.Fhir.Json;
using Salus.Fhir.Primitives;
using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>What the registry needs of Device, DeviceUseStatement and DeviceMetric (http://hl7.org/fhir/R4/deviceusestatement.html).</summary>
internal static class DeviceResources
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <param name="resource">Nothing for a deletion.</param>
    public static DeviceRow Device(FeedEvent change, Element resource) => new(
        change.Tenant, change.Id, change.Position, !resource.Exists, resource.Child("status"u8).AsString(),
        resource.Child("deviceName"u8).Child("name"u8).AsString() ?? resource.Child("type"u8).Child("text"u8).AsString(), Identifiers(resource),
        Reference(resource.Child("location"u8), "Location/"), Reference(resource.Child("parent"u8), "Device/"));

    public static DeviceUseRow Use(FeedEvent change, Element resource)
    {
        var status = resource.Child("status"u8).AsString();
        var period = resource.Child("timingPeriod"u8);
        var start = Time(period.Child("start"u8));
        var until = Time(period.Child("end"u8));
        return new DeviceUseRow(
            change.Tenant, change.Id, change.Position, !resource.Exists, change.Version, status, Reference(resource.Child("device"u8), "Device/"), Reference(resource.Child("subject"u8), "Patient/"),
            start is { } from ? Floor(from.Low) : null,
            // What is over without saying since when is over since that was written.
            until is { } end ? Floor(end.High - 1) + 1 : status is "completed" or "stopped" ? change.At.ToUnixTimeMilliseconds() : null);
    }

    public static DeviceUnitRow Unit(FeedEvent change, Element resource) => new(
        change.Tenant, change.Id, change.Position, !resource.Exists, Reference(resource.Child("source"u8), "Device/") ?? Reference(resource.Child("parent"u8), "Device/"),
        Codes(resource.Child("type"u8), null), Codes(resource.Child("unit"u8), Ucum).FirstOrDefault());

    private static List<string> Identifiers(Element resource)
    {
        var found = new List<string>();
        foreach (var identifier in resource.Named("identifier"))
        {
            if (identifier.Child("value"u8).AsString() is { Length: > 0 } value)
            {
                found.Add($"{identifier.Child("system"u8).AsString()}|{value}");
            }
        }

        return found;
    }

    private static List<string> Codes(Element concept, string? system)
    {
        var found = new List<string>();
        foreach (var coding in concept.Named("coding"))
        {
            if (coding.Child("code"u8).AsString() is { Length: > 0 } code && (system is null || coding.Child("system"u8).AsString() == system))
            {
                found.Add(code);
            }
        }

        return found;
    }

    private static string? Reference(Element element, string type)
    {
        var text = element.Child("reference"u8).AsString();
        return text is not null && text.StartsWith(type, StringComparison.Ordinal) ? text[type.Length..].Split('/')[0] : null;
    }

    private static FhirDateTime? Time(Element element) => element.HasValue && FhirDateTime.TryRead(element.Text, out var time) ? time : null;

    private static long Floor(long microseconds) => (long)Math.Floor(microseconds / 1000m);
}
