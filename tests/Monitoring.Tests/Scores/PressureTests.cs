using Salus.Monitoring.Metrics;
using Salus.Monitoring.Scores;
using static Salus.Monitoring.Tests.Scores.Inputs;

namespace Salus.Monitoring.Tests.Scores;

public sealed class PressureTests
{
    [Fact]
    public void The_mean_pressure_is_the_measured_one() => Assert.Equal((83m, true), (MeanPressure.Of(With(("mean-pressure", 83))).Value, MeanPressure.Of(With(("mean-pressure", 83))).Complete));

    [Theory]
    [InlineData(120, 75, 90)]
    [InlineData(100, 60, 73.3)]
    [InlineData(110, 60, 76.7)]
    public void Without_it_the_mean_is_calculated(decimal systolic, decimal diastolic, decimal mean)
    {
        var score = MeanPressure.Of(Of(("systolic", systolic), ("diastolic", diastolic)));
        Assert.Equal((mean, true, "Calculated from systolic and diastolic pressure."), (score.Value, score.Complete, score.Note));
    }

    [Fact]
    public void Systolic_and_diastolic_of_two_measurements_are_no_pair()
    {
        var input = Replacing("diastolic", new Vital(75_000, Now - 1000 - 60_001, VitalKind.Fresh));
        Assert.Equal((null, "stale"), (MeanPressure.Of(input).Value, MeanPressure.Of(input).Part("diastolic").Why));
        Assert.Null(PulsePressure.Of(input).Value);
        Assert.Equal(45, PulsePressure.Of(Replacing("diastolic", new Vital(75_000, Now - 1000 - 60_000, VitalKind.Fresh))).Value);
    }

    [Fact]
    public void The_newer_pair_counts()
    {
        var vitals = new Vital[32];
        foreach (var (metric, value, age) in new[] { ("systolic", 120, 900), ("diastolic", 75, 900), ("arterial-systolic", 95, 1), ("arterial-diastolic", 60, 1) })
        {
            vitals[MetricSet.Default[metric].Number] = new(value * 1000, Now - (age * 1000), VitalKind.Fresh);
        }

        Assert.Equal(35, PulsePressure.Of(new ScoreInput(Now, Adult, vitals)).Value);
    }

    [Fact]
    public void A_diastolic_above_the_systolic_pressure_is_no_value() => Assert.Null(PulsePressure.Of(With(("systolic", 60), ("diastolic", 75))).Value);

    [Theory]
    [InlineData(70, 120, 0.58)]
    [InlineData(120, 80, 1.5)]
    [InlineData(101, 99, 1.02)]
    public void The_shock_index_is_heart_rate_by_systolic_pressure(decimal heart, decimal systolic, decimal index) =>
        Assert.Equal(index, ShockIndex.Of(With(("heart-rate", heart), ("systolic", systolic))).Value);

    [Fact]
    public void The_shock_index_needs_both()
    {
        Assert.Null(ShockIndex.Of(With(("systolic", 0))).Value);
        Assert.Null(ShockIndex.Of(Of(("heart-rate", 70))).Value);
    }

    [Fact]
    public void A_pulse_that_is_newer_than_the_heart_rate_counts()
    {
        var vitals = new Vital[32];
        vitals[Vitals.HeartRate.Number] = new(70_000, Now - 5000, VitalKind.Fresh);
        vitals[Vitals.PulseRate.Number] = new(90_000, Now - 1000, VitalKind.Fresh);
        vitals[Vitals.Systolic.Number] = new(100_000, Now, VitalKind.Fresh);
        Assert.Equal(0.9m, ShockIndex.Of(new ScoreInput(Now, Adult, vitals)).Value);
        vitals[Vitals.PulseRate.Number] = new(90_000, Now - 1000, VitalKind.Implausible);
        Assert.Equal(0.7m, ShockIndex.Of(new ScoreInput(Now, Adult, vitals)).Value);
    }

    [Fact]
    public void A_model_adds_its_score_where_it_applies()
    {
        Assert.Equal(7, new Scorer([]).Of(With()).All.Count);
        Assert.Equal("ward-model", new Scorer([new Model()]).Of(With()).All[^1].Name);
        Assert.Equal(7, new Scorer([new Model()]).Of(Of()).All.Count);
    }

    private sealed class Model : IScoreModel
    {
        public Score? Of(ScoreInput input) => input[Vitals.HeartRate].Counts ? new Score("ward-model", 0.25m, true, null, [], null) : null;
    }
}
