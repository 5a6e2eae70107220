using System.Globalization;
using System.Text;

namespace Salus.Fhir.Tests.Paths;

/// <summary>Text that is FHIRPath, nearly FHIRPath, or nothing like it.</summary>
internal sealed class RandomExpression(Random random, IReadOnlyList<string> seeds)
{
    private static readonly string[] Words =
    [
        "name", "given", "family", "value", "identifier", "extension", "contained", "entry", "resource", "code", "coding", "system", "subject", "birthDate", "Patient",
        "Observation", "Resource", "HumanName", "Quantity", "System", "FHIR", "String", "Integer", "id", "url", "period", "start", "status", "div", "mod", "and", "or", "xor", "implies",
        "is", "as", "in", "contains", "true", "false", "asc", "desc", "year", "days", "$this", "$index", "$total", "%resource", "%context", "%rootResource", "%ucum", "%x",
        "%`vs-a`", "%\"ext-b\"",
    ];

    private static readonly string[] Literals =
    [
        "0", "1", "-1", "2147483647", "99999999999", "1.0", "0.5", "79228162514264337593543950335", "0.0000000000000000000000000001", "''", "'a'", "'\\u0041'", "'[a-z]+'", "'(a+)+$'",
        "'\\n'", "'2015-02-04'", "'1 \\'mg\\''", "@2015", "@2015-02", "@2015-02-04T14:34:28.123+09:00", "@T14:34", "@2015T", "@0001-01-01", "@9999-12-31T23:59:59.999Z", "4 days",
        "1 year", "1 'mg'", "2.50 'kg/m2'", "1 'nonsense'", "{}", "'hex'", "'base64'", "'json'",
    ];

    private static readonly string[] Operators =
        ["+", "-", "*", "/", "div", "mod", "&", "|", "<", "<=", ">", ">=", "=", "~", "!=", "!~", "in", "contains", "and", "or", "xor", "implies", "is", "as"];

    private static readonly string[] Marks = [".", ".", "(", ")", "[", "]", ",", "{", "}", "//", "/*", "*/", "'", "`", "\"", "@", "%", "$", "\\", "\0", "é", "\ud83d\ude00"];

    private static readonly string[] Functions =
    [
        "where", "select", "all", "exists", "empty", "not", "count", "first", "last", "tail", "skip", "take", "single", "distinct", "isDistinct", "allTrue", "anyTrue", "allFalse",
        "anyFalse", "subsetOf", "supersetOf", "intersect", "exclude", "union", "combine", "repeat", "aggregate", "iif", "sort", "is", "as", "ofType", "trace", "defineVariable", "resolve",
        "extension", "children", "descendants", "hasValue", "getValue", "type", "now", "today", "timeOfDay", "yearOf", "monthOf", "hourOf", "millisecondOf", "timezoneOffsetOf", "dateOf",
        "timeOf", "lowBoundary", "highBoundary", "precision", "comparable", "memberOf", "subsumes", "conformsTo", "htmlChecks", "checkModifiers", "startsWith", "endsWith", "indexOf",
        "lastIndexOf", "upper", "lower", "trim", "length", "replace", "matches", "matchesFull", "replaceMatches", "substring", "toChars", "split", "join", "encode", "decode", "escape",
        "unescape", "toBoolean", "toInteger", "toDecimal", "toString", "toDate", "toDateTime", "toTime", "toQuantity", "convertsToQuantity", "abs", "ceiling", "floor", "truncate", "round",
        "exp", "ln", "log", "sqrt", "power", "slice", "nothing",
    ];

    internal string Next() => random.Next(10) switch
    {
        < 1 => Soup(),
        < 3 => Mutated(Pick(seeds)),
        < 8 => Spliced(random.Next(1, 4)),
        _ => Grown(random.Next(1, 4)),
    };

    /// <summary>Words and signs in any order.</summary>
    private string Soup()
    {
        var text = new StringBuilder();
        for (var i = random.Next(1, 25); i > 0; i--)
        {
            text.Append(Token()).Append(random.Next(3) == 0 ? " " : "");
        }

        return text.ToString();
    }

    private string Token() => random.Next(6) switch
    {
        0 => Pick(Literals),
        1 => Pick(Operators),
        2 or 3 => Pick(Marks),
        4 => Pick(Functions) + "(",
        _ => Pick(Words),
    };

    /// <summary>An expression with a few places changed.</summary>
    private string Mutated(string seed)
    {
        var text = seed;
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var from = random.Next(text.Length + 1);
            var to = Math.Min(text.Length, from + random.Next(6));
            var other = Pick(seeds);
            text = random.Next(5) switch
            {
                0 => text[..from] + text[to..],
                1 => text[..from] + Token() + text[to..],
                2 => text[..to] + text[from..],
                3 => $"({text}).{Call(1)}",
                _ => $"({text}) {Pick(Operators)} ({other})",
            };
        }

        return text;
    }

    /// <summary>Well-formed: expressions joined by operators and functions.</summary>
    private string Spliced(int depth)
    {
        var one = depth == 0 ? Pick(seeds) : Spliced(depth - 1);
        return random.Next(8) switch
        {
            0 or 1 => $"({one}) {Pick(Operators[..^2])} ({Pick(seeds)})",
            2 => $"({one}).select({Pick(seeds)})",
            3 => $"({one}) | ({Pick(seeds)})",
            4 => $"iif({one} = true, {Pick(seeds)}, {Pick(Literals)})",
            5 => $"({one}).{Pick(Functions)}()",
            6 => $"({one}).{Pick(Functions)}({Pick(seeds)})",
            _ => $"({one}).{Pick(Functions)}({Pick(Literals)}, {Pick(Literals)})",
        };
    }

    /// <summary>Mostly well-formed.</summary>
    private string Grown(int depth)
    {
        if (depth == 0)
        {
            return random.Next(2) == 0 ? Pick(Literals) : Pick(Words);
        }

        return random.Next(6) switch
        {
            0 => $"({Grown(depth - 1)} {Pick(Operators)} {Grown(depth - 1)})",
            1 => $"{Grown(depth - 1)}[{random.Next(-1, 3).ToString(CultureInfo.InvariantCulture)}]",
            2 => $"-{Grown(depth - 1)}",
            3 => $"{Grown(depth - 1)}.{Pick(Words)}",
            _ => $"{Grown(depth - 1)}.{Call(depth - 1)}",
        };
    }

    private string Call(int depth) =>
        $"{Pick(Functions)}({string.Join(", ", Enumerable.Range(0, Math.Max(0, random.Next(-1, 4))).Select(_ => Grown(depth)))})";

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
