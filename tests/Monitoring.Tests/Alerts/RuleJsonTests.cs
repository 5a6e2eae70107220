using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Tests.Alerts;

public sealed class RuleJsonTests
{
    [Fact]
    public void Every_shipped_rule_reads_back_as_it_was()
    {
        foreach (var rule in new RuleBook(null!, TimeProvider.System, NullLogger<RuleBook>.Instance).Of(Tenant.Default))
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
    [InlineData("""{"name":"x\n","title":"t","priority":"low","when":{"silent":true,"seconds":60}}""", "name")]
    [InlineData("""{"name":null,"title":"t","priority":"low","when":{"silent":true,"seconds":60}}""", "name")]
    [InlineData("""{"name":"x","title":null,"priority":"low","when":{"silent":true,"seconds":60}}""", "title")]
    [InlineData("""{"name":"x","title":"\u200b","priority":"low","when":{"silent":true,"seconds":60}}""", "title")]
    [InlineData("""{"name":"x","title":"t","priority":"high,low","when":{"silent":true,"seconds":60}}""", "priority")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"source":null}""", "source")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"suppressedBy":null}""", "suppressedBy")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"suppressedBy":[null]}""", "suppressedBy")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"escalation":null}""", "escalation")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"escalation":[null,null]}""", "escalation")]
    public void A_wrong_rule_names_the_field(string text, string field)
    {
        Assert.True(RuleJson.Read(Encoding.UTF8.GetBytes(text), 1, RuleBook.Scores).Failed(out var failure));
        Assert.Equal(FailureKind.Invalid, failure.Kind);
        Assert.Contains(failure.Problems, p => p.Path == field);
    }

    [Theory]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"silent":true,"seconds":60},"suppressedBy":["no-such"]}""", "suppressedBy")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"heart-rate","atLeast":500}}""", "when.atLeast")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"temperature","atLeast":104}}""", "when.atLeast")]
    [InlineData("""{"name":"x","title":"t","priority":"low","when":{"metric":"heart-rate","atMost":-1}}""", "when.atMost")]
    public void What_could_never_alert_is_refused(string text, string field)
    {
        var all = new RuleBook(null!, TimeProvider.System, NullLogger<RuleBook>.Instance).Of(Tenant.Default);
        Assert.All(all, r => Assert.Null(RuleBook.Wrong(all, r)));
        Assert.Equal(field, Assert.Single(RuleBook.Wrong(all, RuleJson.Read(Encoding.UTF8.GetBytes(text), 1, RuleBook.Scores).Value)!.Problems).Path);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\":")]
    public void What_is_no_object_is_refused(string text) => Assert.True(RuleJson.Read(Encoding.UTF8.GetBytes(text), 1, RuleBook.Scores).Failed(out _));
}
