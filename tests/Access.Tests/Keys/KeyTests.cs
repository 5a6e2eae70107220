using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.Keys;

/// <summary>The ring of Data Protection, with a host each for what would be several processes.</summary>
public sealed class KeyTests : IAsyncLifetime, IDisposable
{
    private readonly TestFolder folder = new();
    private readonly string key = NewKey();
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("access", typeof(AccessModule).Assembly));

    public async Task DisposeAsync() => await database.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Processes_of_one_database_share_keys_that_are_encrypted_at_rest()
    {
        using var first = await StartAsync(("Salus:Keys:Master", key));
        var text = Protector(first).Protect("who is signed in");
        using var second = await StartAsync(("Salus:Keys:Master", key));
        Assert.Equal("who is signed in", Protector(second).Unprotect(text));

        var stored = Assert.Single(await StoredAsync());
        Assert.Contains("<sealedBy masterKey=", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<value>", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_master_key_is_refused_at_the_start_unless_the_earlier_one_is_named()
    {
        string text;
        using (var first = await StartAsync(("Salus:Keys:Master", key)))
        {
            text = Protector(first).Protect("x");
        }

        var other = NewKey();
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => StartAsync(("Salus:Keys:Master", other)));
        Assert.Contains("Salus:Keys:PreviousFiles", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(other, refused.Message, StringComparison.Ordinal);

        PrivateFile.Replace(folder["old.key"], System.Text.Encoding.ASCII.GetBytes(key + "\n"));
        using var rotated = await StartAsync(("Salus:Keys:Master", other), ("Salus:Keys:PreviousFiles:0", folder["old.key"]));
        Assert.Equal("x", Protector(rotated).Unprotect(text));
    }

    [Fact]
    public async Task A_stored_key_that_was_changed_is_refused()
    {
        using (var first = await StartAsync(("Salus:Keys:Master", key)))
        {
            Protector(first).Protect("x");
        }

        var stored = Assert.Single(await StoredAsync());
        var at = stored.IndexOf("</sealedBy>", StringComparison.Ordinal) - 8;
        var changed = stored[..at] + (stored[at] == 'A' ? 'B' : 'A') + stored[(at + 1)..];
        await using (var update = database.Source.CreateCommand("update access.data_protection_key set element = $1"))
        {
            update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = changed });
            await update.ExecuteNonQueryAsync();
        }

        var refused = await Assert.ThrowsAsync<CannotStartException>(() => StartAsync(("Salus:Keys:Master", key)));
        Assert.Contains("was changed or damaged", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_folder_keeps_a_master_key_that_only_the_owner_may_read()
    {
        string text;
        using (var first = await StartAsync(("Salus:Data", folder["data"])))
        {
            text = Protector(first).Protect("x");
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["data/master.key"]));
        }

        using var second = await StartAsync(("Salus:Data", folder["data"]));
        Assert.Equal("x", Protector(second).Unprotect(text));
    }

    [Fact]
    public async Task Without_a_place_for_a_master_key_nothing_is_stored()
    {
        using var host = await StartAsync();
        Assert.Equal("x", Protector(host).Unprotect(Protector(host).Protect("x")));
        Assert.Empty(await StoredAsync());
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public async Task What_is_no_master_key_is_refused_without_being_shown(string value)
    {
        var refused = await Assert.ThrowsAsync<CannotStartException>(() => StartAsync(("Salus:Keys:Master", value)));
        Assert.Contains("openssl rand", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, refused.Message, StringComparison.Ordinal);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static IDataProtector Protector(IHost host) => host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private async Task<IHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new("Salus:Postgres", database.ConnectionString), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]);
        builder.Services.AddKernel(builder.Configuration);
        builder.Services.AddAccess(builder.Configuration);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> StoredAsync()
    {
        await using var command = database.Source.CreateCommand("select element from access.data_protection_key");
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new List<string>();
        while (await reader.ReadAsync())
        {
            stored.Add(reader.GetString(0));
        }

        return stored;
    }
}
