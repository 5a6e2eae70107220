using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.Records.Feed;
using Salus.TestSupport;

namespace Salus.Records.Tests.Support;

/// <summary>The record as Host composes it, on Kestrel and a database of its own. One per test class.</summary>
public class RecordServer : IAsyncLifetime
{
    private TestDatabase database = null!;
    private WebApplication app = null!;

    /// <summary>Speaks to <c>/fhir</c>.</summary>
    internal FhirClient Fhir { get; private set; } = null!;

    internal Uri Address { get; private set; } = null!;

    internal NpgsqlDataSource Source => database.Source;

    internal string ConnectionString => database.ConnectionString;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("records", typeof(RecordsModule).Assembly));
        app = await StartAsync(database.ConnectionString, Settings, Configure);
        Address = AddressOf(app);
        Fhir = new FhirClient(Address);
    }

    public async Task DisposeAsync()
    {
        Fhir.Dispose();
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>Callers by name: a request with the header <see cref="CallerHeader"/> is made by that one, any other by somebody who may do everything.</summary>
    internal static ConcurrentDictionary<string, Caller> Callers { get; } = new(StringComparer.Ordinal);

    internal const string CallerHeader = "X-Test-Caller";

    /// <summary>Where a server listens.</summary>
    internal static Uri AddressOf(WebApplication app) => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    internal T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>The last position of the log: what is written moves it.</summary>
    internal Task<long> HeadAsync() => Get<ChangeFeed>().HeadAsync(CancellationToken.None);

    internal async Task<T> ScalarAsync<T>(string sql)
    {
#pragma warning disable CA2100 // Written in the tests.
        await using var command = Source.CreateCommand(sql);
#pragma warning restore CA2100
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Configuration of the server under test.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>More services of the server under test.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>A server on a database that is there already.</summary>
    internal static async Task<WebApplication> StartAsync(string postgres, IEnumerable<KeyValuePair<string, string?>> settings, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", postgres), new("Salus:PoolSize", "8"), .. settings]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = new RecordsOptions().MaxBodyBytes);
        builder.Services.AddRequestDecompression();
        builder.Services.AddResponseCompression(compression => compression.MimeTypes = ["application/fhir+json"]);
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddRecords(builder.Configuration);
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseResponseCompression();
        app.UseRequestDecompression();
        app.Use((http, next) =>
        {
            http.Features.Set(http.Request.Headers[CallerHeader].ToString() is { Length: > 0 } name ? Callers[name] : Caller.Local);
            return next(http);
        });
        app.MapRecords();
        await app.StartAsync();
        return app;
    }
}

/// <summary>Takes whatever has the structure of R4, also what breaks its invariants: for resources that hold no more than a test needs.</summary>
public class StructuralServer : RecordServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Structural"), new("Salus:Records:BulkValidation", "Structural")];
}
