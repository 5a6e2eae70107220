namespace Salus.Monitoring.Scores;

/// <summary>What went into a score for one parameter.</summary>
/// <param name="Name">Of the parameter, such as <c>respiratory-rate</c>.</param>
/// <param name="Points">Null when it is missing or stale: then it adds nothing and is shown as missing. Null too in what is a number and no sum of points, such as the shock index.</param>
/// <param name="Amount">The value, in the metric's unit, of what is stale too; null when there is none.</param>
/// <param name="Time">When it was measured, milliseconds since 1970 UTC; 0 when never.</param>
/// <param name="Why">Why it does not count: <c>missing</c>, <c>stale</c>, <c>implausible</c>; null when it does.</param>
internal sealed record ScorePart(string Name, int? Points, decimal? Amount, long Time, string? Why);

/// <summary>A score of a patient.</summary>
/// <param name="Name">Such as <c>news2</c>, <c>qsofa</c>, <c>sirs</c>, <c>sofa</c>, <c>shock-index</c>, <c>map</c>, <c>pulse-pressure</c>.</param>
/// <param name="Value">Null when it cannot be said.</param>
/// <param name="Complete">Whether every part was there and fresh.</param>
/// <param name="Level">The score's own word for how bad it is, such as <c>none</c>, <c>low</c>, <c>low-medium</c>, <c>medium</c>, <c>high</c>; null where it has none.</param>
/// <param name="Parts">What it is made of.</param>
/// <param name="Note">Why it is not applicable (age, pregnancy) or what to heed; null for nothing.</param>
internal sealed record Score(string Name, decimal? Value, bool Complete, string? Level, IReadOnlyList<ScorePart> Parts, string? Note);

/// <summary>The scores of a patient at a moment. Immutable.</summary>
internal sealed record ScoreSet(IReadOnlyList<Score> All)
{
    public static ScoreSet None { get; } = new([]);

    public Score? this[string name] => All.FirstOrDefault(s => s.Name == name);
}
