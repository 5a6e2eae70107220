using Salus.Kafka.Tests.Support;

namespace Salus.Kafka.Tests;

/// <summary>The database, the cluster, or Salus itself is away, or another process takes over: nothing that the cluster has is lost, and nothing is stored twice.</summary>
[Collection(KafkaTests.Name)]
public sealed class AbsenceTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [KafkaFact]
    public async Task What_is_stored_and_not_committed_comes_again_after_a_crash_and_is_stored_once()
    {
        await using var ward = await SalusAtKafka.StartAsync();
        await ward.AttachAsync("B1", "pat-b1");
        ward.Cluster.RefuseCommits();
        await SendAsync(ward, "B1", 0, 40);
        await ward.StoredAsync("pat-b1", 40);
        await ward.Salus.KillAsync();
        ward.Salus.Dispose();
        ward.Cluster.AllowCommits();
        Assert.Equal((0L, 40L), ward.Client.Offsets());

        await ward.StartSalusAsync();
        await ward.CommittedAsync();
        await ward.StoredAsync("pat-b1", 40);
        Assert.Equal(40, await ward.MetricAsync("salus_monitoring_ingest_samples_total{outcome=\"duplicate\"}"));
    }

    [KafkaFact]
    public async Task Without_the_database_nothing_is_committed_and_all_is_stored_later()
    {
        // Little room, so that it has to pause.
        await using var ward = await SalusAtKafka.StartAsync(("Salus__Kafka__MostInWork", "10"));
        await ward.AttachAsync("B2", "pat-b2");
        await SendAsync(ward, "B2", 0, 1);
        await ward.StoredAsync("pat-b2", 1);
        await ward.CommittedAsync();

        ward.Network.GoAway();
        await SendAsync(ward, "B2", 1, 100);
        await Eventually.TrueAsync(async () => await ward.StateAsync() == "degraded", seconds: 60, ward.Said);
        Assert.Equal((1L, 101L), ward.Client.Offsets());
        ward.Network.ComeBack();

        await ward.StoredAsync("pat-b2", 101);
        await ward.CommittedAsync();
        await ward.ConsumesAsync();
    }

    [KafkaFact]
    public async Task What_the_cluster_removed_before_it_was_read_is_counted()
    {
        await using var ward = await SalusAtKafka.StartAsync(("Salus__Kafka__MostMegabytes", "1"));
        await ward.AttachAsync("B6", "pat-b6");
        await SendAsync(ward, "B6", 0, 1);
        await ward.StoredAsync("pat-b6", 1);
        ward.Network.GoAway();
        // Three times what the cluster keeps of a partition, and fifteen times what is fetched ahead.
        var large = KafkaClient.Batch("B6", [.. Enumerable.Range(0, 1300).Select(i => Now - 1000 - i)]);
        for (var i = 0; i < 160; i++)
        {
            await ward.Client.SendAsync(large, partition: 0);
        }

        await Eventually.TrueAsync(async () => await ward.StateAsync() == "degraded", seconds: 60, ward.Said);
        ward.Network.ComeBack();
        await ward.CommittedAsync();
        var missed = await ward.MetricAsync("salus_kafka_missed_total");
        Assert.True(missed > 0, ward.Said());
        Assert.Equal(161, missed + await ward.MetricAsync("salus_kafka_messages_total{outcome=\"stored\"}"));
        Assert.Contains("were removed by the cluster", ward.Said(), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Another_process_takes_the_partitions_over()
    {
        await using var ward = await SalusAtKafka.StartAsync();
        await ward.AttachAsync("B3", "pat-b3");
        await SendAsync(ward, "B3", 0, 20);
        await ward.StoredAsync("pat-b3", 20);

        // The one that begins last takes the samples.
        using var other = await ward.AnotherAsync();
        await SendAsync(ward, "B3", 20, 20);
        await ward.StoredAsync("pat-b3", 40, other);
        await Eventually.TrueAsync(async () => await ward.StateAsync() == "degraded", seconds: 30, ward.Said);
        await ward.ConsumesAsync(other);
        await SendAsync(ward, "B3", 40, 20);
        await ward.StoredAsync("pat-b3", 60, other);
        await ward.CommittedAsync();
    }

    [KafkaFact]
    public async Task Somebody_else_of_the_group_comes_and_goes()
    {
        await using var ward = await SalusAtKafka.StartAsync();
        await ward.AttachAsync("B4", "pat-b4");
        await SendAsync(ward, "B4", 0, 40);
        await ward.StoredAsync("pat-b4", 40);
        await ward.CommittedAsync();
        using (var other = ward.Client.Member("salus"))
        {
            // It reads what comes to its half and commits nothing of it.
            await Eventually.TrueAsync(() => other.Consume(TimeSpan.FromMilliseconds(100)) is null && other.Assignment.Count == 2, seconds: 60, ward.Said);
            await SendAsync(ward, "B4", 40, 40);
            await Eventually.TrueAsync(() => other.Consume(TimeSpan.FromMilliseconds(100)) is not null, seconds: 30);
            await Eventually.TrueAsync(async () => (await ward.StoredAsync("pat-b4")).Count == 60, seconds: 30, ward.Said);
            other.Close();
        }

        await ward.StoredAsync("pat-b4", 80);
        await ward.CommittedAsync();
    }

    [KafkaFact]
    public async Task Without_the_cluster_Salus_starts_and_connects_later()
    {
        await using var ward = await SalusAtKafka.AwayAsync();
        Assert.Equal("degraded", await ward.StateAsync());
        await ward.AttachAsync("B5", "pat-b5");
        ward.Cluster.ComeBack();
        await ward.ConsumesAsync();
        await SendAsync(ward, "B5", 0, 5);
        await ward.StoredAsync("pat-b5", 5);

        ward.Cluster.GoAway();
        await Eventually.TrueAsync(async () => await ward.StateAsync() == "degraded", seconds: 30, ward.Said);
        ward.Cluster.ComeBack();
        await ward.ConsumesAsync();
        await SendAsync(ward, "B5", 5, 5);
        await ward.StoredAsync("pat-b5", 10);
    }

    // To all four partitions in turn.
    private static Task SendAsync(SalusAtKafka ward, string device, int from, int count) =>
        Task.WhenAll(Enumerable.Range(from, count).Select(i => ward.Client.SendAsync(KafkaClient.Batch(device, Now - i), partition: i % 4)));
}
