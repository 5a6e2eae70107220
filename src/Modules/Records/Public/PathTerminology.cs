using Salus.Fhir.Paths;
using Salus.Kernel;

namespace Salus.Records;

/// <summary>
/// <c>memberOf()</c>, <c>subsumes()</c> and <c>subsumedBy()</c> of FHIRPath, answered by the terminology of this server. An evaluation is synchronous and terminology may have to be
/// read from the database: so what is asked for the first time gets a provisional answer, is looked up when the evaluation has ended, and the expression is evaluated again. No thread waits.
/// One user at a time.
/// </summary>
/// <param name="tenant">Whose terminology.</param>
public sealed class PathTerminology(Vocabulary vocabulary, Tenant tenant)
{
    // What an answer decides may lead to other questions, but not for long.
    private const int MostRounds = 16;

    // About 10 MB. What is asked beyond them is not known, which ends the evaluation.
    private const int MostAnswers = 100_000;

    private readonly Dictionary<(bool Member, string? System, string Code, string Other), bool?> answers = [];
    private readonly HashSet<(bool Member, string? System, string Code, string Other)> open = [];
    private bool provisional;

    /// <summary>The same context with terminology in it.</summary>
    public PathContext In(PathContext context) => context with { MemberOf = MemberOf, Subsumes = Subsumes };

    /// <summary>Evaluates as often as it takes for every answer to be known. The results of all but the last time count for nothing.</summary>
    /// <param name="evaluate">Evaluates with a context of <see cref="In"/>. Outside of this call, what was never asked is not known.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database is away.</exception>
    public async Task<T> EvaluateAsync<T>(Func<T> evaluate, CancellationToken ct)
    {
        for (var round = 0; ; round++)
        {
            provisional = round < MostRounds;
            var result = evaluate();
            provisional = false;
            if (open.Count == 0)
            {
                return result;
            }

            foreach (var question in open)
            {
                answers[question] = await AnswerAsync(question, ct);
            }

            open.Clear();
        }
    }

    private bool? MemberOf(PathCode code, string valueSet) => Answer((true, code.System, code.Code, valueSet));

    // Codes of different systems are not compared by any code system.
    private bool? Subsumes(PathCode general, PathCode special) =>
        general.System is null || special.System is null || general.System != special.System ? null : Answer((false, general.System, general.Code, special.Code));

    private bool? Answer((bool Member, string? System, string Code, string Other) question)
    {
        if (answers.TryGetValue(question, out var known))
        {
            return known;
        }

        if (!provisional || answers.Count + open.Count >= MostAnswers)
        {
            return null;
        }

        open.Add(question);
        return false;
    }

    private async ValueTask<bool?> AnswerAsync((bool Member, string? System, string Code, string Other) question, CancellationToken ct)
    {
        var answer = question.Member
            ? await vocabulary.IsInAsync(tenant, question.Other, question.System, question.Code, ct)
            : await vocabulary.SubsumesAsync(tenant, question.System!, question.Code, question.Other, ct);
        return answer switch { CodeAnswer.Yes => true, CodeAnswer.No => false, _ => null };
    }
}
