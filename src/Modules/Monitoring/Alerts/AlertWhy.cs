using System.Globalization;
using System.Text.Json;
using Salus.Monitoring.Flow;
using Salus.Monitoring.Models;

namespace Salus.Monitoring.Alerts;

/// <summary>Why an alert was raised: a sentence, the rule's version, and the values of that moment, which are kept with the alert.</summary>
internal static class AlertWhy
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>As JSON.</summary>
    public static string Of(RuleEvent raised, PatientState state) => raised.Rule.Trigger.Kind == TriggerKind.Model && state.Models.FirstOrDefault(m => m.Model == raised.Rule.Trigger.Of) is { } model
        ? OfModel(raised, model)
        : JsonSerializer.Serialize(
        new
        {
            text = Text(raised.Rule, raised.Judgement),
            ruleVersion = raised.Rule.Version,
            values = Values(raised.Rule.Trigger, state),
        },
        Json);

    // Which model and version said it, and on what grounds: models change, and the alert stays.
    private static string OfModel(RuleEvent raised, ModelReading model)
    {
        using var inputs = JsonDocument.Parse(model.Inputs);
        return JsonSerializer.Serialize(
            new
            {
                text = Text(raised.Rule, raised.Judgement, model.Version),
                ruleVersion = raised.Rule.Version,
                values = new[] { new { metric = model.Model, value = model.Value, unit = (string?)null, time = Time(model.At), points = (int?)null } },
                model = new { name = model.Model, version = model.Version, explanation = model.Explanation, inputs = inputs.RootElement },
            },
            Json);
    }

    private static IEnumerable<object> Values(Trigger trigger, PatientState state)
    {
        var score = trigger.Kind is TriggerKind.Score or TriggerKind.Part ? state.Scores[trigger.Of] : null;
        if (score is not null)
        {
            return score.Parts.Where(p => p.Amount is not null).Select(p => (object)new { metric = p.Name, value = p.Amount, unit = (string?)null, time = Time(p.Time), points = p.Points });
        }

        return state.Readings.Where(r => r.Metric.Name == trigger.Of || trigger.Kind == TriggerKind.Silent)
            .Select(r => (object)new { metric = r.Metric.Name, value = (decimal?)r.Amount, unit = (string?)r.Metric.Unit.Code, time = Time(r.Time), points = (int?)null });
    }

    private static string Text(AlertRule rule, Judgement judgement, string? version = null)
    {
        var amount = judgement.Amount?.ToString("0.###", CultureInfo.InvariantCulture);
        var trigger = rule.Trigger;
        var limit = trigger.AtLeast is { } least ? $"at least {least.ToString(CultureInfo.InvariantCulture)}" : $"at most {trigger.AtMost?.ToString(CultureInfo.InvariantCulture)}";
        return trigger.Kind switch
        {
            TriggerKind.Metric => $"{trigger.Of} is {amount}; the rule is {limit}.",
            TriggerKind.Score => $"{trigger.Of} is {amount}; the rule is {limit}.",
            TriggerKind.Model => $"The model {trigger.Of}, version {version}, says {amount}; the rule is {limit}.",
            TriggerKind.Part => $"A parameter of {trigger.Of} has {amount} points.",
            TriggerKind.Slope => $"{trigger.Of} changes by {amount} in an hour; the rule is {limit}.",
            TriggerKind.Missing => $"No {trigger.Of} for {amount} s.",
            _ => $"Nothing from any device for {amount} s.",
        };
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
