using Salus.Kernel;

namespace Salus.Monitoring.Models;

/// <summary>The body of <c>POST /monitoring/scores</c>: one model, and what it says of patients.</summary>
/// <param name="ValidSeconds">How long each counts; null for an hour.</param>
internal sealed record ScoresJson(string? Model, string? Version, int? ValidSeconds, IReadOnlyList<ScoreJson?>? Scores)
{
    private const int Usual = 3600;

    /// <summary>Invalid names every field that is missing; the rest is checked where all scores are.</summary>
    public Outcome<IReadOnlyList<ModelScore>> ToScores()
    {
        var problems = new List<Problem>();
        void Need(bool there, string field, string message)
        {
            if (!there)
            {
                problems.Add(new Problem("required", message, field));
            }
        }

        Need(Model is not null, "model", "The name of the model.");
        Need(Version is not null, "version", "The version of the model: it is kept with every alert.");
        Need(Scores is not null, "scores", "A list of patient, time and value.");
        for (var i = 0; i < Scores?.Count; i++)
        {
            Need(Scores[i]?.Patient is not null, $"scores[{i}].patient", "The logical id of a Patient.");
            Need(Scores[i]?.Time is not null, $"scores[{i}].time", "The moment that the score is about: ISO 8601 with a zone.");
            Need(Scores[i]?.Value is not null, $"scores[{i}].value", "The score, a JSON number. What could not be scored is left out.");
            Need(Scores[i]?.Inputs?.All(input => input?.Name is not null) != false, $"scores[{i}].inputs", "Each input has a name.");
        }

        return problems.Count > 0 ? new Failure(FailureKind.Invalid, problems) : Scores!.Select(s => s!.ToScore(Model!, Version!, TimeSpan.FromSeconds(ValidSeconds ?? Usual))).ToList();
    }
}

/// <summary>What a model says of one patient.</summary>
internal sealed record ScoreJson(string? Patient, DateTimeOffset? Time, decimal? Value, string? Explanation, IReadOnlyList<InputJson?>? Inputs)
{
    public ModelScore ToScore(string model, string version, TimeSpan valid) => new(Patient!, model, version, Value!.Value, Time!.Value)
    {
        Valid = valid,
        Explanation = Explanation,
        Inputs = [.. (Inputs ?? []).Select(i => new ModelInput(i!.Name!, i.Value, i.Unit, i.Time, i.Contribution))],
    };
}

/// <summary>What went into a score.</summary>
internal sealed record InputJson(string? Name, decimal? Value, string? Unit, DateTimeOffset? Time, decimal? Contribution);
