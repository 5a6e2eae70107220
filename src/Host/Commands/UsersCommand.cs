using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus users</c>: a way in for whoever runs the machine, when no administrator can sign in. Asks the server that runs on the data folder, which writes it into its audit trail.</summary>
internal static class UsersCommand
{
    private const string Users = "/admin/access/users";

    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder of the server. Default: as for serve.", Recursive = true };
        var command = new Command("users", "Lists, invites and locks users of the server that runs on this machine.") { data };
        command.Subcommands.Add(List(data));
        command.Subcommands.Add(Invite(data));
        foreach (var (name, words) in new[]
        {
            ("reset-link", "Prints a link with which the user sets another password, once, within an hour."),
            ("lock", "Locks the account: its sessions end."),
            ("unlock", "Opens a locked account again."),
            ("remove-second-factor", "Removes the authenticator app and the passkeys of a user who lost them."),
        })
        {
            command.Subcommands.Add(Act(name, words, data));
        }

        return command;
    }

    private static Command List(Option<string?> data)
    {
        var command = new Command("list", "Prints the users: state, user name, name and roles.");
        command.SetAction(async (parsed, ct) =>
        {
            using var http = await OpenAsync(parsed.GetValue(data), ct);
            await foreach (var user in AllAsync(http, "", ct))
            {
                await Console.Out.WriteLineAsync(
                    $"{Text(user, "state"),-9} {Text(user, "userName"),-24} {Text(user, "name")} ({string.Join(", ", user.GetProperty("roles").EnumerateArray().Select(r => r.GetString()))})");
            }

            return 0;
        });
        return command;
    }

    private static Command Invite(Option<string?> data)
    {
        var name = new Argument<string>("name") { Description = "The name of the person." };
        var roles = new Option<string[]>("--role") { Description = "A role of the table of permissions; may be repeated.", Required = true };
        var command = new Command("invite", "Makes an account and prints the link with which the person chooses user name and password, once, within 72 hours.") { name, roles };
        command.SetAction(async (parsed, ct) =>
        {
            using var http = await OpenAsync(parsed.GetValue(data), ct);
            var answer = await SendAsync(http, Users, new { name = parsed.GetValue(name), roles = parsed.GetValue(roles) }, ct);
            await Console.Out.WriteLineAsync(new Uri(http.BaseAddress!, Text(answer, "link")).ToString());
            return 0;
        });
        return command;
    }

    private static Command Act(string name, string words, Option<string?> data)
    {
        var userName = new Argument<string>("user") { Description = "The user name." };
        var command = new Command(name, words) { userName };
        command.SetAction(async (parsed, ct) =>
        {
            using var http = await OpenAsync(parsed.GetValue(data), ct);
            var wanted = parsed.GetValue(userName)!;
            await foreach (var user in AllAsync(http, wanted, ct))
            {
                if (string.Equals(Text(user, "userName"), wanted, StringComparison.OrdinalIgnoreCase))
                {
                    var answer = await SendAsync(http, $"{Users}/{Text(user, "id")}/{name}", new { }, ct);
                    await Console.Out.WriteLineAsync(answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("link", out var link) ? new Uri(http.BaseAddress!, link.GetString()).ToString() : $"{wanted}: done");
                    return 0;
                }
            }

            throw new CannotStartException($"There is no user '{wanted}'. salus users list shows those that there are.");
        });
        return command;
    }

    private static async Task<HttpClient> OpenAsync(string? data, CancellationToken ct) => (await RunningServer.NeedAsync(data, "users ...", ct)).Open();

    private static async IAsyncEnumerable<JsonElement> AllAsync(HttpClient http, string query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            using var answer = await http.GetAsync(new Uri($"{Users}?query={Uri.EscapeDataString(query)}&count=200{(cursor is null ? "" : $"&cursor={cursor}")}", UriKind.Relative), ct);
            var page = await ReadAsync(answer, ct);
            foreach (var user in page.GetProperty("users").EnumerateArray())
            {
                yield return user;
            }

            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, string path, object body, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync(path, body, ct);
        return await ReadAsync(answer, ct);
    }

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

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "-" : "-";
}
