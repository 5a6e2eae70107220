using Salus.RabbitMq.Tests.Support;
using Xunit.Abstractions;

namespace Salus.RabbitMq.Tests.Cluster;

/// <summary>Processes share the patients: one stands still and wakes up again, and then the broker ends and comes back.</summary>
public sealed class StandstillTests(ITestOutputHelper output)
{
    private const int Patients = 12;

    // In the order in which commits were made: one of an epoch that was over by then.
    private const string Stale = "select count(*) from (select epoch, lag(epoch) over (partition by partition order by at, seq) before from monitoring.journal) j where epoch < before";

    [BrokerFact]
    public async Task Who_was_replaced_writes_nothing_and_comes_back_and_so_do_all_when_the_broker_was_away()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var ward = await SharedWard.StartAsync(broker, nodes: 2, Patients);
        await using var load = new Load(ward.Nodes, Patients, (_, _, time) => 60 + (time % 30));
        await load.MoreAsync(3_000);
        var (awake, still) = (ward.Nodes[0], ward.Nodes[1]);
        load.To([awake]);
        Signals.Send(still.Id, Signals.Stop);
        try
        {
            await Eventually.TrueAsync(async () => (await ward.HeldAsync()) is { Count: 1 }, seconds: 120, () => string.Join('\n', awake.Errors) + awake.Output());
            await load.MoreAsync(2_000);
        }
        finally
        {
            Signals.Send(still.Id, Signals.Continue);
        }

        await ward.SharedAsync(2);
        load.To(ward.Nodes);
        await load.MoreAsync(2_000);
        Assert.Equal(0, await ward.NumberAsync(Stale));

        await broker.KillAsync();
        var refused = load.Refusals.Count;
        await Eventually.TrueAsync(() => load.Refusals.Skip(refused).Any(r => r.Contains("broker", StringComparison.Ordinal)), seconds: 60, ward.State);
        await broker.StartProcessAsync();
        await load.MoreAsync(3_000);
        await load.StopAsync();
        await SharedWard.EqualAsync(ward, load);
        Assert.Equal(0, await ward.NumberAsync(Stale));
        output.WriteLine($"{load.Count} values acknowledged, {load.Refusals.Count} refusals");
    }
}
