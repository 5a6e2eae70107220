using System.CommandLine;
using Salus.Host.Web;
using Salus.Host.Web.Tls;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary><c>salus serve</c>: the server, until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build()
    {
        var data = new Option<string?>("--data") { Description = "The data folder; made when it is not there. Default: ./data, or a folder below /var/lib/salus when PostgreSQL's account cannot enter that." };
        var address = new Option<string?>("--address") { Description = "The address of this machine to listen on. Default: 127.0.0.1; 0.0.0.0 for all networks, with sign-in and TLS." };
        var port = new Option<int?>("--port") { Description = "The port. Default: 8080." };
        var host = new Option<string[]>("--host") { Description = "A name under which others reach the server; more than one may be given. Default: its own name and addresses." };
        var certificate = new Option<string?>("--tls-certificate") { Description = "The certificate, as a PEM or PKCS #12 file; read again when it changes." };
        var key = new Option<string?>("--tls-key") { Description = "The private key, as a PEM file that others may not read." };
        var development = new Option<bool>("--dev-certificate") { Description = "Make a certificate for trying things out; browsers warn of it." };
        var noSignIn = new Option<bool>("--no-sign-in") { Description = "Let everybody on this machine do everything; on loopback only." };
        var noDemo = new Option<bool>("--no-demo") { Description = "Do not fill an empty record with the demo hospital." };
        var command = new Command("serve", "Starts Salus: FHIR API, web pages and its PostgreSQL.") { data, address, port, host, certificate, key, development, noSignIn, noDemo };
        command.SetAction(async (parsed, ct) =>
        {
            var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
            Set("Salus:Data", parsed.GetValue(data));
            Set("Salus:Port", parsed.GetValue(port)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Set("Salus:Address", parsed.GetValue(address));
            Set("Salus:Tls:Certificate", parsed.GetValue(certificate));
            Set("Salus:Tls:Key", parsed.GetValue(key));
            Set("Salus:Tls:Development", parsed.GetValue(development) ? "true" : null);
            Set("Salus:Access:SignIn", parsed.GetValue(noSignIn) ? "false" : null);
            foreach (var (name, i) in (parsed.GetValue(host) ?? []).Select((name, i) => (name, i)))
            {
                Set($"Salus:Hosts:{i}", name);
            }

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
                WebHost.Check(app);
                // Before the host, which would log a stack trace beside the one clear line.
                await app.Services.StartKernelAsync(ct);
                app.Services.GetRequiredService<TlsCertificates>().LoadDevelopment(app.Services.GetRequiredService<Database>().Folder);
                await app.StartAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Told to stop while it started; what it has begun ends in order with the application.
                return 0;
            }
            catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
            {
                throw new CannotStartException($"Port {WebHost.Port(app)} is in use by another program. Stop that one, or choose another: salus serve --port {WebHost.Port(app) + 1}", e);
            }

            using var announcement = ServerFile.Write(app);
            announcement.Print();
            await app.WaitForShutdownAsync(ct);
        }

        return 0;
    }
}
