using System.CommandLine;
using System.Text.Json;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus users</c>: a way in for whoever runs the machine, when no administrator can sign in.</summary>
internal static class UsersCommand
{
    public static Command Build()
    {
        var data = Administration.Data();
        var tenant = new Option<int?>("--tenant") { Description = "The number of the tenant whose users they are. Default: the first.", Recursive = true };
        var command = new Command("users", "Lists, invites and locks users of the server that runs on this machine.") { data, tenant };
        command.Subcommands.Add(List(data, tenant));
        command.Subcommands.Add(Invite(data, tenant));
        foreach (var (name, words) in new[]
        {
            ("reset-link", "Prints a link with which the user sets another password, once, within an hour."),
            ("lock", "Locks the account: its sessions end."),
            ("unlock", "Opens a locked account again."),
            ("remove-second-factor", "Removes the authenticator app and the passkeys of a user who lost them."),
        })
        {
            command.Subcommands.Add(Act(name, words, data, tenant));
        }

        return command;
    }

    private static Command List(Option<string?> data, Option<int?> tenant)
    {
        var command = new Command("list", "Prints the users: state, user name, name and roles.");
        command.SetAction(async (parsed, ct) =>
        {
            using var server = await OpenAsync(parsed, data, tenant, ct);
            await foreach (var user in AllAsync(server, "", ct))
            {
                await Console.Out.WriteLineAsync(
                    $"{Text(user, "state"),-9} {Text(user, "userName"),-24} {Text(user, "name")} ({string.Join(", ", user.GetProperty("roles").EnumerateArray().Select(r => r.GetString()))})");
            }

            return 0;
        });
        return command;
    }

    private static Command Invite(Option<string?> data, Option<int?> tenant)
    {
        var name = new Argument<string>("name") { Description = "The name of the person." };
        var roles = new Option<string[]>("--role") { Description = "A role of the table of permissions; may be repeated.", Required = true };
        var command = new Command("invite", "Makes an account and prints the link with which the person chooses user name and password, once, within 72 hours.") { name, roles };
        command.SetAction(async (parsed, ct) =>
        {
            using var server = await OpenAsync(parsed, data, tenant, ct);
            await Console.Out.WriteLineAsync(server.Page(await server.PostAsync(Administration.Users, new { name = parsed.GetValue(name), roles = parsed.GetValue(roles) }, ct)));
            return 0;
        });
        return command;
    }

    private static Command Act(string name, string words, Option<string?> data, Option<int?> tenant)
    {
        var userName = new Argument<string>("user") { Description = "The user name." };
        var command = new Command(name, words) { userName };
        command.SetAction(async (parsed, ct) =>
        {
            using var server = await OpenAsync(parsed, data, tenant, ct);
            var wanted = parsed.GetValue(userName)!;
            await foreach (var user in AllAsync(server, wanted, ct))
            {
                if (string.Equals(Text(user, "userName"), wanted, StringComparison.OrdinalIgnoreCase))
                {
                    var answer = await server.PostAsync($"{Administration.Users}/{Text(user, "id")}/{name}", new { }, ct);
                    await Console.Out.WriteLineAsync(answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("link", out _) ? server.Page(answer) : $"{wanted}: done");
                    return 0;
                }
            }

            throw new CannotStartException($"There is no user '{wanted}'. salus users list shows those that there are.");
        });
        return command;
    }

    private static Task<Administration> OpenAsync(ParseResult parsed, Option<string?> data, Option<int?> tenant, CancellationToken ct) =>
        Administration.OpenAsync(parsed.GetValue(data), "users ...", parsed.GetValue(tenant), ct);

    private static async IAsyncEnumerable<JsonElement> AllAsync(Administration server, string query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? cursor = null;
        do
        {
            var page = await server.GetAsync($"{Administration.Users}?query={Uri.EscapeDataString(query)}&count=200{(cursor is null ? "" : $"&cursor={cursor}")}", ct);
            foreach (var user in page.GetProperty("users").EnumerateArray())
            {
                yield return user;
            }

            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);
    }

    private static string Text(JsonElement element, string name) => Administration.Text(element, name);
}
