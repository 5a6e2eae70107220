using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Salus.Access.Jose;
using Salus.Access.OAuth;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Access.Tests.OAuth;

public sealed class SigningKeysTests : IAsyncLifetime
{
    private readonly Clock clock = new();
    private readonly IDataProtectionProvider protection = new EphemeralDataProtectionProvider();
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync(new MigrationSet("access", typeof(AccessModule).Assembly));

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task Eight_processes_that_start_together_make_one_key()
    {
        var all = Enumerable.Range(0, 8).Select(_ => Keys()).ToList();
        var signers = await Task.WhenAll(all.Select(k => k.SignerAsync(CancellationToken.None).AsTask()));
        Assert.Single(signers.Select(s => s.KeyId).Distinct());
        Assert.Single(await PublishedAsync(all[0]));
        all.ForEach(k => k.Dispose());
    }

    [Fact]
    public async Task The_next_key_is_published_before_it_signs_and_the_old_one_stays_until_its_tokens_are_over()
    {
        using var keys = Keys();
        var first = (await keys.SignerAsync(CancellationToken.None)).KeyId;
        clock.Move(TimeSpan.FromDays(29.5));
        await keys.RotateAsync(CancellationToken.None);
        var published = await PublishedAsync(keys);
        Assert.Equal(2, published.Count);
        Assert.Equal(first, (await keys.SignerAsync(CancellationToken.None)).KeyId);

        clock.Move(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        var second = (await keys.SignerAsync(CancellationToken.None)).KeyId;
        Assert.NotEqual(first, second);
        Assert.Contains(second, published);
        await keys.RotateAsync(CancellationToken.None);
        Assert.Contains(first, await PublishedAsync(keys));

        clock.Move(TimeSpan.FromHours(1));
        await keys.RotateAsync(CancellationToken.None);
        Assert.Equal([second], await PublishedAsync(keys));
        Assert.Null((await keys.LookupAsync(first, CancellationToken.None))(first));
    }

    [Fact]
    public async Task Private_keys_are_stored_protected_and_when_they_cannot_be_opened_a_new_one_signs()
    {
        using var keys = Keys();
        var first = (await keys.SignerAsync(CancellationToken.None)).KeyId;
        await using var command = database.Source.CreateCommand("select private_key from access.signing_key");
        var stored = (string)(await command.ExecuteScalarAsync())!;
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => System.Security.Cryptography.ECDsa.Create().ImportPkcs8PrivateKey(StrictBase64Url.Decode(stored), out _));

        using var other = Keys(new EphemeralDataProtectionProvider());
        Assert.NotEqual(first, (await other.SignerAsync(CancellationToken.None)).KeyId);
        // What the lost key signed still verifies.
        Assert.NotNull((await other.LookupAsync(first, CancellationToken.None))(first));
    }

    [Fact]
    public async Task A_key_that_another_process_made_is_found()
    {
        using var one = Keys();
        await one.SignerAsync(CancellationToken.None);
        using var two = Keys();
        await two.SignerAsync(CancellationToken.None);
        clock.Move(TimeSpan.FromDays(29.5));
        Assert.Single(await PublishedAsync(one));
        await two.RotateAsync(CancellationToken.None);
        var made = (await PublishedAsync(two))[0];
        clock.Move(TimeSpan.FromSeconds(2));
        Assert.NotNull((await one.LookupAsync(made, CancellationToken.None))(made));
    }

    private SigningKeys Keys(IDataProtectionProvider? other = null) =>
        new(database.Database, other ?? protection, Options.Create(new OAuthOptions()), clock, NullLogger<SigningKeys>.Instance);

    private static async Task<List<string>> PublishedAsync(SigningKeys keys) =>
        [.. JsonSerializer.SerializeToElement(await keys.PublishedAsync(CancellationToken.None)).GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
}
