using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>One kind of search with its variants, as URLs below the base.</summary>
internal sealed record Question(string Name, bool Count, IReadOnlyList<string> Urls);

/// <summary>Gathers, while resources are stored, what can be asked about them later.</summary>
internal sealed class Questions
{
    private readonly Random random = new(5);
    private readonly Dictionary<string, int> codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (List<string> Kept, int Seen)> kept = new(StringComparer.Ordinal);

    public void Learn(PendingWrite write)
    {
        var type = write.Type.Name;
        var values = write.Values;
        if (type == "Patient")
        {
            Keep("identifier", values.Tokens.Where(t => t is { Parameter.Code: "identifier", System: not null }).Select(t => $"Patient?identifier={t.System}|{t.Code}").LastOrDefault());
            Keep("name", values.Strings.Where(s => s.Parameter.Code == "family" && s.Text.Length > 4).Select(s => $"Patient?name={s.Text[..4]}").FirstOrDefault());
        }
        else if (type == "Condition")
        {
            Keep("problems", Reference(write, "patient") is { } patient ? $"Condition?patient={patient}&clinical-status=active" : null);
        }
        else if (type == "Observation" && values.Tokens.FirstOrDefault(t => t is { Parameter.Code: "code", System: not null }) is { Code: { } code, System: { } system })
        {
            codes[code] = codes.GetValueOrDefault(code) + 1;
            Keep("course", Reference(write, "subject") is { } subject ? $"Observation?subject={subject}&code={system}|{code}&_sort=-date&_count=20" : null);
            Keep("encounter", Reference(write, "encounter") is { } encounter ? $"Observation?encounter={encounter}&_count=100" : null);
        }
    }

    public IReadOnlyList<Question> All()
    {
        var frequent = codes.OrderByDescending(c => c.Value).Take(25).Select(c => c.Key).ToList();
        return
        [
            new("Patient?identifier (one match)", false, kept["identifier"].Kept),
            new("Observation?subject&code&_sort=-date&_count=20", false, kept["course"].Kept),
            new("Observation?code&_count=20 (25 frequent codes)", false, [.. frequent.Select(c => $"Observation?code={c}&_count=20")]),
            new("Observation?status=final&_count=20", false, ["Observation?status=final&_count=20"]),
            new("Patient?name (4 letters)", false, kept["name"].Kept),
            new("Condition?patient&clinical-status", false, kept["problems"].Kept),
            new("Observation?encounter (all of one)", false, kept["encounter"].Kept),
            new("count of Observation?code (25 frequent codes)", true, [.. frequent.Select(c => $"Observation?code={c}")]),
        ];
    }

    // Every url seen has the same chance to be among the 400 that are kept.
    private void Keep(string kind, string? url)
    {
        if (url is null)
        {
            return;
        }

        var (list, seen) = kept.GetValueOrDefault(kind, ([], 0));
        if (list.Count < 400)
        {
            list.Add(url);
        }
        else if (random.Next(seen + 1) is var place and < 400)
        {
            list[place] = url;
        }

        kept[kind] = (list, seen + 1);
    }

    private static string? Reference(PendingWrite write, string parameter) =>
        write.Values.References.Where(r => r.Parameter.Code == parameter && r.TargetId is not null).Select(r => $"{r.TargetType}/{r.TargetId}").FirstOrDefault();
}
