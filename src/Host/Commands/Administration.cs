using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary>Asks the server that runs on a data folder to administer accounts and tenants; it writes it into its audit trail.</summary>
internal sealed class Administration(HttpClient http) : IDisposable
{
    public const string Users = "/admin/access/users";
    public const string Tenants = "/admin/access/tenants";

    /// <summary><c>--data</c> of such a command.</summary>
    public static Option<string?> Data() => new("--data") { Description = "The data folder of the server. Default: as for serve.", Recursive = true };

    /// <param name="data">What <c>--data</c> says.</param>
    /// <param name="command">What the user has called.</param>
    /// <param name="tenant">In whose record; null for the first.</param>
    /// <exception cref="CannotStartException">There is no server that this account may ask.</exception>
    public static async Task<Administration> OpenAsync(string? data, string command, int? tenant, CancellationToken ct) => new((await RunningServer.NeedAsync(data, command, ct)).Open(tenant));

    public void Dispose() => http.Dispose();

    /// <exception cref="CannotStartException">The server refuses, with its reason.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await ReadAsync(answer, ct);
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync(path, body, ct);
        return await ReadAsync(answer, ct);
    }

    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonElement> PutAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await http.PutAsJsonAsync(path, body, ct);
        return await ReadAsync(answer, ct);
    }

    /// <summary>The page that a link in an answer leads to.</summary>
    public string Page(JsonElement answer) => new Uri(http.BaseAddress!, Text(answer, "link")).ToString();

    /// <summary>A text of an answer; <c>-</c> for none.</summary>
    public static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "-" : "-";

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (text.Length == 0 && answer.IsSuccessStatusCode)
        {
            return default;
        }

        try
        {
            var json = JsonSerializer.Deserialize<JsonElement>(text);
            return answer.IsSuccessStatusCode ? json : throw new CannotStartException(json.GetProperty("issue")[0].GetProperty("diagnostics").GetString()!);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CannotStartException($"The server answers {(int)answer.StatusCode} without a reason that this command can read.", e);
        }
    }
}
