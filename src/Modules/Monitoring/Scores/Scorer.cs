namespace Salus.Monitoring.Scores;

/// <summary>A model that scores a patient. Register it as a service, and each state has its score; nothing is registered by default.</summary>
internal interface IScoreModel
{
    /// <summary>The score; null when it does not apply to the patient. Called on the partition's own thread for every state: must be quick, keep nothing of the input and not throw.</summary>
    Score? Of(ScoreInput input);
}

/// <summary>All scores of a moment. Safe for all threads as far as the models are.</summary>
internal sealed class Scorer(IEnumerable<IScoreModel> models)
{
    private static readonly Func<ScoreInput, Score>[] Published = [News2.Of, Qsofa.Of, Sirs.Of, Sofa.Of, ShockIndex.Of, MeanPressure.Of, PulsePressure.Of];

    private readonly IScoreModel[] models = [.. models];

    public ScoreSet Of(ScoreInput input)
    {
        var scores = new List<Score>(Published.Length + models.Length);
        foreach (var score in Published)
        {
            scores.Add(score(input));
        }

        foreach (var model in models)
        {
            if (model.Of(input) is { } score)
            {
                scores.Add(score);
            }
        }

        return new ScoreSet(scores);
    }
}
