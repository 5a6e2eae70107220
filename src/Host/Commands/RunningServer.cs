using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Salus.Host.Web;
using Salus.Kernel;

namespace Salus.Host.Commands;

/// <summary>
/// The server that runs on a data folder, as its <see cref="ServerFile"/> tells of it. With TLS exactly the certificate that stands there is taken, whatever name it bears and whoever vouches for
/// it: nothing else may hear the key.
/// </summary>
internal sealed class RunningServer
{
    private readonly string folder;

    private RunningServer(string folder, ServerFile.Content found)
    {
        this.folder = folder;
        Address = found.Url;
        Key = found.Key;
        Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => IsOwn(shown) };
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>The bearer token that it lets this machine's administrator in with; a secret.</summary>
    public string? Key { get; }

    /// <summary>For a client of one's own.</summary>
    public SslClientAuthenticationOptions Tls { get; }

    /// <summary>The server of a folder; null when none runs there, or this account may not read of it.</summary>
    public static async Task<RunningServer?> FindAsync(string folder, CancellationToken ct)
    {
        try
        {
            var found = ServerFile.Read(folder);
            using var process = Process.GetProcessById(found.Pid);
            var server = new RunningServer(folder, found);
            using var http = server.Open();
            http.Timeout = TimeSpan.FromSeconds(5);
            // The key is for whoever answers as a server does, not for whatever took its port.
            http.DefaultRequestHeaders.Authorization = null;
            using var answer = await http.GetAsync(new Uri("/healthz", UriKind.Relative), ct);
            return answer.IsSuccessStatusCode ? server : null;
        }
        // No file, or one that a server left behind when it was killed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or ArgumentException or Win32Exception
            or HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    /// <summary>The server of the folder that a command names, or of the default one.</summary>
    /// <param name="data">What <c>--data</c> says.</param>
    /// <param name="command">What the user has called.</param>
    /// <exception cref="CannotStartException">There is none that this account may ask.</exception>
    public static async Task<RunningServer> NeedAsync(string? data, string command, CancellationToken ct)
    {
        var folder = await RecordHost.FolderAsync(RecordHost.Builder(data), ct)
            ?? throw new CannotStartException($"With an outside PostgreSQL, name the data folder of the server: salus {command} --data FOLDER.");
        return await FindAsync(folder, ct) is { Key: not null } server
            ? server
            : throw new CannotStartException($"No server runs on {folder} that this account may ask. Start it with salus serve, or name its folder: salus {command} --data FOLDER.");
    }

    /// <summary>A client that is let in.</summary>
    /// <param name="tenant">In whose record it acts; null for the first.</param>
    public HttpClient Open(int? tenant = null)
    {
        var http = new HttpClient(new NewKey(this, new SocketsHttpHandler { SslOptions = Tls, AllowAutoRedirect = false })) { BaseAddress = Address };
        http.DefaultRequestHeaders.Authorization = Key is null ? null : new AuthenticationHeaderValue("Bearer", Key);
        if (tenant is { } number)
        {
            http.DefaultRequestHeaders.Add("Salus-Tenant", number.ToString(CultureInfo.InvariantCulture));
        }

        return http;
    }

    // Read each time: the certificate may be changed while a long import runs, and stands in the file before it is shown.
    private bool IsOwn(X509Certificate? shown)
    {
        try
        {
            return shown is not null && string.Equals(ServerFile.Read(folder).Certificate, shown.GetCertHashString(HashAlgorithmName.SHA256), StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    // Every start of the server makes another key. Who goes on sending over one reads it anew.
    private sealed class NewKey(RunningServer server, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private volatile string? key;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Use(request, key);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.Unauthorized || request.Headers.Authorization is not { } used || request.Content is not (null or ReadOnlyMemoryContent) || Now() is not { } now || now == used.Parameter)
            {
                return answer;
            }

            answer.Dispose();
            Use(request, key = now);
            return await base.SendAsync(request, cancellationToken);
        }

        private static void Use(HttpRequestMessage request, string? key) =>
            request.Headers.Authorization = key is null || request.Headers.Authorization is null ? request.Headers.Authorization : new AuthenticationHeaderValue("Bearer", key);

        private string? Now()
        {
            try
            {
                return ServerFile.Read(server.folder).Key;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
            {
                return null;
            }
        }
    }
}
