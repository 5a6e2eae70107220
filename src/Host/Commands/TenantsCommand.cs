using System.CommandLine;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus tenants</c>: organizations whose records are apart, made by whoever runs the machine.</summary>
internal static class TenantsCommand
{
    private static readonly string[] FirstRoles = ["administrator"];

    public static Command Build()
    {
        var data = Administration.Data();
        return new Command("tenants", "Organizations that share this server and see nothing of each other.") { data, List(data), Add(data), Rename(data) };
    }

    private static Command List(Option<string?> data)
    {
        var command = new Command("list", "Prints the tenants: number, accounts and name.");
        command.SetAction(async (parsed, ct) =>
        {
            using var server = await Administration.OpenAsync(parsed.GetValue(data), "tenants list", null, ct);
            foreach (var tenant in (await server.GetAsync(Administration.Tenants, ct)).GetProperty("tenants").EnumerateArray())
            {
                await Console.Out.WriteLineAsync($"{tenant.GetProperty("number").GetInt32(),6} {tenant.GetProperty("accounts").GetInt64(),8} {Administration.Text(tenant, "name")}");
            }

            return 0;
        });
        return command;
    }

    private static Command Add(Option<string?> data)
    {
        var name = new Argument<string>("name") { Description = "The name of the organization." };
        var administrator = new Option<string>("--administrator") { Description = "The name of its first administrator, who invites the others.", Required = true };
        var command = new Command("add", "Makes a tenant, and prints the link with which its administrator chooses user name and password, once, within 72 hours.") { name, administrator };
        command.SetAction(async (parsed, ct) =>
        {
            // Before there is anything.
            if (parsed.GetValue(administrator)!.Trim().Length is 0 or > 200)
            {
                throw new CannotStartException("--administrator is a name of 1 to 200 characters.");
            }

            using var server = await Administration.OpenAsync(parsed.GetValue(data), "tenants add ...", null, ct);
            var made = (await server.PostAsync(Administration.Tenants, new { name = parsed.GetValue(name) }, ct)).GetProperty("number").GetInt32();
            await Console.Out.WriteLineAsync($"tenant {made}");
            using var there = await Administration.OpenAsync(parsed.GetValue(data), "tenants add ...", made, ct);
            await Console.Out.WriteLineAsync(there.Page(await there.PostAsync(Administration.Users, new { name = parsed.GetValue(administrator), roles = FirstRoles }, ct)));
            return 0;
        });
        return command;
    }

    private static Command Rename(Option<string?> data)
    {
        var number = new Argument<int>("number") { Description = "The number of the tenant." };
        var name = new Argument<string>("name") { Description = "Its other name." };
        var command = new Command("rename", "Gives a tenant another name.") { number, name };
        command.SetAction(async (parsed, ct) =>
        {
            using var server = await Administration.OpenAsync(parsed.GetValue(data), "tenants rename ...", null, ct);
            await server.PutAsync($"{Administration.Tenants}/{parsed.GetValue(number)}", new { name = parsed.GetValue(name) }, ct);
            await Console.Out.WriteLineAsync($"{parsed.GetValue(number)}: {parsed.GetValue(name)}");
            return 0;
        });
        return command;
    }
}
