using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Records.Tests.Support;

/// <summary>A small FHIR client: paths below <c>/fhir</c>, JSON nodes in and out, nothing decided by itself.</summary>
internal sealed class FhirClient(Uri address) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromMinutes(2) };

    public Uri Base { get; } = new(address, "/fhir/");

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    public Task<Answer> PutAsync(JsonNode resource, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, $"{resource["resourceType"]}/{resource["id"]}", Json(resource.ToJsonString()), headers);

    public Task<Answer> PostAsync(JsonNode resource, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, $"{resource["resourceType"]}", Json(resource.ToJsonString()), headers);

    public Task<Answer> BundleAsync(JsonNode bundle, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, "", Json(bundle.ToJsonString()), headers);

    /// <summary>Puts a resource that has to be accepted.</summary>
    public async Task<Answer> StoreAsync(JsonNode resource)
    {
        var answer = await PutAsync(resource);
        Assert.True(answer.Status is 200 or 201, answer.ToString());
        return answer;
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("http://", StringComparison.Ordinal) ? new Uri(path) : new Uri(Base + path)) { Content = content };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value) || content?.Headers.TryAddWithoutValidation(name, value) == true, name);
        }

        using var response = await http.SendAsync(request);
        return new Answer((int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>One page of a search that has to succeed.</summary>
    public async Task<Answer> SearchAsync(string path)
    {
        var answer = await GetAsync(path);
        Assert.True(answer.Status == 200, $"{path}: {answer}");
        return answer;
    }

    /// <summary>Ids of the matches of all pages, in order.</summary>
    public async Task<List<string>> IdsAsync(string path)
    {
        var ids = new List<string>();
        for (var next = path; next is not null;)
        {
            var page = await SearchAsync(next);
            ids.AddRange(page.Ids("match"));
            next = page.Link("next");
        }

        return ids;
    }

    public static HttpContent Json(string text) => Json(Encoding.UTF8.GetBytes(text));

    public static HttpContent Json(byte[] body, string? type = "application/fhir+json")
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public void Dispose() => http.Dispose();
}
