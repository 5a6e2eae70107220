using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;
using Salus.TestSupport;
using static Salus.Monitoring.Tests.Ingest.TestBeds;

namespace Salus.Monitoring.Tests.Ingest;

public sealed class BinaryTelemetryTests
{
    private readonly TestBeds beds = new();

    [Fact]
    public async Task The_example_of_the_documentation_is_what_it_says()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docs/modules/monitoring-ingest.md"));
        var hex = page.Split("```hex\n")[1].Split("```")[0].Split('\n').Select(l => l.Split('#')[0]);
        var bytes = Convert.FromHexString(string.Concat(hex).Replace(" ", "", StringComparison.Ordinal));
        var read = await beds.ReadAsync(bytes);
        Assert.Null(read.Failure);
        Assert.Equal(
            [new Got("pat-1", "mon-1", "heart-rate", Now, 72_000, SampleFlags.None), new Got("pat-1", "mon-1", "heart-rate", Now + 1000, 71_500, SampleFlags.Questionable)], read.Samples);
        var writer = new BinaryTelemetryWriter();
        writer.Run(writer.Device("A1", Now + 1000), 1, [(Now, 72_000, false), (Now + 1000, 71_500, true)]);
        Assert.Equal(bytes, writer.ToArray());
    }

    [Fact]
    public async Task Json_and_binary_of_the_same_samples_are_stored_the_same()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var (json, binary) = Same(new Random(seed));
            var (fromJson, fromBinary) = (await beds.ReadAsync(json), await beds.ReadAsync(binary));
            Assert.True(fromJson.Failure is null && fromBinary.Failure is null, $"seed {seed}: {fromJson.Failure} {fromBinary.Failure}");
            Assert.Equal(fromJson.Samples, fromBinary.Samples);
            Assert.Equal(fromJson.Rejected, fromBinary.Rejected);
            Assert.Equal(fromJson.Rejections.Select(r => (r.Index, r.Device, r.Reason, r.Message)), fromBinary.Rejections.Select(r => (r.Index, r.Device, r.Reason, r.Message)));
        }
    }

    [Fact]
    public async Task Every_cut_of_a_body_fails()
    {
        var whole = Same(new Random(7)).Binary;
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Equal(FailureKind.Invalid, (await beds.ReadAsync(whole[..length])).Failure?.Kind);
        }

        Assert.NotNull((await beds.ReadAsync([.. whole, 0])).Failure);
    }

    [Fact]
    public async Task No_change_of_a_byte_makes_it_fail_otherwise()
    {
        var random = new Random(3);
        for (var round = 0; round < 3000; round++)
        {
            var body = Same(new Random(round % 50)).Binary;
            for (var i = 0; i < 3; i++)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            var read = await beds.ReadAsync(body);
            Assert.True(read.Failure is null or { Kind: FailureKind.Invalid });
        }
    }

    [Fact]
    public async Task No_value_an_unknown_metric_and_what_is_beyond_are_rejected()
    {
        var writer = new BinaryTelemetryWriter();
        var device = writer.Device("mon-1");
        writer.Run(device, 1, [(Now, BinaryTelemetry.NotANumber, false), (Now, int.MaxValue, false), (Now + 1, 72_000, false)]);
        writer.Run(device, 999, [(Now, 1, false)]);
        var read = await beds.ReadAsync(writer.ToArray());
        Assert.Equal([(0, 0, "not-a-number"), (0, 1, "impossible"), (1, 0, "unknown-code")], read.Rejections.Select(r => (r.Batch, r.Index, r.Reason.Text())));
        Assert.Equal(72_000, Assert.Single(read.Samples).Value);
    }

    // One device and one run a batch, so that places are the same too.
    private static (JsonObject Json, byte[] Binary) Same(Random random)
    {
        var batches = new JsonArray();
        var simulated = random.Next(2) == 0;
        var writer = new BinaryTelemetryWriter(simulated);
        for (var b = random.Next(1, 5); b > 0; b--)
        {
            var (device, metric) = (random.Next(4) == 0 ? "nobody" : "A1", MetricSet.Default.All[random.Next(MetricSet.Default.All.Count)]);
            var clock = random.Next(2) == 0 ? 0 : Now - random.Next(-600_000, 600_000);
            var batch = new JsonObject { ["device"] = device, ["simulated"] = simulated, ["samples"] = new JsonArray() };
            if (clock != 0)
            {
                batch["clock"] = clock;
            }

            var rows = new (long, int, bool)[random.Next(0, 20)];
            for (var i = 0; i < rows.Length; i++)
            {
                var value = random.Next(8) == 0 ? random.Next(int.MinValue + 1, int.MaxValue) : random.Next(0, 160_000);
                rows[i] = (Now + random.Next(-900_000, 400_000), value, random.Next(2) == 0);
                ((JsonArray)batch["samples"]!).Add(new JsonObject
                {
                    ["time"] = rows[i].Item1, ["code"] = metric.Loinc[0], ["value"] = value / 1000m, ["unit"] = metric.Unit.Code, ["questionable"] = rows[i].Item3,
                });
            }

            batches.Add(batch);
            writer.Run(writer.Device(device, clock), metric.Number, rows);
        }

        return (new JsonObject { ["batches"] = batches }, writer.ToArray());
    }
}
