using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Salus.Kernel;

namespace Salus.Monitoring.Devices;

/// <summary>Who comes onto a device.</summary>
/// <param name="Patient">Logical id.</param>
/// <param name="Bed">Logical id of the Location where the device is; null when it stays where it is.</param>
/// <param name="From">Milliseconds since 1970 UTC; null for now.</param>
internal sealed record AssociationRequest(string Patient, string? Bed, long? From)
{
    private const int Most = 16 * 1024;

    /// <summary>Reads the body of a request.</summary>
    public static async Task<Outcome<AssociationRequest>> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            return new Failure(FailureKind.UnsupportedMediaType, "not-supported", "Send application/json.", "Content-Type");
        }

        var bytes = new byte[Most + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, http.RequestAborted);
        if (length > Most)
        {
            return new Failure(FailureKind.TooLarge, "too-long", $"The body is larger than {Most} bytes.");
        }

        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length));
            return Of(json.RootElement);
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.Invalid, "structure", $"The body is not well-formed JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    private static Outcome<AssociationRequest> Of(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || json.EnumerateObject().FirstOrDefault(p => p.Name is not ("patient" or "bed" or "from")) is { Value.ValueKind: not JsonValueKind.Undefined })
        {
            return new Failure(FailureKind.Invalid, "structure", "The body is an object with patient, and perhaps bed and from.");
        }

        if (Id(json, "patient") is not { } patient)
        {
            return new Failure(FailureKind.Invalid, "required", "This is the logical id of the Patient who comes onto the device.", "patient");
        }

        if (json.TryGetProperty("bed", out var said) && said.ValueKind != JsonValueKind.Null && Id(json, "bed") is null)
        {
            return new Failure(FailureKind.Invalid, "value", "This is the logical id of a Location.", "bed");
        }

        long? from = null;
        if (json.TryGetProperty("from", out var time) && time.ValueKind != JsonValueKind.Null)
        {
            from = time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var number) ? number
                : time.ValueKind == JsonValueKind.String && time.GetString() is [.., _, _, _, _, _, _] text && (text[^1] == 'Z' || text[^6] is '+' or '-') && time.TryGetDateTimeOffset(out var at) ? at.ToUnixTimeMilliseconds()
                : null;
            if (from is null)
            {
                return new Failure(FailureKind.Invalid, "value", "This is ISO 8601 with a zone, or milliseconds since 1970.", "from");
            }
        }

        return new AssociationRequest(patient, Id(json, "bed"), from);
    }

    private static string? Id(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 64 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? id : null;
}
