using System.Globalization;
using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Draws the modifier and the value of a criterion from what a resource has: what finds it, or almost does.</summary>
internal sealed class OracleValueDraw(Random random, string address)
{
    private const string Ucum = "http://unitsofmeasure.org";
    private static readonly string[] Prefixes = ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];
    private static readonly string[][] Commensurable =
    [
        ["g", "mg", "kg", "ug", "[lb_av]"], ["m", "cm", "mm", "[in_i]"], ["mm[Hg]", "kPa"], ["Cel", "[degF]", "K"], ["mg/dL", "g/L", "ug/mL", "mg/L"], ["mL", "L", "dL"], ["h", "min", "d", "s"],
        ["mmol/L", "umol/L", "mol/L"], ["/min", "/s", "/h"], ["%", "1", "[ppth]"], ["10*3/uL", "10*9/L", "/uL"], ["g/dL", "g/L"], ["mg", "g"], ["kg/m2", "g/m2", "g/cm2"], ["ng/mL", "ug/L", "ng/dL"],
    ];

    /// <summary>Modifier and value; null when the facts have nothing to draw from.</summary>
    public (string Modifier, string Value)? Draw(SearchType type, OracleFacts facts, SearchParameter parameter)
    {
        if (random.Next(14) == 0)
        {
            return ("missing", random.Next(2) == 0 ? "true" : "false");
        }

        return type switch
        {
            SearchType.String when facts.Folded.Count > 0 => String(Pick(facts.Strings)),
            SearchType.Token when facts.Tokens.Count > 0 => Token(Pick(facts.Tokens)),
            SearchType.Reference when facts.References.Count > 0 => Reference(Pick(facts.References)),
            SearchType.Uri when facts.Uris.Count > 0 => Uri(Pick(facts.Uris)),
            SearchType.Composite when facts.Composites.FindAll(c => c.All(p => p.Any)) is { Count: > 0 } whole => Composite(Pick(whole), parameter),
            SearchType.Special when facts.Positions.Count > 0 => ("", Near(Pick(facts.Positions))),
            SearchType.Date or SearchType.Number or SearchType.Quantity => Plain(type, facts) is { } value ? ("", value) : null,
            _ => null,
        };
    }

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>A date or time near this one, in some precision, with or without prefix.</summary>
    public string Date((Int128 Low, Int128 High) span)
    {
        var at = span.Low > OracleDate.Never ? span.Low : span.High - 1;
        at = random.Next(3) == 0 && span.High < OracleDate.Forever ? span.High - 1 : at;
        var time = new DateTime((long)at * 10, DateTimeKind.Utc);
        time = random.Next(5) switch { 0 => time.AddDays(random.Next(-2, 3)), 1 => time.AddSeconds(random.Next(-2, 3)), 2 when time.Year is > 1 and < 9990 => time.AddMonths(random.Next(-1, 2)), _ => time };
        var shifted = random.Next(3) switch { 0 => (time.AddHours(5.5), "+05:30"), 1 => (time.AddHours(-4), "-04:00"), _ => (time, "Z") };
        string[] forms = ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.fff"];
        var form = Pick(forms);
        return Prefix() + (form.Length > 10 ? shifted.Item1.ToString(form, CultureInfo.InvariantCulture) + shifted.Item2 : time.ToString(form, CultureInfo.InvariantCulture));
    }

    private string? Plain(SearchType type, OracleFacts facts) => type switch
    {
        SearchType.String when facts.Folded.Count > 0 => OracleText.Escape(Cut(Pick(facts.Strings))),
        SearchType.Token when facts.Tokens.Count > 0 => TokenText(Pick(facts.Tokens)),
        SearchType.Uri when facts.Uris.Count > 0 => OracleText.Escape(Pick(facts.Uris)),
        SearchType.Reference when facts.References.Find(r => r.Id is not null || r.Url is not null) is { } one => OracleText.Escape(one.Url ?? $"{one.Type}/{one.Id}"),
        SearchType.Date when facts.Dates.Count > 0 => Date(Pick(facts.Dates)),
        SearchType.Number when facts.Amounts.Count > 0 => Number(Pick(facts.Amounts)),
        SearchType.Quantity when facts.Amounts.Count > 0 => Quantity(Pick(facts.Amounts)),
        _ => null,
    };

    private (string, string)? Composite(IReadOnlyList<OracleFacts> parts, SearchParameter parameter)
    {
        var values = parameter.Components.Zip(parts, (c, part) => Plain(OracleFacts.PartType(c), part)).ToList();
        return values.Contains(null) ? null : ("", string.Join('$', values));
    }

    private (string, string) String(string text) => random.Next(6) switch
    {
        0 => ("exact", OracleText.Escape(text)),
        1 => ("exact", OracleText.Escape(Blurred(text))),
        2 => ("contains", OracleText.Escape(Cut(Middle(text)))),
        3 => ("", OracleText.Escape(text)),
        _ => ("", OracleText.Escape(Cut(text))),
    };

    private string Middle(string text) => text[random.Next(Math.Min(text.Length, 200))..] is { } end && !string.IsNullOrWhiteSpace(end) && !char.IsLowSurrogate(end[0]) ? end : text;

    private string Cut(string text)
    {
        var cut = Blurred(text)[..random.Next(1, Math.Min(text.Length, 60) + 1)];
        return string.IsNullOrWhiteSpace(cut) || char.IsHighSurrogate(cut[^1]) || OracleText.Fold(cut).Length == 0 ? text : cut;
    }

    // The same to those who do not look at case and accents, mostly.
    private string Blurred(string text) => random.Next(5) switch
    {
        0 => text.ToUpperInvariant(),
        1 => text.ToLowerInvariant(),
        2 => text.Replace('e', 'é').Replace('a', 'ä').Replace('o', 'ò'),
        3 => string.Concat(text.Select((c, i) => i == text.Length / 2 ? 'x' : c)),
        _ => text,
    };

    private (string, string) Token(TokenOf token) => random.Next(9) switch
    {
        0 => ("not", TokenText(token)),
        1 or 2 or 3 or 4 when token.Types.Count > 0 => ("of-type", $"{OracleText.Escape(token.Types[0].System ?? "")}|{OracleText.Escape(token.Types[0].Code)}|{OracleText.Escape(random.Next(4) == 0 ? token.Code + "0" : token.Code)}"),
        _ => ("", TokenText(token)),
    };

    private string TokenText(TokenOf token)
    {
        var (system, code) = (OracleText.Escape(token.System ?? ""), OracleText.Escape(random.Next(8) == 0 ? token.Code + "x" : token.Code));
        return random.Next(8) switch
        {
            0 => $"|{code}",
            1 when system.Length > 0 => $"{system}|",
            2 => $"http://example.org/other|{code}",
            3 or 4 or 5 => system.Length > 0 ? $"{system}|{code}" : $"|{code}",
            _ => code,
        };
    }

    private (string, string) Reference(ReferenceOf reference)
    {
        if (reference.Identifier is { } identifier && (random.Next(2) == 0 || (reference.Id is null && reference.Url is null)))
        {
            return ("identifier", TokenText(new TokenOf(identifier.System, identifier.Value, [])));
        }

        if (reference.Url is { } url)
        {
            return ("", OracleText.Escape(random.Next(6) == 0 ? url[..^1] : url));
        }

        return random.Next(6) switch
        {
            0 => (reference.Type!, reference.Id!),
            1 => (random.Next(2) == 0 ? "Patient" : "Practitioner", reference.Id!),
            2 => ("", reference.Id!),
            3 => ("", $"{address}/{reference.Type}/{reference.Id}"),
            4 => ("", $"Patient/{reference.Id}"),
            _ => ("", $"{reference.Type}/{reference.Id}"),
        };
    }

    private (string, string) Uri(string uri) => random.Next(4) switch
    {
        0 => ("below", OracleText.Escape(uri[..random.Next(1, Math.Min(uri.Length, 100) + 1)])),
        1 => ("below", OracleText.Escape(uri.Contains('/', StringComparison.Ordinal) && uri.LastIndexOf('/') > 0 ? uri[..uri.LastIndexOf('/')] : uri)),
        2 when random.Next(3) == 0 => ("", OracleText.Escape(uri + "/x")),
        _ => ("", OracleText.Escape(uri)),
    };

    private string Number(AmountOf amount) => Prefix() + Digits(amount.Low ?? amount.High ?? 0);

    private string Quantity(AmountOf amount)
    {
        var number = amount.Low ?? amount.High ?? 0;
        var (system, code) = (amount.System, amount.Code);
        if (system == Ucum && code is not null && random.Next(2) == 0 && Commensurable.Where(c => c.Contains(code)).ToList() is { Count: > 0 } alike)
        {
            var other = Pick(Pick(alike));
            if (Fhir.Ucum.UcumUnit.TryParse(code, out var from, out _) && Fhir.Ucum.UcumUnit.TryParse(other, out var to, out _) && from.TryConvert(number, to, out var converted) && Math.Abs(converted) is 0 or (> 0.0001m and < 1_000_000_000m))
            {
                return $"{Prefix()}{Digits(decimal.Round(converted, random.Next(2, 10)))}|{Ucum}|{other}";
            }
        }

        var value = Prefix() + Digits(number);
        return random.Next(5) switch
        {
            0 => value,
            1 when (code ?? amount.Unit) is { } unit => $"{value}||{OracleText.Escape(unit)}",
            2 when amount.Unit is { } printed => $"{value}||{OracleText.Escape(printed)}",
            _ when system is not null && code is not null => $"{value}|{OracleText.Escape(system)}|{OracleText.Escape(code)}",
            _ => value,
        };
    }

    private string Digits(decimal number)
    {
        number = random.Next(6) switch { 0 => number + 1, 1 => number - 0.1m, 2 => decimal.Round(number, random.Next(3)), 3 => decimal.Round(number), _ => number };
        var text = number.ToString(CultureInfo.InvariantCulture);
        return random.Next(10) switch { 0 => text.Contains('.', StringComparison.Ordinal) ? text + "0" : text + ".0", 1 => $"{text}e0", _ => text };
    }

    private string Prefix() => random.Next(2) == 0 ? "" : Pick(Prefixes);

    private string Near((double Latitude, double Longitude) place)
    {
        string text(double degrees) => degrees.ToString("F5", CultureInfo.InvariantCulture);
        var around = $"{text(place.Latitude + (random.NextDouble() - 0.5))}|{text(place.Longitude + (random.NextDouble() - 0.5))}";
        return random.Next(4) switch { 0 => around, 1 => $"{around}|{random.Next(1, 200)}", 2 => $"{around}|{random.Next(1, 100_000)}|m", _ => $"{around}|{random.Next(1, 300)}|{(random.Next(2) == 0 ? "km" : "mi")}" };
    }
}
