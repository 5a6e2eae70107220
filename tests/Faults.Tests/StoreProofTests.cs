using Npgsql;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>The proof itself: it sees each kind of damage.</summary>
public sealed class StoreProofTests : IAsyncLifetime
{
    private OutsideRecord record = null!;

    public async Task InitializeAsync()
    {
        record = await OutsideRecord.StartAsync();
        await record.Fhir.PutAsync(Samples.Patient("one", "one"));
        await record.Fhir.PutAsync(Samples.Patient("two", "one"));
        await record.Fhir.PostAsync(Samples.Transaction("three", Writers.Observations));
        await StoreProof.WholeAsync(record.ConnectionString);
    }

    public async Task DisposeAsync() => await record.DisposeAsync();

    [Theory]
    [InlineData("delete from records.log where position = 2")]
    [InlineData("update records.log set position = 100 where position = 2")]
    [InlineData("update records.log set version = 3 where position = 2")]
    [InlineData("update records.log set at = at - interval '1 day' where position = 3")]
    [InlineData("update records.current set version = 1 where position = 2")]
    [InlineData("delete from records.current where position = 4")]
    [InlineData("update records.head set position = position + 1")]
    public async Task A_store_that_is_not_whole(string damage)
    {
        await using var source = NpgsqlDataSource.Create(record.ConnectionString);
#pragma warning disable CA2100 // One of the constants above.
        await using var command = source.CreateCommand(damage);
#pragma warning restore CA2100
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        await Assert.ThrowsAsync<Xunit.Sdk.TrueException>(() => StoreProof.WholeAsync(record.ConnectionString));
    }

    [Fact]
    public async Task A_write_that_is_not_as_its_client_was_told()
    {
        string[] bundle = ["Patient", "Observation", "Observation", "Observation"];
        Assert.Empty(await LostAsync(new ClientWrite("nowhere", ["Patient"], null), Fate.Unknown));
        Assert.Empty(await LostAsync(new ClientWrite("three", bundle, null), Fate.Unknown));
        Assert.Single(await LostAsync(new ClientWrite("nowhere", ["Patient"], null), Fate.Acknowledged));
        Assert.Single(await LostAsync(new ClientWrite("nowhere", ["Patient"], "one"), Fate.Acknowledged));
        Assert.Single(await LostAsync(new ClientWrite("three", bundle, null), Fate.Denied));
        Assert.Single(await LostAsync(new ClientWrite("two", ["Patient"], "one"), Fate.Denied));
        Assert.Single(await LostAsync(new ClientWrite("three", [.. bundle, "Observation"], null), Fate.Unknown));
    }

    private async Task<List<string>> LostAsync(ClientWrite write, Fate fate)
    {
        var ledger = new Ledger();
        write.Fate = fate;
        ledger.Begin(write);
        return await StoreProof.LostAsync(record.Fhir, ledger);
    }
}
