using System.IO.Compression;
using System.Net.Sockets;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Salus.Kernel;
using Salus.Records;
using Salus.Simulation;

namespace Salus.Host.Web;

/// <summary>Composes the process: kernel, modules, web pages.</summary>
internal static class WebHost
{
    /// <param name="settings">From the command line; they win over files and environment.</param>
    public static WebApplication Build(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.AddKernelConsole();
        // What keeps the server from starting is said once, in one line; the framework would log it with its stack as well.
        var started = false;
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", _ => Volatile.Read(ref started));
        var endpoint = ConfiguredOptions.Read<ListenOptions>(builder.Configuration, "Salus").Endpoint(builder.Configuration);
        var records = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The framework would open these too, beside the one address that is checked.
            kestrel.Configure(new ConfigurationBuilder().Build());
            EarlyRefusals.Set(kestrel.Limits);
            kestrel.Limits.MaxRequestBodySize = records.MaxBodyBytes;
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        // A page elsewhere must not reach this server under a name of its own (DNS rebinding).
        builder.Services.AddHostFiltering(filter =>
        {
            filter.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", endpoint.Address.ToString()];
            filter.AllowEmptyHosts = false;
            filter.IncludeFailureMessage = false;
        });
        // In front of the framework's own filter of hosts, which is the first of all otherwise.
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, EarlyRefusals>());
        builder.Services.AddRequestDecompression();
        builder.Services.AddResponseCompression(compression =>
        {
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/fhir+json", "application/fhir+xml", "image/svg+xml"];
            compression.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        builder.Services.AddKnown<ListenOptions>(builder.Configuration, "Salus");
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        builder.Services.AddSimulation(builder.Configuration);
        var app = Compose(builder.Build());
        app.Lifetime.ApplicationStarted.Register(() => Volatile.Write(ref started, true));
        return app;
    }

    /// <summary>Finds out before anything is made whether the port is free.</summary>
    /// <exception cref="IOException">It is in use, with the reason inside, as when the server itself would bind it.</exception>
    public static void CheckPort(WebApplication app)
    {
        try
        {
            using var listener = new TcpListener(ConfiguredOptions.Read<ListenOptions>(app.Configuration, "Salus").Endpoint(app.Configuration));
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException(e.Message, new Microsoft.AspNetCore.Connections.AddressInUseException(e.Message, e));
        }
    }

    public static int Port(WebApplication app) => ConfiguredOptions.Read<ListenOptions>(app.Configuration, "Salus").Port;

    private static WebApplication Compose(WebApplication app)
    {
        app.UseHostFiltering();
        app.UseMiddleware<SecurityHeaders>();
        app.UseResponseCompression();
        app.UseRequestDecompression();
        app.UseMiddleware<LastResort>();
        app.UseWebPages();
        app.MapKernel();
        app.MapRecords();
        app.MapSystemStatus();
        app.MapFhirPathPlayground();
        app.MapAdminFallback();
        return app;
    }
}
