using System.Text;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Tests.Alerts;

public sealed class RuleJsonTests
{
    [Fact]
    public void Every_shipped_rule_reads_back_as_it_was()
    {
        foreach (var rule in new RuleBook(null!, TimeProvider.System).Of(Tenant.Default))
        {
            var again = RuleJson.Read(RuleJson.Write(RuleJson.Of(rule)), rule.Version, RuleBook.Scores).Value;
            Assert.Equal(rule.Trigger, again.Trigger);
            Assert.Equal(rule.Escalation, again.Escalation);
            Assert.Equal(rule with { SuppressedBy = [], Escalation = [] }, again with { SuppressedBy = [], Escalation = [] });
        }
    }

    [Theory]
    [InlineData("""{"name":"A b"}""", "name")]
    [InlineData("""{"name":"x","title":" "}""", "title")]
    [InlineData("""{"name":"x","title":"t","priority":"urgent"}""", "priority")]
    [InlineData("""{"name":"x","title":"t","priority":"3"}""", "priority")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{}}""", "when")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"pulse","atLeast":3}}""", "when.metric")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"score":"news3","atLeast":3}}""", "when.score")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"heart-rate","atLeast":3,"atMost":5}}""", "when")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"heart-rate","atLeast":100,"clear":101}}""", "when.clear")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":1}}""", "when.seconds")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"escalation":[{"afterSeconds":60,"to":"janitor"}]}""", "escalation")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"delaySeconds":-1}""", "delaySeconds")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"colour":"red"}""", "colour")]
    [InlineData("""{"name":"x","title":"t","delaySeconds":"soon"}""", "delaySeconds")]
    public void A_wrong_rule_names_the_field(string text, string field)
    {
        Assert.True(RuleJson.Read(Encoding.UTF8.GetBytes(text), 1, RuleBook.Scores).Failed(out var failure));
        Assert.Equal(FailureKind.Invalid, failure.Kind);
        Assert.Contains(failure.Problems, p => p.Path == field);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\":")]
    public void What_is_no_object_is_refused(string text) => Assert.True(RuleJson.Read(Encoding.UTF8.GetBytes(text), 1, RuleBook.Scores).Failed(out _));
}
