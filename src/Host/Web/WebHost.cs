using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Salus.Access;
using Salus.Host.Web.Limits;
using Salus.Host.Web.Tls;
using Salus.Kafka;
using Salus.Kernel;
using Salus.Monitoring;
using Salus.RabbitMq;
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
        var listening = Listening.Read(builder.Configuration);
        var limits = ConfiguredOptions.Read<LimitOptions>(builder.Configuration, LimitOptions.Section);
        var records = ConfiguredOptions.Read<RecordsOptions>(builder.Configuration, "Salus:Records");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The framework would open these too, beside the one address that is checked.
            kestrel.Configure(new ConfigurationBuilder().Build());
            EarlyRefusals.Set(kestrel.Limits);
            kestrel.Limits.MaxRequestBodySize = records.MaxBodyBytes;
            kestrel.Listen(listening.Endpoint, listen => Encrypt(listen, listening));
            if (listening.Redirect is { } plain)
            {
                kestrel.Listen(plain, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        // A page elsewhere must not reach this server under a name of its own (DNS rebinding).
        builder.Services.AddHostFiltering(filter =>
        {
            filter.AllowedHosts = [.. listening.Names.Select(OwnNames.InUrl)];
            filter.AllowEmptyHosts = false;
            filter.IncludeFailureMessage = false;
        });
        // In front of the framework's own filter of hosts, which is the first of all otherwise.
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, EarlyRefusals>());
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, ProxyRules>());
        builder.Services.AddSingleton(listening);
        builder.Services.AddSingleton<TlsCertificates>();
        builder.Services.AddSingleton(services => new RateLimits(limits, services.GetRequiredService<AccessOptions>()));
        builder.Services.AddCors();
        builder.Services.AddSingleton<ICorsPolicyProvider, Origins>();
        builder.Services.AddRequestTimeouts();
        builder.Services.AddRequestDecompression();
        builder.Services.AddResponseCompression(compression =>
        {
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/fhir+json", "application/fhir+xml", "image/svg+xml"];
            compression.Providers.Add<GzipCompressionProvider>();
        });
        builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        builder.Services.AddWebSettings(builder.Configuration);
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        builder.Services.AddMonitoring(builder.Configuration);
        builder.Services.AddRabbitMq(builder.Configuration);
        builder.Services.AddKafka(builder.Configuration);
        builder.Services.AddSingleton<IBedsideLink, LocalLink>();
        builder.Services.AddSimulation(builder.Configuration);
        builder.Services.AddHostedService<DemoPeople>();
        var app = Compose(builder.Build(), limits);
        app.Lifetime.ApplicationStarted.Register(() => Volatile.Write(ref started, true));
        return app;
    }

    /// <summary>Tells which settings the web server reads, for commands that stand in the same environment.</summary>
    public static void AddWebSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddKnown<ListenOptions>(configuration, "Salus");
        services.AddKnown<TlsOptions>(configuration, TlsOptions.Section);
        services.AddKnown<LimitOptions>(configuration, LimitOptions.Section);
    }

    /// <summary>Finds out before anything is made whether the ports are free and the certificate is usable.</summary>
    /// <exception cref="IOException">A port is in use, with the reason inside, as when the server itself would bind it.</exception>
    /// <exception cref="CannotStartException">The address or the certificate cannot be used.</exception>
    public static void Check(WebApplication app)
    {
        var listening = app.Services.GetRequiredService<Listening>();
        app.Services.GetRequiredService<TlsCertificates>().Load();
        foreach (var endpoint in new[] { listening.Endpoint, listening.Redirect }.OfType<IPEndPoint>())
        {
            CheckPort(endpoint);
        }
    }

    public static int Port(WebApplication app) => app.Services.GetRequiredService<Listening>().Endpoint.Port;

    private static void CheckPort(IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException(e.Message, new Microsoft.AspNetCore.Connections.AddressInUseException(e.Message, e));
        }
        catch (SocketException e)
        {
            throw new CannotStartException($"Salus cannot listen on {endpoint}: {e.Message}. Use an address of this machine (Salus:Address), and a port that this account may open (Salus:Port; below 1024 needs a right of its own).", e);
        }
    }

    // HTTP/2 is agreed on inside of TLS; without it clients would have to know.
    private static void Encrypt(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen, Listening listening)
    {
        listen.Protocols = listening.Tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
        if (listening.Tls is not null)
        {
            listen.UseHttps(listen.ApplicationServices.GetRequiredService<TlsCertificates>().Handshake());
        }
    }

    private static WebApplication Compose(WebApplication app, LimitOptions limits)
    {
        var rates = app.Services.GetRequiredService<RateLimits>();
        app.UseHostFiltering();
        app.UseMiddleware<HttpsRedirect>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseResponseCompression();
        app.UseRequestDecompression();
        app.UseMiddleware<LastResort>();
        app.UseWebPages();
        app.UseRouting();
        app.UseCors();
        app.UseRequestTimeouts();
        app.Use(rates.OfAddressAsync);
        app.UseAccess();
        app.Use(rates.OfCallerAsync);
        app.MapKernel();
        var routes = app.WithLimits(limits);
        routes.MapAccess();
        routes.MapRecords();
        routes.MapMonitoring();
        routes.MapSystemStatus();
        routes.MapFhirPathPlayground();
        routes.MapAdminFallback();
        return app;
    }
}
