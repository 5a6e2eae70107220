using Salus.Kernel;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Monitors;
using Salus.Monitoring.Monitors.Snapshots;

namespace Salus.Monitoring.Tests.Monitors;

/// <summary>The order in which samples come does not matter: neither to the state nor to a single bucket.</summary>
public sealed class OrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Shuffled_samples_give_the_same_bits(int seed)
    {
        var first = new Ward();
        var samples = Course.Of(first, seed);
        var ordered = samples.OrderBy(s => s.Time).ToArray();
        first.Commit(ordered);
        var expected = Bits(first);
#pragma warning disable CA5394 // Repeatable.
        var random = new Random(seed);
        for (var round = 0; round < 20; round++)
        {
            random.Shuffle(ordered);
            var ward = new Ward();
            Course.Of(ward, seed);
            for (var at = 0; at < ordered.Length;)
            {
                var portion = random.Next(1, 200);
                ward.Commit(ordered[at..Math.Min(ordered.Length, at + portion)]);
                at += portion;
            }
#pragma warning restore CA5394

            Assert.Equal(expected, Bits(ward));
        }
    }

    [Fact]
    public void What_came_while_the_clock_went_on_gives_the_same_bits_as_what_came_at_once()
    {
        var live = new Ward();
        var samples = Course.Of(live, 7);
        var end = live.Now;
        foreach (var hour in samples.OrderBy(s => s.Time).GroupBy(s => s.Time / Ward.Hour))
        {
            live.Now = Math.Min(end, hour.Max(s => s.Time));
            live.Commit([.. hour]);
            live.Monitors.Tick();
        }

        live.Now = end;
        live.Monitors.Tick();
        var once = new Ward();
        Course.Of(once, 7);
        once.Commit(samples);
        // Windows that were asked for before must not differ either.
        Assert.Equal(Bits(once), Bits(live));
    }

    [Fact]
    public void A_changed_bit_is_seen()
    {
        var (first, second) = (new Ward(), new Ward());
        first.Commit(Course.Of(first, 1));
        var samples = Course.Of(second, 1);
        samples[samples.Length / 2] = samples[samples.Length / 2] with { Value = samples[samples.Length / 2].Value + 1, Flags = SampleFlags.None };
        second.Commit(samples);
        Assert.NotEqual(Bits(first), Bits(second));
    }

    /// <summary>Everything that is known of the patients of a ward at its time: snapshots, windows, readings and scores.</summary>
    internal static string Bits(Ward ward) => string.Join('\n', Course.Patients.Select(p => Bits(ward, p)));

    private static string Bits(Ward ward, string patient)
    {
        var snapshot = ward.Monitors.Snapshot(Ward.PartitionOf(patient)).Patients.Single(p => p.Patient == patient);
        var windows = MetricSet.Default.All.SelectMany(m => Enum.GetValues<WindowSpan>().Select(s => $"{m.Name} {s} {ward.Monitors.Window(Tenant.Default, patient, m, s)}"));
        return $"{Convert.ToHexString(snapshot.Data)} {string.Join(';', windows)} {Course.Text(Reevaluated(ward, snapshot))}";
    }

    // A state is made when samples come; here at the same moment for all.
    private static PatientState Reevaluated(Ward ward, PatientSnapshot snapshot)
    {
        ward.Facts.Set(Tenant.Default, snapshot.Patient, Salus.Monitoring.Tests.Scores.Inputs.Adult with { });
        ward.Monitors.Tick();
        return ward.State(snapshot.Patient);
    }
}
