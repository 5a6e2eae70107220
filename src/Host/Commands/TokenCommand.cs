using System.CommandLine;

namespace Salus.Host.Commands;

/// <summary><c>salus token</c>: prints the token by which the administrator of this machine calls the server that runs on a data folder.</summary>
internal static class TokenCommand
{
    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder of the server. Default: as for serve." };
        var command = new Command("token", "Prints a bearer token for the server that runs on the data folder. It may do everything, from this machine, until that server stops.") { data };
        command.SetAction(async (parsed, ct) =>
        {
            var server = await RunningServer.NeedAsync(parsed.GetValue(data), "token", ct);
            await Console.Out.WriteLineAsync(server.Key);
            return 0;
        });
        return command;
    }
}
