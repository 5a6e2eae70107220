using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Salus.Fhir.Json;
using Salus.Kernel;

namespace Salus.Records.Import;

/// <summary>A FHIR server over HTTP.</summary>
internal sealed class ServerTarget : IImportTarget
{
    private readonly HttpClient http;
    private readonly Uri fhir;
    private readonly TimeProvider time;

    public ServerTarget(Uri server, RecordsOptions options, TimeProvider time, string? token, SslClientAuthenticationOptions? tls)
    {
        var address = server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        fhir = new Uri(address.EndsWith("/fhir", StringComparison.Ordinal) ? address : address + "/fhir");
        this.time = time;
        MaxBytes = options.MaxBodyBytes;
        // A command talks to one server for as long as it runs: there is nothing for a factory to manage.
        http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All, AllowAutoRedirect = false, SslOptions = tls ?? new() })
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        http.DefaultRequestHeaders.Accept.ParseAdd("application/fhir+json");
        http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    public string Name => $"server {fhir}";

    public int MaxBytes { get; }

    public async Task<Failure?> CheckAsync(CancellationToken ct)
    {
        var answer = await RunAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{fhir}/metadata"), ct);
        return answer switch
        {
            { Message: { } message } => new Failure(FailureKind.Unavailable, "transient", message),
            { Status: 200 } => null,
            _ => new Failure(FailureKind.Unavailable, "not-found", $"{fhir}/metadata answers with {answer.Status}: there is no FHIR server at this address, or it does not let us in."),
        };
    }

    public async Task<TargetAnswer> SendAsync(ReadOnlyMemory<byte> bundle, ResourceDocument? document, CancellationToken ct)
    {
        var body = new MemoryStream(bundle.Length / 8);
        await using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(bundle, ct);
        }

        var bytes = new ReadOnlyMemory<byte>(body.GetBuffer(), 0, (int)body.Length);
        return await RunAsync(
            () =>
            {
                var content = new ReadOnlyMemoryContent(bytes);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
                content.Headers.ContentEncoding.Add("gzip");
                return new HttpRequestMessage(HttpMethod.Post, fhir) { Content = content };
            },
            ct);
    }

    public Task<TargetAnswer> SearchAsync(string type, IReadOnlyList<KeyValuePair<string, string>> query, CancellationToken ct)
    {
        // A comma may stand as it is in a query, and ids need no escapes.
        var text = string.Join('&', query.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value).Replace("%2C", ",", StringComparison.Ordinal)}"));
        return RunAsync(() => new HttpRequestMessage(HttpMethod.Get, $"{fhir}/{type}?{text}"), ct);
    }

    // FHIR has no search for ids of several types at once.
    public Task<bool> HasAllAsync(IReadOnlyList<(string Type, string Id)> resources) => Task.FromResult(false);

    public void Dispose() => http.Dispose();

    private async Task<TargetAnswer> RunAsync(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        try
        {
            using var request = make();
            using var response = await http.SendAsync(request, ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            var again = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null;
            return new TargetAnswer((int)response.StatusCode, body, RetryAfter: again);
        }
        catch (HttpRequestException e)
        {
            return new TargetAnswer(503, default, $"{fhir} does not answer: {e.InnerException?.Message ?? e.Message}");
        }
        // A connection that the other side resets while it is being set up comes as a bare SocketException.
        catch (Exception e) when (e is IOException or SocketException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return new TargetAnswer(503, default, $"{fhir} stopped answering: {e.Message}");
        }
    }
}
