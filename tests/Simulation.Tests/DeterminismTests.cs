using System.Security.Cryptography;

namespace Salus.Simulation.Tests;

public sealed class DeterminismTests
{
    [Fact]
    public void The_same_plan_gives_the_same_bytes() => Assert.Equal(Hash(Hospital.Make(40)), Hash(Hospital.Make(40)));

    [Fact]
    public void Another_seed_gives_other_bytes() => Assert.NotEqual(Hash(Hospital.Make(5)), Hash(Hospital.Make(5, seed: 2)));

    [Fact]
    public void A_patient_does_not_depend_on_the_number_of_patients()
    {
        var (few, many) = (Hospital.Make(10), Hospital.Make(10_000));
        for (var number = 1; number <= 10; number++) Assert.True(few.Bundle(number).Span.SequenceEqual(many.Bundle(number).Span));
    }

    [Fact]
    public void A_late_patient_is_made_without_the_ones_before()
    {
        var alone = Hospital.Make(10_000).Bundle(9_999);
        Assert.Contains("pat-09999", System.Text.Encoding.UTF8.GetString(alone.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Bundles_by_number_equal_bundles_in_a_row()
    {
        var hospital = Hospital.Make(12);
        Assert.Equal(13, hospital.BundleCount);
        Assert.All(hospital.Bundles().Select((bundle, number) => (bundle, number)), pair => Assert.True(pair.bundle.Span.SequenceEqual(hospital.Bundle(pair.number).Span)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(3, 20)]
    public void Other_lengths_of_the_past_stay_inside_it(int seed, int years)
    {
        var hospital = new SyntheticHospital(new HospitalPlan(seed, 60, years, Hospital.Until.AddMinutes(1000)), TimeProvider.System);
        for (var number = 1; number < hospital.BundleCount; number++)
        {
            var chart = hospital.Chart(number);
            Assert.All(chart.Measurements, found => Assert.InRange(found.Taken, hospital.Until.AddYears(-years), hospital.Until));
            Assert.All(chart.Contacts, contact => Assert.InRange(contact.Start, hospital.Until.AddYears(-years), contact.End ?? hospital.Until));
        }
    }

    [Fact]
    public void A_plan_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticHospital(new HospitalPlan(Patients: -1), TimeProvider.System));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticHospital(new HospitalPlan(Years: 0), TimeProvider.System));
        Assert.Throws<ArgumentOutOfRangeException>(() => Hospital.Make(3).Bundle(4));
    }

    [Fact]
    public void Without_until_the_present_is_the_start_of_the_day()
    {
        var hospital = new SyntheticHospital(new HospitalPlan(Patients: 0), new StoppedClock(new DateTimeOffset(2027, 3, 4, 17, 45, 0, TimeSpan.Zero)));
        Assert.Equal(new DateTimeOffset(2027, 3, 4, 0, 0, 0, TimeSpan.Zero), hospital.Until);
    }

    [Fact]
    public void The_generator_keeps_the_published_sequence()
    {
        // First outputs of SplitMix64 for the state 1234567, as in the Rosetta Code task of that name: 6457827717110365317, 3203168211198807973.
        var dice = new Chance.Dice(1234567);
        Assert.Equal(6457827717110365317UL >> 11, (ulong)(dice.Unit() * (1UL << 53)));
        Assert.Equal(3203168211198807973UL >> 11, (ulong)(dice.Unit() * (1UL << 53)));
    }

    [Theory]
    [InlineData(0.8, -1.154)]
    [InlineData(4.2, -1.154)]
    [InlineData(97, -0.203)]
    public void Powers_agree_with_the_library(double x, double y) => Assert.Equal(Math.Pow(x, y), Chance.Arithmetic.Power(x, y), 1e-12);

    static string Hash(SyntheticHospital hospital)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bundle in hospital.Bundles()) hash.AppendData(bundle.Span);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
