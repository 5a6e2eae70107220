using Microsoft.Extensions.Logging.Abstractions;
using Salus.Kernel;
using Salus.Monitoring.Alerts;
using Salus.Monitoring.Flow;
using static Salus.Monitoring.Tests.Alerts.Given;

namespace Salus.Monitoring.Tests.Alerts;

public sealed class PatientRulesTests
{
    private readonly IReadOnlyList<AlertRule> rules = new RuleBook(null!, TimeProvider.System, NullLogger<RuleBook>.Instance).Of(Tenant.Default);
    private readonly PatientRules patient = new();

    public PatientRulesTests() => patient.Begin(Start);

    [Fact]
    public void Of_rules_that_say_the_same_the_most_urgent_speaks()
    {
        Assert.Equal(["news2-high"], Step(State("p1", 0, news2: 9)).Select(e => e.Rule.Name));
        Assert.Empty(Step(State("p1", 100, news2: 9)));
    }

    [Fact]
    public void What_was_suppressed_speaks_when_the_other_has_ended()
    {
        Step(State("p1", 0, news2: 9));
        Assert.Equal([("news2-high", RuleStep.Resolve)], Step(State("p1", 10, news2: 5)).Select(e => (e.Rule.Name, e.Step)));
        Assert.Equal([("news2-medium", RuleStep.Raise)], Step(State("p1", 60, news2: 5)).Select(e => (e.Rule.Name, e.Step)));
    }

    [Fact]
    public void A_rule_that_is_off_for_the_patient_is_silent_until_then()
    {
        Adjustment[] off = [new("news2-high", null, Off: true, Until: After(100))];
        Assert.DoesNotContain(Step(State("p1", 0, news2: 9), off), e => e.Rule.Name == "news2-high");
        Assert.Contains(Step(State("p1", 100, news2: 9), off), e => e.Rule.Name == "news2-high");
    }

    [Fact]
    public void Shipped_rules_are_judged_before_those_that_they_suppress()
    {
        var order = rules.Select(r => r.Name).ToList();
        Assert.All(rules, r => Assert.All(r.SuppressedBy, s => Assert.True(order.IndexOf(s) >= 0 && order.IndexOf(s) < order.IndexOf(r.Name), $"{s} before {r.Name}")));
    }

    private List<RuleEvent> Step(PatientState state, params Adjustment[] adjustments)
    {
        var events = new List<RuleEvent>();
        patient.Step(state, state.At, rules, adjustments, events);
        return events;
    }
}
