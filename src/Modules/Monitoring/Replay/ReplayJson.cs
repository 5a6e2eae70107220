using System.Text.Json;
using System.Text.Json.Nodes;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Replay;

/// <summary>What is asked of a replay.</summary>
/// <param name="Rule">The rule as it would be; without it the rule as it is, to see what it comes to.</param>
/// <param name="From">Without it a week before <paramref name="To"/>, and that is now.</param>
/// <param name="Ward">Only the patients who lie in this Location now.</param>
internal sealed record ReplayJson(JsonObject? Rule, DateTimeOffset? From, DateTimeOffset? To, string? Ward)
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(7);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>The time that is meant; it ends now at the latest.</summary>
    public Outcome<(long From, long To)> Times(DateTimeOffset now)
    {
        if (To < DateTimeOffset.UnixEpoch)
        {
            return new Failure(FailureKind.Invalid, "value", "Not before 1970.", "to");
        }

        var to = To is { } end && end < now ? end : now;
        var from = From ?? to - Usual;
        return from >= to ? new Failure(FailureKind.Invalid, "value", "It has to be before 'to', and before now.", "from")
            : to - from > Longest ? new Failure(FailureKind.Invalid, "value", $"At most {Longest.TotalDays} days before 'to'.", "from")
            : from < DateTimeOffset.UnixEpoch ? new Failure(FailureKind.Invalid, "value", "Not before 1970.", "from")
            : (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
    }

    /// <summary>The rules with the changed one.</summary>
    /// <param name="name">As the address has it.</param>
    public Outcome<AlertRule[]> Changed(IReadOnlyList<AlertRule> rules, string name)
    {
        if (Rule is null)
        {
            return rules.Any(r => r.Name == name)
                ? rules.ToArray()
                : new Failure(FailureKind.NotFound, "not-found", $"There is no rule '{name}'. Send one as 'rule' to try it.");
        }

        var read = RuleJson.Read(JsonSerializer.SerializeToUtf8Bytes(Rule), 0, RuleBook.Scores);
        if (read.Failed(out var wrong) || (wrong = RuleBook.Wrong(rules, read.Value)!) is not null)
        {
            return new Failure(wrong.Kind, [.. wrong.Problems.Select(p => p with { Path = p.Path is { Length: > 0 } field ? $"rule.{field}" : "rule" })]);
        }

        return read.Value.Name == name
            ? RuleBook.With(rules, read.Value).ToArray()
            : new Failure(FailureKind.Invalid, "value", $"The address names '{name}' and the rule '{read.Value.Name}'. They have to be the same.", "rule.name");
    }
}
