using Salus.Kernel;
using Salus.Monitoring.Models;

namespace Salus.Monitoring;

/// <summary>What a model thinks of a patient at a moment.</summary>
/// <param name="Patient">Logical id.</param>
/// <param name="Model">Its name: 1 to 60 lower-case letters, digits and hyphens, a letter first; none of the published scores.</param>
/// <param name="Version">Which version of it, 1 to 60 characters: kept with every score and with every alert that is raised by it.</param>
/// <param name="Value">The score, from -1,000,000,000 to 1,000,000,000; six decimals are kept.</param>
/// <param name="At">The moment that it is about: not ahead, and not more than 7 days ago.</param>
public sealed record ModelScore(string Patient, string Model, string Version, decimal Value, DateTimeOffset At)
{
    /// <summary>How long it counts: one minute to a day. Afterwards it is shown as stale, and rules neither begin nor end by it.</summary>
    public TimeSpan Valid { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Why, for people; at most 500 characters. Null for nothing.</summary>
    public string? Explanation { get; init; }

    /// <summary>What went into it; at most 50.</summary>
    public IReadOnlyList<ModelInput> Inputs { get; init; } = [];
}

/// <summary>One thing that went into a score.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Value">Null where it was missing.</param>
/// <param name="Unit">UCUM; null for none.</param>
/// <param name="Time">When it was measured; null for what has no time.</param>
/// <param name="Contribution">By how much it moved the score, as the model reckons that; null where it does not say.</param>
public sealed record ModelInput(string Name, decimal? Value, string? Unit = null, DateTimeOffset? Time = null, decimal? Contribution = null);

/// <summary>What became of scores.</summary>
/// <param name="Stored">Are durable now.</param>
/// <param name="Duplicates">There was one of the model for the patient and moment already: it stays.</param>
/// <param name="Hidden">Are of patients who are not there, or whom the caller may not see: nothing of them is stored.</param>
public sealed record ModelScoresTaken(int Stored, int Duplicates, IReadOnlyList<string> Hidden);

/// <summary>The way in for models: what they say is stored, shown with the patient, and judged by the rules of the kind <c>model</c>. Monitoring has no model of its own. Safe for all threads.</summary>
public sealed class ModelScores
{
    private readonly ModelIntake intake;

    internal ModelScores(ModelIntake intake) => this.intake = intake;

    /// <summary>
    /// Returns when the scores are durable; states and rules know them then. Fails with Invalid when one of them is not as described (nothing is stored then, and the failure names each field), with Forbidden when
    /// the caller may see no Observations or has not the permission, with Unavailable when the database is away.
    /// </summary>
    /// <param name="caller">Needs the permission <c>scores.send</c>, and to see Observations of the patients.</param>
    /// <param name="scores">1 to 100.</param>
    public Task<Outcome<ModelScoresTaken>> PutAsync(Caller caller, IReadOnlyList<ModelScore> scores, CancellationToken ct) => intake.PutAsync(caller, scores, ct);
}
