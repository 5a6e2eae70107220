using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Monitoring.Metrics;
using Salus.Monitoring.Models;

namespace Salus.Monitoring.Alerts;

/// <summary>Rules as JSON: of the shipped file, the API and the database.</summary>
internal sealed partial record RuleJson
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private static readonly string[] Roles = ["nurse", "charge-nurse", "physician"];

    public string Name { get; init; } = "";

    /// <summary>Counted by the server; what is sent counts for nothing.</summary>
    public int? Version { get; init; }

    public string Title { get; init; } = "";

    public string Priority { get; init; } = "";

    public bool Active { get; init; } = true;

    public WhenJson? When { get; init; }

    public int DelaySeconds { get; init; }

    public int RearmMinutes { get; init; } = 10;

    public IReadOnlyList<string> SuppressedBy { get; init; } = [];

    public IReadOnlyList<StepJson> Escalation { get; init; } = [];

    public string Source { get; init; } = "";

    /// <summary>Reads and checks a rule.</summary>
    /// <param name="scores">Names of the scores there are.</param>
    /// <returns>Invalid with every field that is wrong.</returns>
    public static Outcome<AlertRule> Read(ReadOnlySpan<byte> text, int version, IReadOnlyCollection<string> scores)
    {
        try
        {
            return JsonSerializer.Deserialize<RuleJson>(text, Json) is { } rule ? rule.Checked(version, scores) : new Failure(FailureKind.Invalid, "structure", "A rule is a JSON object.");
        }
        catch (JsonException e)
        {
            return new Failure(FailureKind.Invalid, "structure", "This is not a rule as docs/modules/monitoring-alerts.md describes it.", e.Path?.TrimStart('$', '.'));
        }
    }

    /// <summary>A list of rules, as shipped.</summary>
    public static IReadOnlyList<RuleJson> ReadAll(Stream stream) => JsonSerializer.Deserialize<List<RuleJson>>(stream, Json)!;

    public static byte[] Write(RuleJson rule) => JsonSerializer.SerializeToUtf8Bytes(rule, Json);

    public static RuleJson Of(AlertRule rule) => new()
    {
        Name = rule.Name,
        Version = rule.Version,
        Title = rule.Title,
        Priority = rule.Priority.ToString().ToLowerInvariant(),
        Active = rule.Active,
        When = WhenJson.Of(rule.Trigger),
        DelaySeconds = (int)rule.Delay.TotalSeconds,
        RearmMinutes = (int)rule.Rearm.TotalMinutes,
        SuppressedBy = rule.SuppressedBy,
        Escalation = [.. rule.Escalation.Select(s => new StepJson((int)s.After.TotalSeconds, s.To))],
        Source = rule.Source,
    };

    /// <summary>The rule, or everything that is wrong with it.</summary>
    public Outcome<AlertRule> Checked(int version, IReadOnlyCollection<string> scores)
    {
        var problems = new List<Problem>();
        void Check(bool good, string field, string message)
        {
            if (!good)
            {
                problems.Add(new Problem("value", message, field));
            }
        }

        Check(NameForm().IsMatch(Name), "name", "A name has 1 to 60 lower-case letters, digits and hyphens, and begins with a letter.");
        Check(Texts.Visible(Title).Length is > 0 and <= 100, "title", "Say in 1 to 100 characters what the alert means: it is what people read first.");
        Check(Enum.TryParse<AlertPriority>(Priority, ignoreCase: true, out var priority) && Priority.All(char.IsAsciiLetter), "priority", "One of high, medium, low.");
        Check(DelaySeconds is >= 0 and <= 3600, "delaySeconds", "From 0 to 3600.");
        Check(RearmMinutes is >= 0 and <= 1440, "rearmMinutes", "From 0 to 1440.");
        Check(Source.Length <= 500, "source", "At most 500 characters.");
        Check(SuppressedBy is { Count: <= 10 } && SuppressedBy.All(s => s is { Length: > 0 } && s != Name), "suppressedBy", "At most 10 names of other rules.");
        Check(Escalation.Count <= 5 && Escalation.All(s => s is { AfterSeconds: > 0 and <= 86400 } && Roles.Contains(s.To)), "escalation", $"At most 5 steps, each with afterSeconds from 1 to 86400 and to one of {string.Join(", ", Roles)}.");
        Check(Escalation.Zip(Escalation.Skip(1)).All(p => p.First?.AfterSeconds < p.Second?.AfterSeconds), "escalation", "Each step comes later than the one before.");
        Trigger? trigger = null;
        if (When is null)
        {
            Check(false, "when", "Say when it alerts.");
        }
        else
        {
            trigger = When.Checked(scores, Check);
        }

        return problems.Count > 0
            ? new Failure(FailureKind.Invalid, problems)
            : new AlertRule(
                Name, version, Texts.Visible(Title), priority, Active, trigger!, TimeSpan.FromSeconds(DelaySeconds), TimeSpan.FromMinutes(RearmMinutes), SuppressedBy,
                [.. Escalation.Select(s => new EscalationStep(TimeSpan.FromSeconds(s.AfterSeconds), s.To))], Source);
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,59}\z")]
    private static partial Regex NameForm();
}

/// <summary>A step of an escalation.</summary>
internal sealed record StepJson(int AfterSeconds, string To);

/// <summary>The trigger: exactly one of the names, and what belongs to it.</summary>
internal sealed record WhenJson
{
    public string? Metric { get; init; }

    public string? Score { get; init; }

    public string? Part { get; init; }

    public string? Slope { get; init; }

    public string? Missing { get; init; }

    public bool? Silent { get; init; }

    public string? Model { get; init; }

    public decimal? AtLeast { get; init; }

    public decimal? AtMost { get; init; }

    public decimal? Clear { get; init; }

    public int? Seconds { get; init; }

    public static WhenJson Of(Trigger trigger) => new()
    {
        Metric = trigger.Kind == TriggerKind.Metric ? trigger.Of : null,
        Score = trigger.Kind == TriggerKind.Score ? trigger.Of : null,
        Part = trigger.Kind == TriggerKind.Part ? trigger.Of : null,
        Slope = trigger.Kind == TriggerKind.Slope ? trigger.Of : null,
        Missing = trigger.Kind == TriggerKind.Missing ? trigger.Of : null,
        Silent = trigger.Kind == TriggerKind.Silent ? true : null,
        Model = trigger.Kind == TriggerKind.Model ? trigger.Of : null,
        AtLeast = trigger.AtLeast,
        AtMost = trigger.AtMost,
        Clear = trigger.Clear,
        Seconds = trigger.Kind is TriggerKind.Missing or TriggerKind.Silent ? (int)trigger.Age.TotalSeconds : null,
    };

    public Trigger? Checked(IReadOnlyCollection<string> scores, Action<bool, string, string> check)
    {
        var named = Named().ToList();
        if (named.Count != 1)
        {
            check(false, "when", "Exactly one of metric, score, part, slope, missing, silent, model.");
            return null;
        }

        var (kind, of) = named[0];
        var field = $"when.{kind.ToString().ToLowerInvariant()}";
        if (kind is TriggerKind.Model)
        {
            // It may send its first score later.
            check(ModelScoreCheck.IsName(of), field, $"The name of a model has 1 to 60 lower-case letters, digits and hyphens, begins with a letter, and is none of the scores {string.Join(", ", scores)}.");
        }

        check(
            kind is TriggerKind.Silent or TriggerKind.Model || (kind is TriggerKind.Score or TriggerKind.Part ? scores.Contains(of) : MetricSet.Default.Find(of) is { } known && known.Name == of), field,
            kind is TriggerKind.Score or TriggerKind.Part ? $"'{of}' is no score. There are {string.Join(", ", scores)}." : $"'{of}' is no metric. There are {string.Join(", ", MetricSet.Default.All.Select(m => m.Name))}.");
        if (kind is TriggerKind.Missing or TriggerKind.Silent)
        {
            check(Seconds is >= 5 and <= 86400, "when.seconds", "How long nothing came: from 5 to 86400.");
            check(AtLeast is null && AtMost is null && Clear is null, "when", "What is missing has no atLeast, atMost or clear.");
            return new Trigger(kind, of, null, null, null, TimeSpan.FromSeconds(Seconds ?? 0));
        }

        check((AtLeast is null) != (AtMost is null), "when", "Exactly one of atLeast and atMost.");
        check(Seconds is null, "when.seconds", "Only for missing and silent; to wait before alerting there is delaySeconds.");
        check(Clear is null || (AtLeast is { } least ? Clear <= least : Clear >= AtMost), "when.clear", "It ends at or below atLeast, or at or above atMost.");
        return new Trigger(kind, of, AtLeast, AtMost, Clear, TimeSpan.Zero);
    }

    private IEnumerable<(TriggerKind Kind, string Of)> Named()
    {
        if (Metric is not null)
        {
            yield return (TriggerKind.Metric, Metric);
        }

        if (Score is not null)
        {
            yield return (TriggerKind.Score, Score);
        }

        if (Part is not null)
        {
            yield return (TriggerKind.Part, Part);
        }

        if (Slope is not null)
        {
            yield return (TriggerKind.Slope, Slope);
        }

        if (Missing is not null)
        {
            yield return (TriggerKind.Missing, Missing);
        }

        if (Model is not null)
        {
            yield return (TriggerKind.Model, Model);
        }

        if (Silent == true)
        {
            yield return (TriggerKind.Silent, "");
        }
    }
}
