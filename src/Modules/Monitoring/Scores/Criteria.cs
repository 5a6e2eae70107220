namespace Salus.Monitoring.Scores;

/// <summary>Scores that count how many criteria are met, and are positive from two on.</summary>
internal static class Criteria
{
    private const int Positive = 2;
    private const int Adult = 18;

    /// <summary>Both were derived from adults; thresholds for children are others.</summary>
    public static Score? NotForChildren(string name, ScoreInput input) =>
        input.Facts.AgeAt(input.Now) < Adult ? new(name, null, false, null, [], "Made for adults: not for patients under 18 years.") : null;

    public static Score Score(string name, ScoreInput input, ScorePart[] parts)
    {
        var known = parts.Count(p => p.Points is not null);
        var sum = parts.Sum(p => p.Points ?? 0);
        var level = sum >= Positive ? "positive" : sum + parts.Length - known < Positive ? "negative" : null;
        return new(name, known == 0 ? null : sum, known == parts.Length, level, parts, input.Facts.Pregnant ? "Its thresholds were not made for pregnancy." : null);
    }
}
