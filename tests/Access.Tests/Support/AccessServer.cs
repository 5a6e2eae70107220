using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Support;

/// <summary>Access without the record, as Host composes it, on Kestrel and a database of its own. One per test class.</summary>
public class AccessServer : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory(TestFolder.Prefix).FullName;
    private TestDatabase database = null!;
    private WebApplication app = null!;

    internal Uri Address { get; private set; } = null!;

    internal NpgsqlDataSource Source => database.Source;

    internal string ConnectionString => database.ConnectionString;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(new MigrationSet("access", typeof(AccessModule).Assembly));
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Configuration.AddInMemoryCollection(
            [new("Salus:Postgres", database.ConnectionString), new("Salus:PoolSize", "8"), new("Salus:Access:SignIn", "true"), new("Salus:Access:AuditFolder", folder), .. Settings]);
        builder.Logging.ClearProviders();
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        Configure(builder.Services);
        app = builder.Build();
        app.UseRouting();
        app.UseAccess();
        app.MapKernel();
        app.MapAccess();
        Map(app);
        await app.StartAsync();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Configuration of the server under test.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>More services of the server under test.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <summary>More routes of the server under test.</summary>
    protected virtual void Map(WebApplication app)
    {
    }
}
