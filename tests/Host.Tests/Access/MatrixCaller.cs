using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Salus.Access;

namespace Salus.Host.Tests.Access;

/// <summary>Somebody who sends requests, as a browser with a session, or as nobody. Safe for all threads.</summary>
internal sealed class MatrixCaller : IDisposable
{
    private readonly HttpClient http;

    private MatrixCaller(Uri server, string role)
    {
        Role = role;
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, MaxConnectionsPerServer = 8 }) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>The role, or what stands for nobody.</summary>
    public string Role { get; }

    /// <summary>The antiforgery token; empty for nobody.</summary>
    public string Token { get; private set; } = "";

    public static MatrixCaller Nobody(Uri server, string what, params (string Name, string Value)[] headers)
    {
        var caller = new MatrixCaller(server, what);
        foreach (var (name, value) in headers)
        {
            caller.http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return caller;
    }

    /// <summary>Signs in to a demo account as the pages do.</summary>
    public static async Task<MatrixCaller> SignInAsync(Uri server, string role)
    {
        var caller = new MatrixCaller(server, role);
        var cookies = new CookieContainer();
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = server };
        var start = (await browser.GetFromJsonAsync<JsonNode>("/access/session"))!;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/access/sign-in") { Content = JsonContent.Create(new { userName = $"demo-{role}", password = DemoAccounts.Password }) };
        request.Headers.Add("X-Salus-Antiforgery", (string?)start["antiforgery"]);
        using var answer = await browser.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, $"{role}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        var session = (await browser.GetFromJsonAsync<JsonNode>("/access/session"))!;
        caller.Token = (string)session["antiforgery"]!;
        caller.http.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"salus={cookies.GetCookies(server)["salus"]!.Value}");
        return caller;
    }

    public Task<MatrixAnswer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, null, true, headers);

    /// <param name="content">The body; null for none.</param>
    /// <param name="type">Its media type; null for FHIR JSON.</param>
    /// <param name="token">Whether the antiforgery token is sent.</param>
    public async Task<MatrixAnswer> SendAsync(string method, string path, string? content, string? type = null, bool token = true, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (content is not null)
        {
            request.Content = new StringContent(content, Encoding.UTF8, new MediaTypeHeaderValue(type ?? "application/fhir+json"));
        }

        if (token && Token.Length > 0)
        {
            request.Headers.Add("X-Salus-Antiforgery", Token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // A stream of events has no end; that it began is its answer.
        var text = answer.Content.Headers.ContentType?.MediaType == "text/event-stream" ? "" : await answer.Content.ReadAsStringAsync();
        return new MatrixAnswer($"{method} {path}{(content is null ? "" : " " + content[..Math.Min(content.Length, 400)])}", this, (int)answer.StatusCode, text, $"{answer.Headers}{answer.Content.Headers}", answer.Content.Headers.ContentLocation ?? answer.Headers.Location);
    }

    /// <summary>Opens a stream of events; it has begun when this returns.</summary>
    public async Task<StreamReader> FollowAsync(string path)
    {
        var answer = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    public void Dispose() => http.Dispose();
}
