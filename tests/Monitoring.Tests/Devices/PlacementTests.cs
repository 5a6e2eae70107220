using Salus.Kernel;
using Salus.Monitoring.Devices;
using Salus.Monitoring.Metrics;

namespace Salus.Monitoring.Tests.Devices;

public sealed class PlacementTests
{
    private long position;

    [Fact]
    public void The_later_start_wins_from_its_start()
    {
        var placements = Placement.Of([Use("c", 50, 60), Use("a", 10, null), Use("b", 20, 30)]);
        // b ended a for good, though b was over before: a device that went on does not come back by itself.
        Assert.Equal([("a", 10L, 20L), ("b", 20, 30), ("c", 50, 60)], placements.Select(p => (p.Patient, p.From, p.Until)));
    }

    [Fact]
    public void Of_two_that_start_together_the_one_written_later_counts() =>
        Assert.Equal([("b", 10L, long.MaxValue)], Placement.Of([Use("a", 10, null), Use("b", 10, null)]).Select(p => (p.Patient, p.From, p.Until)));

    [Fact]
    public void What_says_nothing_of_a_patient_on_the_device_is_left_out() => Assert.Empty(Placement.Of(
    [
        Use("a", 10, null) with { Status = "entered-in-error" }, Use("b", 10, null) with { Status = "intended" }, Use("c", 10, null) with { Deleted = true },
        Use("d", 10, null) with { Patient = null }, Use("e", 30, 20), Use("f", 10, 10),
    ]));

    [Fact]
    public void A_device_finds_who_was_on_it_at_a_time()
    {
        var device = new RegisteredDevice(
            new DeviceRow(Tenant.Default, "d", 1, false, null, null, [], null, null), Placement.Of([Use("a", null, 10), Use("b", 20, 30), Use("c", 30, null)]), new Dictionary<Metric, string>(), new DeviceCounts());
        Assert.Equal(["a", "a", null, null, "b", "b", "c", "c"], new[] { long.MinValue, 9, 10, 19, 20, 29, 30, long.MaxValue - 1 }.Select(t => device.At(t)?.Patient));
    }

    [Fact]
    public void A_statement_may_go_to_another_device_and_a_device_away()
    {
        var index = new DeviceIndex(MetricSet.Default);
        index.Apply(new DeviceChanges([Device("d1", "s|X"), Device("d2", "s|Y")], [Use("a", 10, null) with { Device = "d1" }], []));
        Assert.Equal("a", index.Get(Tenant.Default, "d1")!.At(20)?.Patient);
        index.Apply(new DeviceChanges([Device("d1", "s|Z")], [Use("a", 10, null) with { Device = "d2" }], []));
        Assert.Null(index.Get(Tenant.Default, "d1")!.At(20));
        Assert.Equal("a", index.Get(Tenant.Default, "d2")!.At(20)?.Patient);
        Assert.Equal((0, 1, 0), (index.Find(Tenant.Default, "X").Length, index.Find(Tenant.Default, "s|Z").Length, index.Find(new Tenant(2), "Z").Length));
        index.Apply(new DeviceChanges([Device("d1", "s|Z") with { Deleted = true }], [], []));
        Assert.Equal(0, index.Find(Tenant.Default, "Z").Length);
    }

    private DeviceUseRow Use(string patient, long? start, long? until) => new(Tenant.Default, $"use-{patient}", ++position, false, 1, "active", "d", patient, start, until);

    private DeviceRow Device(string id, string identifier) => new(Tenant.Default, id, ++position, false, "active", id, [identifier], null, null);
}
