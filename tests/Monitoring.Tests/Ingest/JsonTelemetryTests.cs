using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Ingest;
using static Salus.Monitoring.Tests.Ingest.TestBeds;

namespace Salus.Monitoring.Tests.Ingest;

public sealed class JsonTelemetryTests
{
    private readonly TestBeds beds = new();

    [Theory]
    [InlineData("heart-rate", "/min", 72, 72_000)]
    [InlineData("8867-4", "{beats}/min", 72, 72_000)]
    [InlineData("147842", "/min", 72.5, 72_500)]
    [InlineData("temperature", "[degF]", 98.6, 37_000)]
    [InlineData("temperature", "K", 310.15, 37_000)]
    [InlineData("8480-6", "kPa", 16, 120_010)]
    [InlineData("59408-5", "1", 0.975, 97_500)]
    [InlineData("oxygen-flow", "mL/min", 2500, 2_500)]
    [InlineData("coma-score", null, 15, 15_000)]
    public async Task A_value_is_stored_in_the_unit_of_its_metric(string code, string? unit, double value, int stored)
    {
        var read = await beds.ReadAsync(Batch("mon-1", Sample(value, code, unit)));
        Assert.Empty(read.Rejections);
        Assert.Equal((stored, "pat-1", "mon-1", Now, SampleFlags.None), read.Samples is [var s] ? (s.Value, s.Patient, s.Device, s.Time, s.Flags) : default);
    }

    [Theory]
    [InlineData("NaN", "not-a-number")]
    [InlineData("Infinity", "not-a-number")]
    [InlineData("72", "not-a-number")]
    [InlineData(null, "not-a-number")]
    [InlineData(true, "not-a-number")]
    [InlineData(1e9, "impossible")]
    [InlineData(-1, "impossible")]
    [InlineData(1e300, "impossible")]
    public async Task A_value_that_cannot_be_is_rejected_and_the_others_are_taken(object? value, string reason)
    {
        var read = await beds.ReadAsync(Batch("mon-1", Sample(71), Sample(value), Sample(73, time: Now + 1)));
        Assert.Null(read.Failure);
        Assert.Equal([71_000, 73_000], read.Samples.Select(s => s.Value));
        Assert.Equal([(1, reason, "mon-1")], read.Rejections.Select(r => (r.Index, r.Reason.Text(), r.Device)));
    }

    [Theory]
    [InlineData("sugar", "/min", "unknown-code")]
    [InlineData("8867-5", "/min", "unknown-code")]
    [InlineData("temperature", "mm[Hg]", "wrong-unit")]
    [InlineData("temperature", "Celsius", "wrong-unit")]
    [InlineData("temperature", null, "no-unit")]
    public async Task What_is_not_known_is_rejected_with_the_way_out(string code, string? unit, string reason)
    {
        var rejection = Assert.Single((await beds.ReadAsync(Batch("mon-1", Sample(37, code, unit)))).Rejections);
        Assert.Equal(reason, rejection.Reason.Text());
        Assert.NotEmpty(rejection.Message);
    }

    [Fact]
    public async Task A_value_without_unit_has_that_of_the_device_metric()
    {
        beds.Add(new DeviceUnitRow(Tenant.Default, "m", 99, false, "mon-1", ["8310-5"], "[degF]"));
        Assert.Equal(37_000, Assert.Single((await beds.ReadAsync(Batch("mon-1", Sample(98.6, "temperature", null)))).Samples).Value);
    }

    [Theory]
    [InlineData(19, SampleFlags.Implausible)]
    [InlineData(20, SampleFlags.None)]
    [InlineData(250, SampleFlags.None)]
    [InlineData(250.001, SampleFlags.Implausible)]
    [InlineData(350, SampleFlags.Implausible)]
    public async Task What_is_hardly_plausible_is_flagged(double value, object flags) => Assert.Equal(flags, Assert.Single((await beds.ReadAsync(Batch("mon-1", Sample(value)))).Samples).Flags);

    [Theory]
    [InlineData(5, "")]
    [InlineData(6, "future")]
    [InlineData(-29 * 24 * 60, "")]
    [InlineData(-31 * 24 * 60, "too-old")]
    public async Task The_future_and_the_far_past_are_rejected(int minutes, string reason)
    {
        var read = await beds.ReadAsync(Batch("mon-1", Sample(72, time: Now + (minutes * Minute))));
        Assert.Equal(reason, read.Rejections is [var one] ? one.Reason.Text() : "");
    }

    [Fact]
    public async Task A_clock_that_is_behind_flags_what_it_timed()
    {
        Assert.Equal(SampleFlags.ClockSkew, Assert.Single((await beds.ReadAsync(Batch("mon-1", Sample(72, time: Now - (6 * Minute))))).Samples).Flags);
        // The newest shows that the clock is right: the older one was only sent late.
        Assert.All((await beds.ReadAsync(Batch("mon-1", Sample(72, time: Now - (60 * Minute)), Sample(72)))).Samples, s => Assert.Equal(SampleFlags.None, s.Flags));
        // And so does the device, when it says what its clock shows.
        var said = Batch("mon-1", Sample(72, time: Now - (60 * Minute)));
        said["clock"] = Now - Minute;
        Assert.Equal(SampleFlags.None, Assert.Single((await beds.ReadAsync(said)).Samples).Flags);
        said["clock"] = Now - (7 * Minute);
        Assert.Equal(SampleFlags.ClockSkew, Assert.Single((await beds.ReadAsync(said)).Samples).Flags);
    }

    [Theory]
    [InlineData("\"2026-03-01T12:00:00Z\"", true)]
    [InlineData("\"2026-03-01T13:30:00.000+01:30\"", true)]
    [InlineData("1772366400000", true)]
    [InlineData("\"2026-03-01T12:00:00\"", false)]
    [InlineData("\"2026-03-01\"", false)]
    [InlineData("1772366400000.5", false)]
    [InlineData("null", false)]
    [InlineData("{\"a\":[1]}", false)]
    public async Task Times_have_a_zone_or_are_milliseconds(string time, bool good)
    {
        var read = await beds.ReadAsync($$"""{"device":"mon-1","samples":[{"time":{{time}},"code":"heart-rate","value":72,"unit":"/min"}]}""");
        Assert.Null(read.Failure);
        Assert.Equal(good ? "" : "invalid-time", read.Rejections is [var one] ? one.Reason.Text() : "");
        Assert.Equal(good ? [Now] : [], read.Samples.Select(s => s.Time));
    }

    [Fact]
    public async Task Devices_are_checked()
    {
        beds.Add(
            beds.Device("old", "serial|A1", "inactive"), beds.Device("gone", "serial|G", "entered-in-error"), beds.Device("twin-1", "a|T"), beds.Device("twin-2", "b|T"), beds.Device("free"),
            beds.Use("use-t", "twin-2", "pat-2"), beds.Device("mine", parent: "box"));
        Assert.Equal("unknown-device", await ReasonAsync("nobody"));
        Assert.Equal("unknown-device", await ReasonAsync(new string('x', 1000)));
        Assert.Equal("inactive-device", await ReasonAsync("old"));
        Assert.Equal("inactive-device", await ReasonAsync("G"));
        Assert.Equal("ambiguous-device", await ReasonAsync("T"));
        Assert.Equal("", await ReasonAsync("b|T"));
        // The one that replaced it has its serial number.
        Assert.Equal("", await ReasonAsync("A1"));
        Assert.Equal("no-patient", await ReasonAsync("free"));
        var box = Caller.Local with { Person = "Device/box" };
        Assert.Equal("foreign-device", await ReasonAsync("mon-1", box));
        Assert.Equal("no-patient", await ReasonAsync("mine", box));
    }

    [Fact]
    public async Task Who_says_another_patient_or_bed_than_the_record_is_refused()
    {
        var batch = Batch("mon-1", Sample(72));
        batch["patient"] = "pat-2";
        Assert.Equal("other-patient", Assert.Single((await beds.ReadAsync(batch)).Rejections).Reason.Text());
        batch["patient"] = "pat-1";
        batch["bed"] = "bed-1";
        Assert.Empty((await beds.ReadAsync(batch)).Rejections);
        batch["bed"] = "bed-2";
        Assert.Equal("other-bed", Assert.Single((await beds.ReadAsync(batch)).Rejections).Reason.Text());
    }

    [Fact]
    public async Task Samples_belong_to_who_was_on_the_device_then()
    {
        beds.Add(beds.Use("use-1", "mon-1", "pat-1", Now - (10 * Minute), Now - (4 * Minute), "completed"), beds.Use("use-2", "mon-1", "pat-2", Now - (2 * Minute)));
        var read = await beds.ReadAsync(Batch("mon-1", [.. new[] { -11, -10, -4, -3, -2, 0 }.Select(m => Sample(72, time: Now + (m * Minute)))]));
        Assert.Equal([("pat-1", -10L), ("pat-2", -2L), ("pat-2", 0L)], read.Samples.Select(s => (s.Patient, (s.Time - Now) / Minute)));
        Assert.Equal([(0, "no-patient"), (2, "no-patient"), (3, "no-patient")], read.Rejections.Select(r => (r.Index, r.Reason.Text())));
    }

    [Fact]
    public async Task What_stands_before_and_behind_the_samples_counts_and_escapes_are_read()
    {
        var read = await beds.ReadAsync($$"""{"samples":[{"unit":"\/min","value":72,"c\u006fde":"heart\u002drate","time":{{Now}},"questionable":true}],"simulated":true,"device":"mon\u002d1"}""");
        Assert.Equal(SampleFlags.Simulated | SampleFlags.Questionable, Assert.Single(read.Samples).Flags);
    }

    [Theory]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[{\"time\":1,\"code\":\"heart-rate\",\"value\":NaN}]}", "byte 68")]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[{\"time\":1,\"code\":\"heart-rate\",\"value\":72", "line 1")]
    [InlineData("", "JSON")]
    [InlineData("[]", "JSON object")]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[]} x", "byte 33")]
    [InlineData("{\"samples\":[]}", "device")]
    [InlineData("{\"device\":\"mon-1\"}", "samples")]
    [InlineData("{\"device\":7,\"samples\":[]}", "device")]
    [InlineData("{\"device\":\"mon-1\",\"device\":\"mon-2\",\"samples\":[]}", "at most once")]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[{\"val\":1}]}", "samples[0]")]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[{\"time\":1,\"time\":2}]}", "samples[0]")]
    [InlineData("{\"device\":\"mon-1\",\"samples\":[7]}", "samples[0]")]
    [InlineData("{\"batches\":[{\"device\":\"mon-1\",\"samples\":[{\"unit\":7}]}]}", "batches[0].samples[0].unit")]
    [InlineData("{\"batches\":[{\"device\":\"mon-1\",\"samples\":[]},{\"device\":\"mon-1\"}]}", "batches[1].samples")]
    [InlineData("{\"batches\":[],\"device\":\"x\"}", "device")]
    [InlineData("{\"batches\":{}}", "batches")]
    public async Task A_body_that_is_not_well_formed_fails_with_its_place(string body, string place)
    {
        var read = await beds.ReadAsync(body);
        Assert.Equal(FailureKind.Invalid, read.Failure?.Kind);
        Assert.Contains(place, read.Failure!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_cut_of_a_body_fails()
    {
        var whole = new JsonObject { ["batches"] = new JsonArray(Batch("mon-1", Sample(72), Sample(73, "temperature", "Cel")), Batch("A1", Sample(70))) }.ToJsonString();
        Assert.Null((await beds.ReadAsync(whole)).Failure);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.NotNull((await beds.ReadAsync(whole[..length])).Failure);
        }
    }

    [Fact]
    public async Task Of_many_rejections_all_are_counted_and_the_first_hundred_listed()
    {
        var read = await beds.ReadAsync(Batch("mon-1", [.. Enumerable.Range(0, 250).Select(i => Sample(1e9, time: Now - i))]));
        Assert.Equal((250, BatchCheck.MostListed), (read.Rejected, read.Rejections.Count));
    }

    private async Task<string> ReasonAsync(string device, Caller? caller = null) => (await beds.ReadAsync(Batch(device, Sample(72)), caller)).Rejections is [var one] ? one.Reason.Text() : "";
}
