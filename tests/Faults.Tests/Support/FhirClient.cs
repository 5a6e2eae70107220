using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Faults.Tests.Support;

/// <summary>An answer that arrived.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? ETag => Headers.ETag?.ToString();

    public IEnumerable<JsonNode> Entries => Json["entry"]?.AsArray().Select(e => e!) ?? [];

    /// <summary>The diagnostics of the first issue, or what the body begins with.</summary>
    public string Problem
    {
        get
        {
            try
            {
                return (string?)Json["issue"]?[0]?["diagnostics"] ?? ToString();
            }
            catch (System.Text.Json.JsonException)
            {
                return ToString();
            }
        }
    }

    public override string ToString() => $"{Status} {(Text.Length > 600 ? Text[..600] : Text)}";
}

/// <summary>A client of the FHIR API that survives the server. No answer within two minutes is an exception: every wait of the server has to have an end.</summary>
internal sealed class FhirClient(Uri server) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 128, ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = TimeSpan.FromMinutes(2) };

    public Uri Server { get; } = server;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PutAsync(JsonNode resource, string? ifMatch = null) => SendAsync(HttpMethod.Put, $"{resource["resourceType"]}/{resource["id"]}", resource, ("If-Match", ifMatch));

    public Task<Answer> PostAsync(JsonNode resource, params (string Name, string? Value)[] headers) =>
        SendAsync(HttpMethod.Post, (string?)resource["resourceType"] == "Bundle" ? "" : $"{resource["resourceType"]}", resource, headers);

    /// <summary>How many resources a search finds.</summary>
    public async Task<int> CountAsync(string search)
    {
        var answer = await GetAsync($"{search}{(search.Contains('?', StringComparison.Ordinal) ? '&' : '?')}_summary=count");
        Assert.True(answer.Status == 200, $"{search}: {answer}");
        return (int)answer.Json["total"]!;
    }

    /// <summary>Whether it says that it can serve.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await SendAsync(HttpMethod.Get, "/readyz", null)).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body, params (string Name, string? Value)[] headers) => SendAsync(method, path, body, "application/fhir+json", headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body, string contentType, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Server, path.StartsWith('/') ? path : $"/fhir/{path}"));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, contentType);
        }

        foreach (var (name, value) in headers.Where(h => h.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await http.SendAsync(request);
            return new Answer((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // A connection that is reset while it is being set up comes without the usual wrapping.
            throw new HttpRequestException(e.Message, e);
        }
    }

    public void Dispose() => http.Dispose();
}
