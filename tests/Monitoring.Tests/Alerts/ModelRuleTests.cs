using System.Text;
using System.Text.Json;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Models;

namespace Salus.Monitoring.Tests.Alerts;

/// <summary>Rules of the kind model.</summary>
public sealed class ModelRuleTests
{
    private static readonly AlertRule Sepsis = Rule("""{"name":"sepsis-model","title":"Sepsis, says the model","priority":"medium","when":{"model":"sepsis-ml","atLeast":0.8,"clear":0.7}}""");

    [Theory]
    [InlineData(0.8, 0, (int)Verdict.Holds)]
    [InlineData(0.75, 0, (int)Verdict.Between)]
    [InlineData(0.69, 0, (int)Verdict.Clear)]
    [InlineData(0.9, 3600, (int)Verdict.Holds)]
    [InlineData(0.9, 3601, (int)Verdict.Unknown)]
    [InlineData(0.1, 3601, (int)Verdict.Unknown)]
    public void A_score_is_judged_with_hysteresis_while_it_counts(decimal value, int after, int verdict)
    {
        var state = Given.State(0) with { Models = [Said("other", 1), Said("sepsis-ml", value)] };
        Assert.Equal((Verdict)verdict, Judgement.Of(Sepsis.Trigger, null, state, Given.Start, Given.After(after)).Verdict);
    }

    [Fact]
    public void Without_a_score_nothing_can_be_judged() => Assert.Equal(Verdict.Unknown, Judgement.Of(Sepsis.Trigger, null, Given.State(0) with { Models = [Said("other", 1)] }, Given.Start, Given.Start).Verdict);

    [Fact]
    public void The_alert_says_which_model_and_version_and_on_what_grounds()
    {
        var state = Given.State(0) with { Models = [Said("sepsis-ml", 0.83m)] };
        var why = JsonDocument.Parse(AlertWhy.Of(new RuleEvent(Sepsis, RuleStep.Raise, Judgement.Of(Sepsis.Trigger, null, state, Given.Start, Given.Start), Given.Start), state)).RootElement;
        Assert.Equal("The model sepsis-ml, version 2.1, says 0.83; the rule is at least 0.8.", why.GetProperty("text").GetString());
        Assert.Equal(("sepsis-ml", "2.1", "rising lactate", "lactate"), (
            why.GetProperty("model").GetProperty("name").GetString(), why.GetProperty("model").GetProperty("version").GetString(), why.GetProperty("model").GetProperty("explanation").GetString(),
            why.GetProperty("model").GetProperty("inputs")[0].GetProperty("name").GetString()));
        Assert.Equal(0.83m, why.GetProperty("values")[0].GetProperty("value").GetDecimal());
    }

    [Fact]
    public void A_state_has_the_inputs_that_moved_it_most()
    {
        var few = Said("m", 1);
        Assert.Equal(few.Inputs, few.Leading);
        var many = new ModelReading("m", "1", 1, 0, 1, null, JsonSerializer.Serialize(Enumerable.Range(1, 9).Select(i => new { name = $"i{i}", contribution = i % 2 == 0 ? -i : i / 10m })));
        Assert.Equal(["i8", "i6", "i4", "i2", "i9"], JsonDocument.Parse(many.Leading).RootElement.EnumerateArray().Select(i => i.GetProperty("name").GetString()));
    }

    [Fact]
    public void A_rule_is_written_as_it_is_read()
    {
        var written = JsonDocument.Parse(RuleJson.Write(RuleJson.Of(Sepsis))).RootElement;
        Assert.Equal("""{"model":"sepsis-ml","atLeast":0.8,"clear":0.7}""", written.GetProperty("when").ToString());
    }

    [Theory]
    [InlineData("""{"model":"news2","atLeast":1}""", "when.model")]
    [InlineData("""{"model":"Sepsis ML","atLeast":1}""", "when.model")]
    [InlineData("""{"model":"m"}""", "when")]
    [InlineData("""{"model":"m","atLeast":1,"seconds":60}""", "when.seconds")]
    [InlineData("""{"model":"m","score":"news2","atLeast":1}""", "when")]
    public void A_wrong_rule_names_its_field(string when, string field)
    {
        var read = RuleJson.Read(Encoding.UTF8.GetBytes($$"""{"name":"m","title":"t","priority":"low","when":{{when}}}"""), 1, RuleBook.Scores);
        Assert.True(read.Failed(out var failure));
        Assert.Contains(failure.Problems, p => p.Path == field);
    }

    private static ModelReading Said(string model, decimal value) => new(model, "2.1", value, Given.Start, Given.Start + 3_600_000, "rising lactate", """[{"name":"lactate","value":3.1,"unit":"mmol/L"}]""");

    private static AlertRule Rule(string json) => RuleJson.Read(Encoding.UTF8.GetBytes(json), 1, RuleBook.Scores).Value;
}
