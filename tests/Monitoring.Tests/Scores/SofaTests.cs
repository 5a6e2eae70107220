using Salus.Monitoring.Scores;
using static Salus.Monitoring.Tests.Scores.Inputs;

namespace Salus.Monitoring.Tests.Scores;

public sealed class SofaTests
{
    [Theory]
    [InlineData(nameof(Lab.Platelets), "coagulation", 150, 0)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 149.999, 1)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 100, 1)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 99.999, 2)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 50, 2)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 49.999, 3)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 20, 3)]
    [InlineData(nameof(Lab.Platelets), "coagulation", 19.999, 4)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 1.199, 0)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 1.2, 1)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 1.95, 1)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 2, 2)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 5.999, 2)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 6, 3)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 12, 3)]
    [InlineData(nameof(Lab.Bilirubin), "liver", 12.001, 4)]
    [InlineData(nameof(Lab.Creatinine), "renal", 1.199, 0)]
    [InlineData(nameof(Lab.Creatinine), "renal", 1.2, 1)]
    [InlineData(nameof(Lab.Creatinine), "renal", 2, 2)]
    [InlineData(nameof(Lab.Creatinine), "renal", 3.5, 3)]
    [InlineData(nameof(Lab.Creatinine), "renal", 5, 3)]
    [InlineData(nameof(Lab.Creatinine), "renal", 5.001, 4)]
    public void A_laboratory_value_is_in_the_band_whose_edge_it_reaches(string lab, string part, decimal value, int points) =>
        Assert.Equal(points, Sofa.Of(With(Labs((Enum.Parse<Lab>(lab), value)))).Part(part).Points);

    [Fact]
    public void Every_coma_score_has_the_points_of_the_table()
    {
        int[] expected = [4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 1, 1, 0];
        Assert.Equal(expected, Enumerable.Range(3, 13).Select(coma => Sofa.Of(With(("coma-score", coma))).Part("nervous-system").Points!.Value));
    }

    [Theory]
    [InlineData(70, 0)]
    [InlineData(69.999, 1)]
    public void Circulation_goes_by_the_mean_pressure(decimal mean, int points) => Assert.Equal(points, Sofa.Of(With(("arterial-mean", mean))).Part("circulation").Points);

    // PaO2 in mmHg on 50 %.
    [Theory]
    [InlineData(200, 0)]
    [InlineData(199.9, 1)]
    [InlineData(150, 1)]
    [InlineData(149.9, 2)]
    [InlineData(60, 2)]
    public void Respiration_goes_by_the_blood_gas_up_to_2_without_known_support(decimal pressure, int points) =>
        Assert.Equal(points, Sofa.Of(With(Labs((Lab.ArterialOxygen, pressure)), ("inspired-oxygen", 50), ("oxygen-flow", 10))).Part("respiration").Points);

    [Theory]
    [InlineData(22, 97, 1)]
    [InlineData(27, 97, 1)]
    [InlineData(28, 97, 2)]
    [InlineData(60, 90, 2)]
    [InlineData(28, 97.5, null)]
    public void Without_a_blood_gas_respiration_goes_by_the_saturation_on_oxygen(decimal fraction, decimal saturation, int? points)
    {
        var part = Sofa.Of(With(("inspired-oxygen", fraction), ("oxygen-flow", 4), ("oxygen-saturation", saturation))).Part("respiration");
        Assert.Equal((points, points is null ? "missing" : null), (part.Points, part.Why));
    }

    [Fact]
    public void On_air_the_saturation_does_not_stand_for_a_blood_gas()
    {
        Assert.Null(Sofa.Of(With(("oxygen-saturation", 93))).Part("respiration").Points);
        Assert.Equal(1, Sofa.Of(With(Labs((Lab.ArterialOxygen, 70)))).Part("respiration").Points);
    }

    [Fact]
    public void The_sum_is_a_lower_bound_and_names_what_is_missing()
    {
        var score = Sofa.Of(With(Labs((Lab.Platelets, 90), (Lab.Creatinine, 2.5m)), ("coma-score", 12)));
        Assert.Equal((6m, false), (score.Value, score.Complete));
        Assert.Equal(["respiration", "liver"], score.Parts.Where(p => p.Points is null).Select(p => p.Name));
        Assert.StartsWith("Partial", score.Note, StringComparison.Ordinal);
    }
}
