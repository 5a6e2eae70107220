using System.Text;
using System.Text.Json;
using Salus.Kernel;
using Salus.Monitoring.Cluster;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Scores;

namespace Salus.Monitoring.Tests.Cluster;

public sealed class NewsFormatTests
{
    private static readonly PatientState State = new(
        new Tenant(3), "pätient-1", 1_893_492_000_123,
        [
            new Reading(MetricSet.Default["heart-rate"], 72_000, 1_893_492_000_000, SampleFlags.None, "d1", -1500),
            new Reading(MetricSet.Default["oxygen-saturation"], 101, 1_893_491_000_000, SampleFlags.Implausible | SampleFlags.Simulated, "d2", null) { Counts = false },
        ],
        new ScoreSet([
            new Score("news2", 7, false, "high", [new ScorePart("pulse", 0, 72.5m, 1_893_492_000_000, null), new ScorePart("temperature", null, null, 0, "missing")], null),
            new Score("shock-index", null, true, null, [], "a note"),
        ]))
    {
        Trend = [null, 3, 7],
        Models = [new ModelReading("sepsis-risk", "2.1", 0.82m, 1_893_491_000_000, 1_893_499_000_000, "lactate rose", """[{"name":"lactate","value":4.1}]"""), new ModelReading("fall-risk", "1", -3, 1, 2, null, "[]")],
    };

    [Fact]
    public void What_is_told_is_heard_as_it_was()
    {
        var sender = Guid.NewGuid();
        var (from, kind, states) = NewsFormat.Read(NewsFormat.Write(sender, NewsKind.Hello | NewsKind.Alerts, [new(5, State), new(6, State with { Readings = [], Scores = ScoreSet.None, Trend = [] })]));
        Assert.Equal((sender, NewsKind.Hello | NewsKind.Alerts), (from, kind));
        Assert.Equal([5, 6], states.Select(s => s.Epoch));
        Assert.Equal((Json(State), State.Tenant), (Json(states[0].State), states[0].State.Tenant));
        Assert.Equal(State.Readings.Select(r => (r.Counts, r.Slope, r.Flags)), states[0].State.Readings.Select(r => (r.Counts, r.Slope, r.Flags)));
        Assert.Equal(State.Models, states[0].State.Models);
        Assert.Empty(states[1].State.Readings);
    }

    [Fact]
    public void What_is_cut_off_or_of_another_version_is_refused()
    {
        var bytes = NewsFormat.Write(Guid.NewGuid(), NewsKind.None, [new(1, State)]);
        for (var length = 19; length < bytes.Length; length++)
        {
            Assert.ThrowsAny<IOException>(() => NewsFormat.Read(bytes.AsMemory(0, length)));
        }

        bytes[0] = 9;
        Assert.Throws<InvalidDataException>(() => NewsFormat.Read(bytes));
    }

    private static string Json(PatientState state)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            StateJson.Write(json, state, state.At);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
