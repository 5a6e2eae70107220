using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Tests.Ingest;
using Salus.Monitoring.Waveforms;

namespace Salus.Monitoring.Tests.Waveforms;

/// <summary>Both forms of a body with waveforms, and what is wrong with them.</summary>
public sealed class WaveformReadingTests
{
    private const long Now = 1_772_366_400_000;
    private const long Minute = 60_000;

    private readonly TestBeds beds = new();

    [Fact]
    public void A_waveform_is_taken_as_it_was_sent()
    {
        var check = Read(Body(Wave()));
        var (key, block) = Assert.Single(check.Waveforms.Blocks);
        Assert.Equal(("pat-1", "mon-1", "ecg-ii"), (key.Patient, key.Device, key.Signal.Name));
        Assert.Equal((Now, 4_000_000L, 0.1m, 0.005m, SampleFlags.None, 5), (block.Start, block.Period, block.Origin, block.Factor, block.Flags, block.Samples));
        Assert.Equal([2041, 2043, 2037, -7, 0], Numbers(block));
        Assert.Equal(Now + 20, block.Until);
    }

    [Theory]
    [InlineData("131330")]
    [InlineData("MDC_ECG_ELEC_POTL_II")]
    [InlineData("ecg-ii")]
    public void A_signal_has_the_codes_of_the_nomenclature(string code) => Assert.Equal("ecg-ii", Assert.Single(Read(Body(Wave(("code", code)))).Waveforms.Blocks).Key.Signal.Name);

    [Fact]
    public void A_unit_that_measures_the_same_is_converted()
    {
        var block = Assert.Single(Read(Body(Wave(("unit", "uV"), ("factor", 2.5m), ("origin", -1000)))).Waveforms.Blocks).Block;
        Assert.Equal((-1m, 0.0025m), (block.Origin, block.Factor));
        Assert.Equal([2041, 2043, 2037, -7, 0], Numbers(block));
    }

    [Fact]
    public void Samples_and_waveforms_come_in_one_batch_and_flags_say_what_is_to_be_known()
    {
        var body = Body(Wave(("questionable", true), ("factor", null), ("origin", null), ("data", "1 2 3")));
        body["samples"] = new JsonArray(TestBeds.Sample(72));
        body["simulated"] = true;
        body["clock"] = Now - (6 * Minute);
        var check = Read(body);
        Assert.Equal(1, check.Samples.Length);
        var block = Assert.Single(check.Waveforms.Blocks).Block;
        Assert.Equal(SampleFlags.Questionable | SampleFlags.Simulated | SampleFlags.ClockSkew, block.Flags);
        Assert.Equal((0m, 1m), (block.Origin, block.Factor));
    }

    [Theory]
    [InlineData("code", "heart-rate", "unknown-code")]
    [InlineData("unit", null, "no-unit")]
    [InlineData("unit", "kg", "wrong-unit")]
    [InlineData("unit", "volts!", "wrong-unit")]
    [InlineData("start", "2026-03-01T12:00:00", "invalid-time")]
    [InlineData("start", 1_772_366_400_000 + (10 * Minute), "future")]
    [InlineData("start", 1_772_366_400_000 - (4 * 24 * 60 * Minute), "too-old")]
    [InlineData("start", 1_772_366_400_000 - (2 * 24 * 60 * Minute), "no-patient")]
    [InlineData("start", 1_772_366_400_000 + Minute - 10, "patient-changed")]
    [InlineData("period", 0, "invalid-scale")]
    [InlineData("period", "4", "invalid-scale")]
    [InlineData("period", 1e30, "invalid-scale")]
    [InlineData("factor", 0, "invalid-scale")]
    [InlineData("factor", "NaN", "invalid-scale")]
    [InlineData("origin", 1e12, "invalid-scale")]
    [InlineData("factor", 1, "impossible")]
    [InlineData("data", "1 NaN 3", "not-a-number")]
    [InlineData("data", "1 E 3", "not-a-number")]
    [InlineData("data", "1 2.5 3", "not-a-number")]
    [InlineData("data", "1 3000000000 3", "not-a-number")]
    [InlineData("data", "1 9000000 3", "impossible")]
    [InlineData("data", "  ", "empty")]
    public void A_wrong_waveform_is_rejected_with_its_reason_and_the_next_is_taken(string field, object? value, string reason)
    {
        Row();
        var check = Read(Body(Wave((field, value)), Wave()));
        var rejection = Assert.Single(check.Listed);
        Assert.Equal((reason, 0, "waveforms"), (rejection.Reason.Text(), rejection.Index, rejection.Of));
        Assert.Single(check.Waveforms.Blocks);
        Assert.Equal((1, 1), (check.Rejected, check.Waveforms.Rejected));

        // pat-1 comes onto the device a day ago, and goes off a minute ahead.
        void Row() => beds.Add(beds.Use("use-1", "mon-1", "pat-1", Now - (24 * 60 * Minute), Now + Minute));
    }

    [Fact]
    public void More_than_a_block_has_is_too_long()
    {
        Assert.Equal("too-long", Assert.Single(Read(Body(Wave(("data", string.Join(' ', Enumerable.Repeat(1, WaveformBlock.MostSamples + 1))), ("period", 1)))).Listed).Reason.Text());
        Assert.Equal("too-long", Assert.Single(Read(Body(Wave(("data", string.Join(' ', Enumerable.Repeat(1, 61))), ("period", 1000)))).Listed).Reason.Text());
        var binary = new BinaryTelemetryWriter();
        binary.Waveform(binary.Device("A1"), 2, Now, 1_000_000, 0, 1, [.. Enumerable.Repeat(1, 70_000)]);
        Assert.Equal("too-long", Assert.Single(Read(binary.ToArray()).Listed).Reason.Text());
    }

    [Fact]
    public void Of_a_device_that_is_not_known_nothing_is_taken()
    {
        var body = Body(Wave());
        body["device"] = "nobody";
        Assert.Equal(("unknown-device", 1), (Assert.Single(Read(body).Listed).Reason.Text(), Read(body).Waveforms.Rejected));
        body["device"] = "A1";
        body["patient"] = "pat-2";
        Assert.Equal("other-patient", Assert.Single(Read(body).Listed).Reason.Text());
    }

    [Theory]
    [InlineData("""{"device":"A1","waveforms":{}}""", "waveforms")]
    [InlineData("""{"device":"A1","waveforms":[1]}""", "waveforms[0]")]
    [InlineData("""{"device":"A1","waveforms":[{"data":[1,2]}]}""", "waveforms[0].data")]
    [InlineData("""{"device":"A1","waveforms":[{"unit":1}]}""", "waveforms[0].unit")]
    [InlineData("""{"device":"A1","waveforms":[{"questionable":"no"}]}""", "waveforms[0].questionable")]
    [InlineData("""{"device":"A1","waveforms":[{"lowerLimit":1}]}""", "waveforms[0]")]
    [InlineData("""{"device":"A1","waveforms":[{"period":1,"period":2}]}""", "waveforms[0]")]
    [InlineData("""{"device":"A1"}""", "samples")]
    [InlineData("""{"batches":[{"device":"A1","waveforms":[],"waveforms":[]}]}""", "batches[0]")]
    public void What_is_not_well_formed_is_refused_as_a_whole(string body, string place)
    {
        using var check = Check();
        Assert.Equal(place, JsonTelemetry.Read(System.Text.Encoding.UTF8.GetBytes(body), Metrics, check)?.Problems[0].Path);
    }

    [Fact]
    public void The_binary_form_has_samples_and_waveforms()
    {
        var writer = new BinaryTelemetryWriter(simulated: true);
        var device = writer.Device("A1", Now);
        writer.Run(device, 1, [(Now, 72_000, false)]);
        writer.Waveform(device, 2, Now, 2_000_000, -0.5m, 0.00125m, [100, -100, 8_388_607, 0], questionable: true);
        writer.Waveform(device, 99, Now, 2_000_000, 0, 1, [1]);
        var bytes = writer.ToArray();
        var check = Read(bytes, reject: true);
        Assert.Equal(1, check.Samples.Length);
        Assert.Equal(["impossible", "unknown-code"], check.Listed.Select(r => r.Reason.Text()));
        var good = new BinaryTelemetryWriter();
        good.Waveform(good.Device("A1", Now), 2, Now, 2_000_000, -0.5m, 0.00125m, [100, -100, 7, 0], questionable: true);
        var block = Assert.Single(Read(good.ToArray()).Waveforms.Blocks).Block;
        Assert.Equal((2_000_000L, -0.5m, 0.00125m, SampleFlags.Questionable), (block.Period, block.Origin, block.Factor, block.Flags));
        Assert.Equal([100, -100, 7, 0], Numbers(block));
        for (var length = 0; length < bytes.Length; length++)
        {
            using var cut = Check();
            Assert.NotNull(BinaryTelemetry.Read(bytes.AsSpan(0, length), Metrics, cut));
        }
    }

    [Fact]
    public void Bodies_without_waveforms_stay_of_the_first_version_and_an_unknown_one_is_refused()
    {
        var plain = new BinaryTelemetryWriter();
        plain.Run(plain.Device("A1"), 1, [(Now, 72_000, false)]);
        Assert.Equal(1, plain.ToArray()[3]);
        var bytes = plain.ToArray();
        bytes[3] = 3;
        using var check = Check();
        Assert.Contains("Version 3", BinaryTelemetry.Read(bytes, Metrics, check)!.ToString(), StringComparison.Ordinal);
    }

    private static MeasuredMetrics Metrics { get; } = new(MetricSet.Default);

    private static JsonObject Body(params JsonObject[] waves) => new() { ["device"] = "A1", ["waveforms"] = new JsonArray(waves) };

    private static JsonObject Wave(params (string Field, object? Value)[] other)
    {
        var wave = new JsonObject { ["code"] = "ecg-ii", ["start"] = Now, ["period"] = 4, ["origin"] = 0.1m, ["factor"] = 0.005m, ["unit"] = "mV", ["data"] = "2041 2043 2037 -7 0" };
        foreach (var (field, value) in other)
        {
            wave.Remove(field);
            if (value is not null)
            {
                wave[field] = System.Text.Json.JsonSerializer.SerializeToNode(value);
            }
        }

        return wave;
    }

    private static int[] Numbers(WaveformBlock block)
    {
        var numbers = new int[block.Samples];
        WaveformCodec.Read(block.Data, numbers);
        return numbers;
    }

    private BatchCheck Check() => new(beds.Index, Caller.Local, TestBeds.Limits with { OldestWaveform = Now - (3 * 24 * 60 * Minute) });

    private BatchCheck Read(JsonObject body)
    {
        var check = Check();
        Assert.Null(JsonTelemetry.Read(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()), Metrics, check));
        return check;
    }

    private BatchCheck Read(byte[] body, bool reject = false)
    {
        var check = Check();
        Assert.Null(BinaryTelemetry.Read(body, Metrics, check));
        Assert.Equal(reject, check.Rejected > 0 && check.Samples.Length > 0);
        return check;
    }
}
