using System.CommandLine;
using Salus.Host.Web;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus serve</c>: the server, until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder; made when it is not there. Default: ./data, or a folder below /var/lib/salus when PostgreSQL's account cannot enter that." };
        var port = new Option<int?>("--port") { Description = "The port on the loopback address. Default: 8080." };
        var noDemo = new Option<bool>("--no-demo") { Description = "Do not fill an empty record with the demo hospital." };
        var command = new Command("serve", "Starts Salus: FHIR API, web pages and its PostgreSQL.") { data, port, noDemo };
        command.SetAction(async (parsed, ct) =>
        {
            var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
            Set("Salus:Data", parsed.GetValue(data));
            Set("Salus:Port", parsed.GetValue(port)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Set("Salus:Demo:Enabled", parsed.GetValue(noDemo) ? "false" : null);
            return await RunAsync(settings, ct);

            void Set(string key, string? value)
            {
                if (value is not null)
                {
                    settings[key] = value;
                }
            }
        });
        return command;
    }

    private static async Task<int> RunAsync(Dictionary<string, string?> settings, CancellationToken ct)
    {
        var app = WebHost.Build(settings);
        await using (app)
        {
            try
            {
                WebHost.CheckPort(app);
                // Before the host, which would log a stack trace beside the one clear line.
                await app.Services.StartKernelAsync(ct);
                await app.StartAsync(ct);
            }
            catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                throw new CannotStartException($"Port {WebHost.Port(app)} is in use by another program. Stop that one, or choose another: salus serve --port {WebHost.Port(app) + 1}", e);
            }

            await using var announcement = await ServerFile.WriteAsync(app);
            announcement.Print();
            await app.WaitForShutdownAsync(ct);
        }

        return 0;
    }
}
