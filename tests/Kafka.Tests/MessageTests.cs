using System.IO.Compression;
using Salus.Kafka.Tests.Support;

namespace Salus.Kafka.Tests;

/// <summary>What is written to the topic of device data is stored, or stands among the dead letters with why.</summary>
[Collection(KafkaTests.Name)]
public sealed class MessageTests(WardFixture fixture)
{
    private const string Stored = "salus_kafka_messages_total{outcome=\"stored\"}";
    private const string Malformed = "salus_kafka_dead_letters_total{reason=\"malformed\"}";
    private const string Duplicates = "salus_monitoring_ingest_samples_total{outcome=\"duplicate\"}";

    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [KafkaFact]
    public async Task Messages_in_every_form_are_stored_once_and_committed()
    {
        var ward = fixture.Ward;
        await ward.AttachAsync("A1", "pat-a1");
        var (before, duplicates) = (await ward.MetricAsync(Stored), await ward.MetricAsync(Duplicates));
        await ward.Client.SendAsync(KafkaClient.Batch("A1", Now, Now + 1));
        await ward.Client.SendAsync(KafkaClient.Batch("A1", Now + 1, Now + 2), contentType: null, key: "A1");
        await ward.Client.SendAsync(Gzip(KafkaClient.Batch("A1", Now + 3)), encoding: "gzip");
        await ward.StoredAsync("pat-a1", 4);
        await ward.CommittedAsync();
        Assert.Equal(before + 3, await ward.MetricAsync(Stored));
        Assert.Equal(duplicates + 1, await ward.MetricAsync(Duplicates));
    }

    [KafkaFact]
    public async Task What_is_not_well_formed_is_a_dead_letter_and_what_follows_is_stored()
    {
        var ward = fixture.Ward;
        await ward.AttachAsync("D1", "pat-d1");
        var (first, before) = (ward.Client.End(2), await ward.MetricAsync(Malformed));
        var whole = KafkaClient.Batch("D1", Now);
        var cases = new (byte[]? Body, string? Type, string? Encoding, string Reason, string Says)[]
        {
            (whole[..^10], "application/json", null, "malformed", "line 1"),
            (null, null, null, "malformed", "tombstone"),
            ([], "application/json", null, "malformed", ""),
            (whole, "text/csv", null, "unsupported-type", "text/csv"),
            (whole, "application/json", "zstd", "unsupported-type", "zstd"),
            (new byte[100_001], "application/json", null, "too-large", "100000"),
        };
        foreach (var (body, type, encoding, _, _) in cases)
        {
            await ward.Client.SendAsync(body, type, encoding, key: "D1", partition: 2);
        }

        await ward.Client.SendAsync(whole, partition: 2);
        await ward.StoredAsync("pat-d1", 1);
        var dead = ward.Client.Read("patient-vitals.dead", cases.Length, "D1", ward.Said).ToDictionary(d => long.Parse(KafkaClient.Header(d, "x-salus-offset"), System.Globalization.CultureInfo.InvariantCulture) - first);
        for (var i = 0; i < cases.Length; i++)
        {
            Assert.Equal((cases[i].Reason, "patient-vitals", "2"), (KafkaClient.Header(dead[i], "x-salus-reason"), KafkaClient.Header(dead[i], "x-salus-topic"), KafkaClient.Header(dead[i], "x-salus-partition")));
            Assert.Contains(cases[i].Says, KafkaClient.Header(dead[i], "x-salus-message"), StringComparison.Ordinal);
            Assert.Equal(cases[i].Body ?? [], dead[i].Message.Value ?? []);
            Assert.Equal("D1", dead[i].Message.Key);
        }

        await ward.CommittedAsync();
        Assert.Equal(before + 3, await ward.MetricAsync(Malformed));
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }
}
