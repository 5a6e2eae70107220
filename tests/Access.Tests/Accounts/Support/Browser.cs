using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Salus.Access.Tests.Accounts.Support;

/// <summary>A browser as the server sees it: keeps cookies, and sends the antiforgery token as the pages do.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient http;

    public Browser(Uri server, string? address = null)
    {
        Cookies = new CookieContainer();
        http = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = server };
        if (address is not null)
        {
            http.DefaultRequestHeaders.Add("X-Test-Address", address);
        }
    }

    public CookieContainer Cookies { get; }

    public string Token { get; private set; } = "";

    public HttpClient Http => http;

    public string? Cookie(string name) => Cookies.GetCookies(http.BaseAddress!)[name]?.Value;

    public async Task<JsonNode> SessionAsync()
    {
        var session = (await http.GetFromJsonAsync<JsonNode>("/access/session"))!;
        Token = session["antiforgery"]!.GetValue<string>();
        return session;
    }

    /// <summary>Signs in and asks for the new token; the answer of the sign-in.</summary>
    public async Task<Reply> SignInAsync(string userName, string password = AccountServer.Password)
    {
        await SessionAsync();
        var answer = await PostAsync("/access/sign-in", new { userName, password });
        if (answer.Ok)
        {
            await SessionAsync();
        }

        return answer;
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, Token);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body, Token);

    public Task<Reply> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body, Token);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null, Token);

    public async Task<Reply> SendAsync(HttpMethod method, string path, object? body, string? token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = JsonContent.Create(body);
        }

        if (!string.IsNullOrEmpty(token))
        {
            request.Headers.Add("X-Salus-Antiforgery", token);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new Reply(answer.StatusCode, text, answer.Headers.Location, answer.Headers.RetryAfter?.Delta);
    }

    public void Dispose() => http.Dispose();
}

/// <summary>What the server answered.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, Uri? Location, TimeSpan? RetryAfter)
{
    public bool Ok => (int)Status < 300;

    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Next => Json["next"]?.GetValue<string>();

    /// <summary>The field that was refused.</summary>
    public string? Field => Json["issue"]?[0]?["expression"]?[0]?.GetValue<string>();
}
