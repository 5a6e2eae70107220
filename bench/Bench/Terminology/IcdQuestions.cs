using System.IO.Compression;
using Salus.Bench.Load;

namespace Salus.Bench.Terminology;

/// <summary>Requests about ICD-10-CM, made from the lines of its order file.</summary>
internal sealed class IcdQuestions
{
    private const string System = "http://hl7.org/fhir/sid/icd-10-cm";
    private const int Many = 20_000;

    private readonly Random random = new(1);
    private readonly List<(string Code, string[] Words)> lines;

    public IcdQuestions(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        lines = [.. reader.ReadToEnd().Split('\n').Where(l => l.Length > 77).Select(l => (Dotted(l[6..14].Trim()), Words(l[77..])))];
    }

    public int Lines => lines.Count;

    public static Workload Resource => new("GET CodeSystem/id (read)", [Shot.Get("/fhir/CodeSystem/icd-10-cm-2021")]);

    public Workload Lookup => new("CodeSystem/$lookup", Ask(l => $"/fhir/CodeSystem/$lookup?system={System}&code={l.Code}"));

    public Workload Validate => new("ValueSet/$validate-code", Ask(l => $"/fhir/ValueSet/$validate-code?url={Set}&system={System}&code={l.Code}"));

    public Workload Subsumes => new("CodeSystem/$subsumes", Ask(l => $"/fhir/CodeSystem/$subsumes?system={System}&codeA={l.Code[..3]}&codeB={l.Code}"));

    /// <summary>As somebody types: the first three letters or more of one word.</summary>
    public Workload OneWord => new("$expand, filter of a word's beginning", Ask(l => Expand(Part(l.Words, 3))));

    /// <summary>The beginnings of two words.</summary>
    public Workload TwoWords => new("$expand, filter of two beginnings", Ask(l => Expand(Part(l.Words, 3) + "%20" + Part(l.Words, 3))));

    /// <summary>The most that a filter can find.</summary>
    public Workload OneLetter => new("$expand, filter of one letter", Ask(l => Expand(Part(l.Words, 1, 1))));

    private static string Set => Uri.EscapeDataString(System + "?fhir_vs");

    private static string Expand(string filter) => $"/fhir/ValueSet/$expand?url={Set}&filter={filter}&count=20";

    private Shot[] Ask(Func<(string Code, string[] Words), string> path) =>
        [.. Enumerable.Range(0, Many).Select(_ => Shot.Get(path(lines[random.Next(lines.Count)])))];

    private string Part(string[] words, int least, int most = 6)
    {
        var word = words[random.Next(words.Length)];
        return word[..Math.Min(word.Length, random.Next(least, most + 1))];
    }

    private static string[] Words(string name) => [.. name.Split([' ', ',', '-', '(', ')', '/', '[', ']', '\'', '.', '\r', '%', ';', ':'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.All(char.IsAsciiLetterOrDigit)).DefaultIfEmpty("disease")];

    private static string Dotted(string code) => code.Length > 3 ? $"{code[..3]}.{code[3..]}" : code;
}
