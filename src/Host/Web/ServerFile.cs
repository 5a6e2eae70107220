using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Salus.Access;
using Salus.Host.Web.Tls;
using Salus.Kernel;

namespace Salus.Host.Web;

/// <summary>
/// <c>server.json</c> in the data folder: tells commands on this machine where the server of that folder answers, the key that it lets them in with, and the one certificate to take
/// there. Only the account that runs the server may read it. Removed at the end.
/// </summary>
internal sealed partial class ServerFile : IDisposable
{
    private const string Name = "server.json";
    private readonly Lock writing = new();
    private readonly string? path;
    private readonly string url;
    private readonly WebApplication app;
    private bool ended;

    private ServerFile(WebApplication app)
    {
        this.app = app;
        url = Local(app);
        path = app.Services.GetRequiredService<Database>().Folder is { } folder ? Path.Combine(folder, Name) : null;
    }

    /// <summary>What stands in it.</summary>
    /// <param name="Url">Where the server answers.</param>
    /// <param name="Pid">Its process.</param>
    /// <param name="Key">The token of <see cref="LocalKey"/>.</param>
    /// <param name="Certificate">SHA-256 of its certificate, in hexadecimal digits; null without TLS.</param>
    internal sealed record Content(Uri Url, int Pid, string? Key, string? Certificate);

    /// <summary>Writes it, and again whenever the server's certificate is changed.</summary>
    public static ServerFile Write(WebApplication app)
    {
        var file = new ServerFile(app);
        if (app.Services.GetRequiredService<Listening>().Tls is null)
        {
            file.Put(null);
        }
        else
        {
            app.Services.GetRequiredService<TlsCertificates>().Tell(file.Put);
        }

        return file;
    }

    /// <summary>What stands in the file of a data folder.</summary>
    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    /// <exception cref="JsonException">It is no such file.</exception>
    public static Content Read(string folder) =>
        JsonSerializer.Deserialize<Content>(PrivateFile.Read(Path.Combine(folder, Name), out _), JsonSerializerOptions.Web) is { Url: not null } content ? content : throw new JsonException("It has no url.");

    /// <summary>Tells a person where to look.</summary>
    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"  Salus is ready: {url}");
        PrintName();
        PrintOthers();
        Console.WriteLine($"  FHIR API:       {url}/fhir/metadata");
        Console.WriteLine($"  Health:         {url}/readyz   Metrics: {url}/metrics");
        PrintDevelopment();
        Console.WriteLine("  Stop it with Ctrl-C.");
        Console.WriteLine();
    }

    public void Dispose()
    {
        lock (writing)
        {
            ended = true;
            if (path is not null)
            {
                File.Delete(path);
            }
        }
    }

    private void Put(X509Certificate2? certificate)
    {
        if (path is null)
        {
            return;
        }

        var content = new Content(new Uri(url), Environment.ProcessId, app.Services.GetRequiredService<LocalKey>().Token, certificate?.GetCertHashString(HashAlgorithmName.SHA256));
        lock (writing)
        {
            try
            {
                if (!ended)
                {
                    // With an outside PostgreSQL nobody else has made it.
                    PrivateFolder.Make(Path.GetDirectoryName(path)!);
                    PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(content, JsonSerializerOptions.Web));
                }
            }
            // The server is of use without it.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                NotWritten(app.Logger, path, e.Message);
            }
        }
    }

    // The framework tells 0.0.0.0, which is no address to go to.
    private static string Local(WebApplication app)
    {
        var listening = app.Services.GetRequiredService<Listening>();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var bound = addresses.Select(BindingAddress.Parse).First(a => listening.Tls is null || a.Scheme == "https");
        var host = OwnNames.IsAny(listening.Endpoint.Address) ? IPAddress.Loopback : listening.Endpoint.Address;
        return $"{bound.Scheme}://{OwnNames.InUrl(host.ToString())}:{bound.Port}";
    }

    // A passkey belongs to a name; an address of numbers has none: the RP ID of WebAuthn is a domain.
    private void PrintName()
    {
        // A certificate of one's own is for other names than this one.
        if (app.Services.GetRequiredService<AccessOptions>().SignIn && new Uri(url) is { Host: "127.0.0.1" or "[::1]" } local
            && app.Services.GetRequiredService<Listening>().Tls is not { Development: false })
        {
            Console.WriteLine($"  With passkeys:  {local.Scheme}://localhost:{local.Port}");
        }
    }

    private void PrintOthers()
    {
        var listening = app.Services.GetRequiredService<Listening>();
        if (listening.IsOpen && listening.Tls is not null)
        {
            var local = new Uri(url);
            var others = listening.Names.Where(n => n != "localhost" && !(IPAddress.TryParse(n, out var ip) && IPAddress.IsLoopback(ip)));
            Console.WriteLine($"  For others:     {string.Join("  ", others.Select(n => $"https://{OwnNames.InUrl(n)}:{local.Port}"))}");
        }
    }

    private void PrintDevelopment()
    {
        if (app.Services.GetRequiredService<Listening>().Tls is not { Development: true })
        {
            return;
        }

        var print = Convert.ToHexString(app.Services.GetRequiredService<TlsCertificates>().Certificate.GetCertHash(HashAlgorithmName.SHA256));
        Console.WriteLine("  The certificate was made here and nobody vouches for it: browsers warn. Go on only where they show the SHA-256 fingerprint");
        Console.WriteLine($"    {string.Join(':', print.Chunk(2).Select(c => new string(c)))}");
        if (app.Services.GetRequiredService<Database>().Folder is { } folder)
        {
            Console.WriteLine($"    curl --cacert {Path.Combine(folder, DevelopmentCertificate.PublicFile)} {url}/healthz");
        }

        Console.WriteLine("  For real use, give one of your own: --tls-certificate FILE --tls-key FILE");
    }

    [LoggerMessage(1, LogLevel.Error, "{Path} cannot be written: {Reason} Commands such as salus users do not find this server, or do not know its changed certificate")]
    private static partial void NotWritten(ILogger logger, string path, string reason);
}
