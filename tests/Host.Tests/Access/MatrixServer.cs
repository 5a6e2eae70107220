using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access;
using Salus.Host.Web;
using Salus.Kernel;

using Salus.TestSupport;
using Record = Salus.Records.Record;

namespace Salus.Host.Tests.Access;

/// <summary>The real composition with the record of <see cref="Seed"/>, and somebody signed in of every role. One for all tests of the matrix.</summary>
public sealed class MatrixServer : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private WebApplication app = null!;

    internal Oracle Oracle { get; } = new();

    /// <summary>One of each role.</summary>
    internal IReadOnlyList<MatrixCaller> People { get; private set; } = [];

    /// <summary>Without a cookie, and with what is none.</summary>
    internal IReadOnlyList<MatrixCaller> Strangers { get; private set; } = [];

    internal IEnumerable<MatrixCaller> Everybody => People.Concat(Strangers);

    internal Uri Address { get; private set; } = null!;

    internal MatrixCaller Of(string role) => People.First(p => p.Role == role);

    public async Task InitializeAsync()
    {
        app = WebHost.Build(
        [
            new("Salus:Data", folder["data"]), new("Salus:Port", "0"), new("Salus:Demo:Enabled", "false"), new("Salus:Access:SignIn", "true"), new("Salus:PoolSize", "16"),
            new("Salus:Limits:InteractivePerMinute", "0"), new("Salus:Limits:AnonymousPerMinute", "0"), new("Salus:Limits:UserPerMinute", "0"),
            new("Salus:Records:Validation", "Structural"), new("Salus:Records:BulkValidation", "Structural"), new("Logging:LogLevel:Default", "Error"),
        ]);
        await app.Services.StartKernelAsync(CancellationToken.None);
        await app.StartAsync();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await using (var tenant = app.Services.GetRequiredService<Database>().Owner.CreateCommand("insert into access.tenant (number, name) values (2, 'Another')"))
        {
            await tenant.ExecuteNonQueryAsync();
        }

        await SeedAsync();
        var roles = Oracle.Roles.ToList();
        var made = await DemoAccounts.MakeAsync(
            app.Services, [.. roles.Select(r => new DemoPerson(r, r, Oracle.PersonOf(r), r == "nurse" ? ["Location/loc-1"] : []))]);
        Assert.Equal(roles.Count, made);
        Strangers =
        [
            MatrixCaller.Nobody(Address, "nobody"), MatrixCaller.Nobody(Address, "a cookie that is none", ("Cookie", $"salus={new string('A', 43)}")),
            MatrixCaller.Nobody(Address, "a bearer that is none", ("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXN0ZW0ifQ.")),
        ];
        People = [.. await Task.WhenAll(roles.Select(r => MatrixCaller.SignInAsync(Address, r)))];
    }

    public async Task DisposeAsync()
    {
        foreach (var caller in Everybody)
        {
            caller.Dispose();
        }

        await app.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    /// <summary>All that is stored of the seed, as the system reads it: name to version and content; and how many resources there are of each type.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> StateAsync()
    {
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        var record = app.Services.GetRequiredService<Record>();
        foreach (var tenant in (int[])[1, 2])
        {
            var system = Caller.System with { Tenant = new Tenant(tenant) };
            var resources = Seed.All.Where(r => r.Tenant == tenant).ToList();
            var batch = new JsonObject
            {
                ["resourceType"] = "Bundle",
                ["type"] = "batch",
                ["entry"] = new JsonArray([.. resources.Select(r => (JsonNode)new JsonObject { ["request"] = new JsonObject { ["method"] = "GET", ["url"] = r.Name } })]),
            };
            var answer = JsonNode.Parse((await PostAsync(record, system, batch.ToJsonString())).Span)!["entry"]!.AsArray();
            foreach (var (resource, entry) in resources.Zip(answer))
            {
                Assert.StartsWith("200", (string?)entry!["response"]!["status"], StringComparison.Ordinal);
                state[$"{tenant}:{resource.Name}"] = entry["resource"]!.ToJsonString();
            }

            foreach (var (type, count) in await record.CountsAsync(system, CancellationToken.None))
            {
                state[$"{tenant}:{type}"] = $"{count}";
            }
        }

        return state;
    }

    /// <summary>What is another than before, by name.</summary>
    internal async Task<IEnumerable<string>> ChangesAsync(IReadOnlyDictionary<string, string> before)
    {
        var after = await StateAsync();
        return after.Keys.Union(before.Keys).Where(k => before.GetValueOrDefault(k) != after.GetValueOrDefault(k)).Select(k => $"changed: {k}\n  {before.GetValueOrDefault(k)}\n  {after.GetValueOrDefault(k)}");
    }

    // Twice, so that there is a history.
    private async Task SeedAsync()
    {
        var record = app.Services.GetRequiredService<Record>();
        foreach (var tenant in (int[])[1, 2])
        {
            var resources = Seed.All.Where(r => r.Tenant == tenant).ToList();
            var bundle = Seed.Bundle(resources);
            await PostAsync(record, Caller.System with { Tenant = new Tenant(tenant) }, bundle.Replace("</div>", " first</div>", StringComparison.Ordinal).Replace("\\u003C/div\\u003E", " first\\u003C/div\\u003E", StringComparison.Ordinal));
            await PostAsync(record, Caller.System with { Tenant = new Tenant(tenant) }, bundle);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> PostAsync(Record record, Caller caller, string bundle)
    {
        var answer = await record.PostBundleAsync(caller, Encoding.UTF8.GetBytes(bundle), CancellationToken.None);
        Assert.False(answer.Failed(out var failure), failure?.ToString());
        return answer.Value;
    }
}

/// <summary>The tests of the matrix share one server.</summary>
[CollectionDefinition("matrix")]
public sealed class MatrixCollection : ICollectionFixture<MatrixServer>;
