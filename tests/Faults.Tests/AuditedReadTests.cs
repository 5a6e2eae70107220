using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using Salus.Faults.Tests.Support;

namespace Salus.Faults.Tests;

/// <summary>Kill -9 in the middle of reads: every answer that a client got stands in the audit trail.</summary>
public sealed class AuditedReadTests : IDisposable
{
    private const int Readers = 16;
    private readonly TestFolder folder = new();
    private readonly int port = FreePort.Find();
    private readonly ConcurrentBag<long> answered = [];
    private long asked;

    private string Data => folder["data"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_answer_before_a_kill_of_Salus_stands_in_the_trail()
    {
        using var fhir = new FhirClient(FreePort.Address(port));
        var salus = await StartAsync(1);
        try
        {
            for (var round = 1; round <= Rounds.Count; round++)
            {
                var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync(fhir)).ToList();
                var enough = answered.Count + 300 + new Random(round).Next(700);
                await Eventually.TrueAsync(() => answered.Count >= enough, seconds: 120);
                await salus.KillAsync();
                salus.Dispose();
                await Task.WhenAll(readers);

                salus = await StartAsync(round + 1);
                var told = await ToldAsync();
                var lost = answered.Count(n => !told.Contains(n));
                Rounds.Report("kill -9 of Salus, 16 readers, audit trail", round, answered.Count, lost, $"{told.Count} entries");
                Assert.Equal(0, lost);
            }
        }
        finally
        {
            salus.Dispose();
        }
    }

    // Each second time the disk has entries later than the client: what the kernel has, a kill does not take.
    private Task<SalusProcess> StartAsync(int round) => SalusProcess.ReadyAsync(Data, port, ("Salus__Access__AuditFlushMilliseconds", round % 2 == 0 ? "1000" : "0"));

    // Until the server is gone.
    private async Task ReadAsync(FhirClient fhir)
    {
        try
        {
            while (true)
            {
                var number = Interlocked.Increment(ref asked);
                var answer = await fhir.GetAsync(string.Create(CultureInfo.InvariantCulture, $"Patient?family=n{number}"));
                Assert.Equal(200, answer.Status);
                answered.Add(number);
            }
        }
        catch (HttpRequestException)
        {
        }
    }

    private async Task<HashSet<long>> ToldAsync()
    {
        await using var source = NpgsqlDataSource.Create(new Cluster(Data).ConnectionString);
        await using var command = source.CreateCommand("select substring(query from 'family=n(\\d+)')::bigint from access.audit where query like '%family=n%'");
        await using var reader = await command.ExecuteReaderAsync();
        var told = new HashSet<long>();
        while (await reader.ReadAsync())
        {
            Assert.True(told.Add(reader.GetInt64(0)), "An entry stands there twice.");
        }

        return told;
    }
}
