using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Salus.Kernel;
using Salus.Simulation;

namespace Salus.Host.Commands;

/// <summary>Made-up bedside monitors reach a server by HTTP.</summary>
internal sealed class ServerLink(HttpClient http, TimeProvider time) : IBedsideLink
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<Outcome<ReadOnlyMemory<byte>>> PostBundleAsync(ReadOnlyMemory<byte> bundle, CancellationToken ct)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(bundle);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
            using var answer = await http.PostAsync(new Uri("/fhir", UriKind.Relative), content, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            return answer.IsSuccessStatusCode ? (ReadOnlyMemory<byte>)body : new Failure(Kind(answer.StatusCode), "processing", $"POST /fhir answered {(int)answer.StatusCode}: {Diagnostics(body)}");
        }
        catch (Exception e) when (IsSilence(e, ct))
        {
            return new Failure(FailureKind.Unavailable, "transient", $"The server does not answer: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async Task<Outcome<bool>> KnowsAsync(IReadOnlyCollection<string> devices, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/monitoring/devices", UriKind.Relative), ct);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
            {
                // A sender need not see the devices. What it sends too early is rejected, and shown.
                return true;
            }

            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            if (!answer.IsSuccessStatusCode)
            {
                return new Failure(Kind(answer.StatusCode), "processing", $"GET /monitoring/devices answered {(int)answer.StatusCode}: {Diagnostics(body)}");
            }

            using var list = JsonDocument.Parse(body);
            var known = list.RootElement.EnumerateArray().Where(d => d.GetProperty("since").ValueKind == JsonValueKind.String).Select(d => d.GetProperty("id").GetString()).ToHashSet();
            return devices.All(known.Contains);
        }
        catch (Exception e) when (IsSilence(e, ct))
        {
            return new Failure(FailureKind.Unavailable, "transient", $"The server does not answer: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public async Task<Delivery> SendAsync(ReadOnlyMemory<byte> body, string mediaType, CancellationToken ct)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
            using var answer = await http.PostAsync(new Uri("/telemetry", UriKind.Relative), content, ct);
            var bytes = await answer.Content.ReadAsByteArrayAsync(ct);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Read(bytes),
                HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => Delivery.Later($"{(int)answer.StatusCode}: {Diagnostics(bytes)}", Wait(answer.Headers.RetryAfter)),
                _ => Delivery.Refused($"POST /telemetry answered {(int)answer.StatusCode}: {Diagnostics(bytes)}"),
            };
        }
        // A body whose answer was lost is sent again: what was stored is a duplicate then.
        catch (Exception e) when (IsSilence(e, ct))
        {
            return Delivery.Later($"The server does not answer: {e.Message}", Pause);
        }
    }

    private static Delivery Read(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var first = root.GetProperty("rejections").EnumerateArray().FirstOrDefault();
        var curves = root.TryGetProperty("waveforms", out var waveforms) ? (Stored: waveforms.GetProperty("stored").GetInt32(), Duplicates: waveforms.GetProperty("duplicates").GetInt32()) : default;
        return new Delivery(
            root.GetProperty("stored").GetInt32() + curves.Stored, root.GetProperty("duplicates").GetInt32() + curves.Duplicates, root.GetProperty("rejected").GetInt32(),
            first.ValueKind == JsonValueKind.Object ? $"{first.GetProperty("device").GetString()}, {first.GetProperty("code").GetString()}: {first.GetProperty("message").GetString()}" : null);
    }

    private TimeSpan Wait(RetryConditionHeaderValue? after)
    {
        var wait = after?.Delta ?? (after?.Date - time.GetUtcNow()) ?? Pause;
        return wait > TimeSpan.FromMinutes(5) ? TimeSpan.FromMinutes(5) : wait > TimeSpan.Zero ? wait : Pause;
    }

    // A request that takes too long is cancelled by the client itself.
    private static bool IsSilence(Exception e, CancellationToken ct) => e is HttpRequestException or IOException || (e is TaskCanceledException && !ct.IsCancellationRequested);

    private static FailureKind Kind(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => FailureKind.Forbidden,
        HttpStatusCode.TooManyRequests => FailureKind.Busy,
        >= HttpStatusCode.InternalServerError => FailureKind.Unavailable,
        _ => FailureKind.Invalid,
    };

    private static string Diagnostics(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.TryGetProperty("issue", out var issues) && issues[0].TryGetProperty("diagnostics", out var text) ? text.GetString()! : "no reason was given.";
        }
        catch (JsonException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{body.Length} bytes that are no OperationOutcome.");
        }
    }
}
