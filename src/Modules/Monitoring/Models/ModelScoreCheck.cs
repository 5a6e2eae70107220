using System.Text.RegularExpressions;
using Salus.Kernel;
using Salus.Monitoring.Alerts;

namespace Salus.Monitoring.Models;

/// <summary>What a score has to be like.</summary>
internal static partial class ModelScoreCheck
{
    public const int MostScores = 100;
    public const int MostInputs = 50;

    private const int LongestName = 60;
    private const int LongestText = 500;
    private const int LongestInput = 100;
    private const decimal Most = 1_000_000_000m;

    /// <summary>How old a score may be that comes now.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(7);

    private static readonly TimeSpan ShortestValid = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestValid = TimeSpan.FromDays(1);

    /// <summary>Null, or everything that is wrong with them.</summary>
    /// <param name="tolerance">What clocks may be off.</param>
    public static Failure? Of(IReadOnlyList<ModelScore> scores, DateTimeOffset now, TimeSpan tolerance)
    {
        if (scores.Count is 0 or > MostScores)
        {
            return new Failure(FailureKind.Invalid, "value", $"1 to {MostScores} scores come at once; these are {scores.Count}.", "scores");
        }

        var problems = scores.SelectMany((score, i) => Of(score, $"scores[{i}]", now, tolerance)).ToList();
        return problems.Count > 0 ? new Failure(FailureKind.Invalid, problems) : null;
    }

    /// <summary>Whether something may be the name of a model.</summary>
    public static bool IsName(string? name) => name is not null && NameForm().IsMatch(name) && !RuleBook.Scores.Contains(name);

    private static IEnumerable<Problem> Of(ModelScore score, string place, DateTimeOffset now, TimeSpan tolerance)
    {
        (bool Good, string Field, string Message)[] checks =
        [
            (IsName(score.Model), "model", $"The name of a model has 1 to {LongestName} lower-case letters, digits and hyphens, begins with a letter, and is none of {string.Join(", ", RuleBook.Scores)}."),
            (IsText(score.Version, LongestName), "version", $"The version of the model, in 1 to {LongestName} characters."),
            (!string.IsNullOrEmpty(score.Patient), "patient", "The logical id of a Patient."),
            (Math.Abs(score.Value) <= Most, "value", $"From -{Most} to {Most}."),
            (score.At <= now + tolerance && score.At >= now - Oldest, "time", $"The moment that it is about: within the last {Oldest.TotalDays} days, and not ahead of this server's clock, which shows {now.UtcDateTime:u}."),
            (score.Valid >= ShortestValid && score.Valid <= LongestValid, "validSeconds", $"How long it counts, from {ShortestValid.TotalSeconds} to {LongestValid.TotalSeconds}."),
            (score.Explanation is null || IsText(score.Explanation, LongestText), "explanation", $"At most {LongestText} characters."),
            (score.Inputs.Count <= MostInputs && score.Inputs.All(i => IsText(i.Name, LongestInput) && (i.Unit is null || IsText(i.Unit, LongestInput))), "inputs", $"At most {MostInputs}, each with a name and perhaps a unit of up to {LongestInput} characters."),
        ];
        return checks.Where(c => !c.Good).Select(c => new Problem("value", c.Message, $"{place}.{c.Field}"));
    }

    private static bool IsText(string? text, int longest) => text is not null && text.Length <= longest && Texts.Visible(text).Length > 0 && !text.Any(char.IsControl);

    [GeneratedRegex("^[a-z][a-z0-9-]{0,59}$")]
    private static partial Regex NameForm();
}
