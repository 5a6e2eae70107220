using Salus.Fhir.Profiles;
using Salus.Kernel;

namespace Salus.Records.Validation;

/// <summary>
/// The terminology of this server as a validation asks it: at once, and without I/O. What has to be looked up first counts as not known, and is kept for
/// <see cref="AnswerAsync"/>; the validation is then run again. One validation.
/// </summary>
/// <param name="first">Asked before the terminology; null for nothing.</param>
internal sealed class AskedCodes(Vocabulary vocabulary, Tenant tenant, IValueSets? first) : IValueSets
{
    /// <summary>One resource with more different codes than this is told what is known of the first.</summary>
    private const int MostAnswers = 2000;

    private readonly Dictionary<(string ValueSet, string? System, string Code), CodeAnswer> answers = [];
    private readonly HashSet<(string ValueSet, string? System, string Code)> open = [];

    public bool? Contains(string valueSet, string? system, string code)
    {
        if (first?.Contains(valueSet, system, code) is { } known)
        {
            return known;
        }

        if (answers.TryGetValue((valueSet, system, code), out var answer))
        {
            return answer switch { CodeAnswer.Yes => true, CodeAnswer.No => false, _ => null };
        }

        if (answers.Count + open.Count < MostAnswers)
        {
            open.Add((valueSet, system, code));
        }

        return null;
    }

    /// <summary>Looks up what was asked; false when nothing was.</summary>
    public async Task<bool> AnswerAsync(CancellationToken ct)
    {
        if (open.Count == 0)
        {
            return false;
        }

        foreach (var question in open)
        {
            answers[question] = await vocabulary.IsInAsync(tenant, question.ValueSet, question.System, question.Code, ct);
        }

        open.Clear();
        return true;
    }
}
