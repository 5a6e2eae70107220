namespace Salus.Simulation.Streams;

/// <summary>What happens to a patient, and when. Times are milliseconds since 1970 UTC, by the patient's own clock.</summary>
internal abstract class Story
{
    /// <summary>Nothing happens.</summary>
    public static readonly Story Calm = new CalmStory();

    /// <summary>How far the patient is from the own normal at a time.</summary>
    public abstract Shift At(long time);

    private sealed class CalmStory : Story
    {
        public override Shift At(long time) => default;
    }
}

/// <summary>A course that begins at a time, and does not come again.</summary>
internal sealed class IllnessStory(IllnessCourse course, long onset) : Story
{
    public override Shift At(long time) => course.At((time - onset) / 3_600_000.0);
}

/// <summary>
/// A ward on which somebody falls ill every few hours, for good: the patients in turn, the courses in turn. What happens at a time depends on the time alone, so that it goes on after a restart.
/// </summary>
/// <param name="turn">Which turn is this patient's, from 0.</param>
/// <param name="turns">How many patients take turns.</param>
/// <param name="first">The onset of turn 0.</param>
internal sealed class TurnStory(int turn, int turns, long first) : Story
{
    /// <summary>Hours from one onset to the next.</summary>
    public const int Interval = 7;

    private const double Hour = 3_600_000;

    public override Shift At(long time)
    {
        var last = (long)Math.Floor((time - first) / (Interval * Hour));
        // The last turn of this patient; in the beginning there are ones before the first.
        var own = last - ((((last - turn) % turns) + turns) % turns);
        var course = IllnessCourse.All[(int)(((own % IllnessCourse.All.Count) + IllnessCourse.All.Count) % IllnessCourse.All.Count)];
        return course.At((time - first - (own * Interval * Hour)) / Hour);
    }
}
