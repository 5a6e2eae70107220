using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>Conditions on <c>exact</c>, the words that tokens, URIs and references are found by: <see cref="Lexeme"/>.</summary>
internal static class ExactWords
{
    // Beyond this each word is looked up by itself: PostgreSQL evaluates the whole of a query for every row that one of its words leads to.
    private const int MaxTogether = 64;

    /// <summary>The most characters of a URI or canonical whose parts are compared: a longer one may be in the index by its start and a hash.</summary>
    public const int MaxParted = 400;

    /// <summary>The most words that the parts of one criterion's values may stand for.</summary>
    public const int MaxParts = 1000;

    /// <summary>That the values of a criterion stand for more than <see cref="MaxParts"/> words.</summary>
    public static Failure TooMany(Criterion criterion, string what) => new(
        FailureKind.TooCostly, "too-costly", $"{criterion.Name}:{criterion.Modifier} stands for more than {MaxParts} {what} here. Name fewer values, or such with fewer parts.", criterion.Name);

    /// <summary>The term for exactly this word.</summary>
    public static string Is(string lexeme) => $"'{lexeme.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>The term for all words that start so.</summary>
    public static string StartsWith(string lexeme) => Is(lexeme) + ":*";

    /// <summary>Resources with at least one of these terms.</summary>
    public static string Any(Row row, IReadOnlyList<string> terms) => Any(row.Sql, row.Name, terms, row.OneByOne);

    // "offset 0": what is looked up stays a value for the inner query. As a condition between two tables it would have to wait for row-level security, whose index it then cannot use.
    /// <param name="row">The alias of a row of <c>records.current</c>.</param>
    /// <param name="together">Whether all terms are asked of a row that is looked at anyway.</param>
    public static string Any(SqlText sql, string row, IReadOnlyList<string> terms, bool together = false) => terms.Count <= MaxTogether || together
        ? $"{row}.exact @@ {sql.Add(string.Join(" | ", terms))}::tsquery"
        : $"{row}.key in (select d.key from unnest({sql.Add(terms.ToArray())}) t (query) cross join lateral (select e.key from records.current e where e.exact @@ t.query::tsquery offset 0) d)";

    /// <summary>Resources with at least one of these words, of which there may be thousands.</summary>
    public static string AnyOf(Row row, IReadOnlyCollection<string> lexemes) => lexemes.Count switch
    {
        0 => "false",
        // A row that is looked at anyway: its few words are looked for among these, which are hashed once for the statement ("is true" keeps it so).
        > MaxTogether when row.OneByOne =>
            $"exists (select 1 from unnest(tsvector_to_array({row.Name}.exact)) w (word) where (w.word in (select u.word from unnest({row.Sql.Add(lexemes.ToArray())}) u (word))) is true)",
        _ => Any(row, [.. lexemes.Select(Is)]),
    };

    /// <summary>Resources with any code of one of these systems. No index helps: each candidate's words are looked through.</summary>
    public static string OfSystem(Row row, int parameter, IReadOnlyList<int> systems) =>
        $"exists (select 1 from {Of(row.Sql, row.Name, parameter)} where {SystemOf("w.word")} = any({row.Sql.Add(systems.Select(s => s.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray())}))";

    /// <summary>The words of one parameter that a row of <c>records.current</c> has, as rows <c>w.word</c>.</summary>
    public static string Of(SqlText sql, string row, int parameter)
    {
        var start = Lexeme.Start(parameter);
        return $"(select u.word collate \"C\" as word from unnest(tsvector_to_array({row}.exact)) u (word) where starts_with(u.word, {sql.Add(start)})) w";
    }

    /// <summary>SQL for the code in a word of this parameter.</summary>
    public static string CodeOf(string word, int parameter) => $"split_part(substr({word}, {Lexeme.Start(parameter).Length + 1}), chr(31), 1)";

    /// <summary>SQL for the number of the code system in a word, or the negative one of a target's type, as text; empty where it has none.</summary>
    public static string SystemOf(string word) => $"split_part({word}, chr(31), 2)";
}
