using Salus.Monitoring.Scores;
using static Salus.Monitoring.Tests.Scores.Inputs;

namespace Salus.Monitoring.Tests.Scores;

public sealed class CriteriaTests
{
    [Theory]
    [InlineData("respiratory-rate", 21.999, 0)]
    [InlineData("respiratory-rate", 22, 1)]
    [InlineData("systolic", 100, 1)]
    [InlineData("systolic", 100.001, 0)]
    [InlineData("coma-score", 15, 0)]
    [InlineData("coma-score", 14, 1)]
    public void Qsofa_counts_from_the_published_edge(string metric, decimal value, int points)
    {
        var score = Qsofa.Of(With((metric, value)));
        Assert.Equal(((decimal?)points, true, "negative"), (score.Value, score.Complete, score.Level));
    }

    [Fact]
    public void Two_of_three_are_positive_whatever_the_third_is()
    {
        var score = Qsofa.Of(Of(("respiratory-rate", 25), ("systolic", 95)));
        Assert.Equal((2m, false, "positive"), (score.Value, score.Complete, score.Level));
        Assert.Equal("missing", score.Part("coma-score").Why);
    }

    [Fact]
    public void One_of_two_known_ones_is_not_decided()
    {
        var score = Qsofa.Of(Of(("respiratory-rate", 25), ("systolic", 120)));
        Assert.Equal((1m, false, null), (score.Value, score.Complete, score.Level));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    public void Without_a_coma_score_the_level_of_consciousness_tells_of_mentation(decimal level, int points)
    {
        var score = Qsofa.Of(Of(("respiratory-rate", 16), ("systolic", 120), ("consciousness", level)));
        Assert.Equal(((decimal?)points, true), (score.Value, score.Complete));
        Assert.Equal(level, score.Part("consciousness").Amount);
    }

    [Theory]
    [InlineData("temperature", 38, 0)]
    [InlineData("temperature", 38.001, 1)]
    [InlineData("temperature", 36, 0)]
    [InlineData("temperature", 35.999, 1)]
    [InlineData("heart-rate", 90, 0)]
    [InlineData("heart-rate", 90.001, 1)]
    [InlineData("respiratory-rate", 20, 0)]
    [InlineData("respiratory-rate", 20.001, 1)]
    public void Sirs_counts_beyond_the_published_edge(string metric, decimal value, int points) =>
        Assert.Equal((points, true), ((int)Sirs.Of(With(Labs((Lab.Leukocytes, 8)), (metric, value))).Value!, Sirs.Of(With(Labs((Lab.Leukocytes, 8)), (metric, value))).Complete));

    [Theory]
    [InlineData(nameof(Lab.Leukocytes), 12, 0)]
    [InlineData(nameof(Lab.Leukocytes), 12.001, 1)]
    [InlineData(nameof(Lab.Leukocytes), 4, 0)]
    [InlineData(nameof(Lab.Leukocytes), 3.999, 1)]
    [InlineData(nameof(Lab.Bands), 10, 0)]
    [InlineData(nameof(Lab.Bands), 10.001, 1)]
    [InlineData(nameof(Lab.ArterialCarbonDioxide), 32, 0)]
    [InlineData(nameof(Lab.ArterialCarbonDioxide), 31.999, 1)]
    public void Sirs_counts_laboratory_values_beyond_the_published_edge(string lab, decimal value, int points) =>
        Assert.Equal(points, Sirs.Of(With(Labs((Enum.Parse<Lab>(lab), value)))).Value);

    [Fact]
    public void Sirs_without_white_cells_is_incomplete_and_without_bands_is_not()
    {
        Assert.False(Sirs.Of(With()).Complete);
        Assert.Equal("missing", Sirs.Of(With()).Part("leukocytes").Why);
        Assert.True(Sirs.Of(With(Labs((Lab.Leukocytes, 8)))).Complete);
    }

    [Fact]
    public void A_laboratory_value_of_the_day_before_is_stale()
    {
        var facts = Adult with { Labs = new Dictionary<Lab, LabValue> { [Lab.Leukocytes] = new(20_000, Now - (24 * 3_600_000) - 1) } };
        Assert.Equal(("stale", 20m), (Sirs.Of(With(facts)).Part("leukocytes").Why, Sirs.Of(With(facts)).Part("leukocytes").Amount));
    }

    [Fact]
    public void Children_get_no_adult_score()
    {
        var child = Adult with { BirthDate = new DateOnly(2008, 6, 16) };
        Assert.All(new[] { Qsofa.Of(With(child)), Sirs.Of(With(child)), Sofa.Of(With(child)) }, s => Assert.Equal((null, false, true), (s.Value, s.Complete, s.Note is not null)));
        Assert.NotNull(Qsofa.Of(With(Adult with { BirthDate = new DateOnly(2008, 6, 15) })).Value);
    }
}
