using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Fhir.Ucum;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>Whether what a resource has for a parameter is what one value of a query asks for, type by type as http://hl7.org/fhir/R4/search.html says.</summary>
/// <param name="Now">What <c>ap</c> on dates is measured from.</param>
/// <param name="Base">The address of the server: a reference by it is one to a resource here.</param>
internal sealed record OracleMatch(Int128 Now, string Base)
{
    private const double EarthRadius = 6_371_008.8;

    public Func<OracleFacts, bool> Of(SearchType type, string modifier, string value, SearchParameter? composite)
    {
        if (modifier == "missing")
        {
            return value switch { "true" => f => !f.Any, "false" => f => f.Any, _ => throw new OracleRefusal("missing takes true or false") };
        }

        return (type, modifier) switch
        {
            (SearchType.String, _) => String(modifier, OracleText.Unescape(value)),
            (SearchType.Token, "of-type") => OfType(value),
            (SearchType.Token, _) => Token(value),
            (SearchType.Reference, "identifier") => Identifier(value),
            (SearchType.Reference, _) => Reference(modifier, OracleText.Unescape(value)),
            (SearchType.Uri, _) => Uri(modifier, OracleText.Unescape(value)),
            (SearchType.Date, _) => Date(OracleText.Unescape(value)),
            (SearchType.Number, _) => Number(OracleText.Unescape(value)),
            (SearchType.Quantity, _) => Quantity(value),
            (SearchType.Special, _) => Near(value),
            _ => Composite(composite!, value),
        };
    }

    private static Func<OracleFacts, bool> String(string modifier, string asked)
    {
        var folded = OracleText.Fold(asked);
        if (folded.Length == 0)
        {
            throw new OracleRefusal("a text that is white space");
        }

        return modifier switch
        {
            "exact" => f => f.Strings.Contains(asked),
            "contains" => f => f.Folded.Exists(t => t.Contains(folded, StringComparison.Ordinal)),
            _ => f => f.Folded.Exists(t => t.StartsWith(folded, StringComparison.Ordinal)),
        };
    }

    private static Func<OracleFacts, bool> Token(string value)
    {
        var one = TokenPredicate(value);
        return f => f.Tokens.Exists(t => one(t.System, t.Code));
    }

    private static Func<string?, string, bool> TokenPredicate(string value) => OracleText.Split(value, '|').ConvertAll(OracleText.Unescape) switch
    {
        [{ Length: > 0 } code] => (_, c) => c == code,
        ["", { Length: > 0 } code] => (s, c) => s is null && c == code,
        [{ Length: > 0 } system, ""] => (s, _) => s == system,
        [{ Length: > 0 } system, { } code] => (s, c) => s == system && c == code,
        _ => throw new OracleRefusal("no token"),
    };

    private static Func<OracleFacts, bool> OfType(string value) => OracleText.Split(value, '|').ConvertAll(OracleText.Unescape) is [var system, { Length: > 0 } code, { Length: > 0 } text]
        ? f => f.Tokens.Exists(t => t.Code == text && t.Types.Any(y => (y.System ?? "") == system && y.Code == code))
        : throw new OracleRefusal("no identifier with its type");

    private static Func<OracleFacts, bool> Identifier(string value)
    {
        var one = TokenPredicate(value);
        return f => f.References.Exists(r => r.Identifier is { } identifier && one(identifier.System, identifier.Value));
    }

    private Func<OracleFacts, bool> Reference(string modifier, string asked)
    {
        var local = asked.StartsWith(Base + "/", StringComparison.Ordinal) ? asked[(Base.Length + 1)..] : asked;
        if (OracleValues.Target(local) is { Id: { } id, Type: { } type })
        {
            return f => f.References.Exists(r => r.Id == id && r.Type == type);
        }

        if (local.Contains(':', StringComparison.Ordinal))
        {
            return f => f.References.Exists(r => r.Url == local);
        }

        return local.Contains('/', StringComparison.Ordinal) || local.Length is 0 or > 64
            ? throw new OracleRefusal("no reference")
            : f => f.References.Exists(r => r.Id == local && (modifier.Length == 0 || r.Type == modifier));
    }

    private static Func<OracleFacts, bool> Uri(string modifier, string asked) =>
        modifier == "below" ? f => f.Uris.Exists(u => u.StartsWith(asked, StringComparison.Ordinal)) : f => f.Uris.Contains(asked);

    private Func<OracleFacts, bool> Date(string value)
    {
        var (prefix, text) = Prefix(value);
        var asked = OracleDate.Parse(text) ?? throw new OracleRefusal("no date");
        return f => f.Dates.Exists(d => OracleDate.Matches(prefix, d, asked, Now));
    }

    private static Func<OracleFacts, bool> Number(string value)
    {
        var asked = Amount(value);
        return f => f.Amounts.Exists(a => Fits(asked, a, decimal.Compare));
    }

    private static Func<OracleFacts, bool> Quantity(string value)
    {
        var parts = OracleText.Split(value, '|').ConvertAll(OracleText.Unescape);
        var asked = Amount(parts[0]);
        switch (parts)
        {
            case [_]:
            case [_, "", ""]:
                return f => f.Amounts.Exists(a => Fits(asked, a, decimal.Compare));
            case [_, "", var unit]:
                return f => f.Amounts.Exists(a => (a.Code == unit || a.Unit == unit) && Fits(asked, a, decimal.Compare));
            case [_, var system, ""]:
                return f => f.Amounts.Exists(a => a.System == system && Fits(asked, a, decimal.Compare));
            case [_, var system, var code]:
                UcumUnit? ucum = system == "http://unitsofmeasure.org" && UcumUnit.TryParse(code, out var known, out _) ? known : null;
                return f => f.Amounts.Exists(a => a.System == system && (a.Code == code
                    ? Fits(asked, a, decimal.Compare)
                    : ucum is not null && a.Code is not null && UcumUnit.TryParse(a.Code, out var has, out _) && has.IsCommensurable(ucum) && Fits(asked, a, (x, y) => UcumUnit.Compare(x, has, y, ucum)!.Value)));
            default:
                throw new OracleRefusal("no quantity");
        }
    }

    // compare(what the resource has, what is asked for)
    private static bool Fits((string Prefix, decimal Number, decimal Half) asked, AmountOf has, Func<decimal, decimal, int> compare)
    {
        var (prefix, n, half) = asked;
        int low(decimal at) => has.Low is { } l ? compare(l, at) : -1;
        int high(decimal at) => has.High is { } h ? compare(h, at) : 1;
        var within = low(n - half) >= 0 && high(n + half) < 0;
        var about = Math.Max(Math.Abs(n) / 10, half);
        return prefix switch
        {
            "eq" => within,
            "ne" => !within,
            "gt" => high(n) > 0,
            "ge" => high(n) >= 0,
            "lt" => low(n) < 0,
            "le" => low(n) <= 0,
            "sa" => low(n) > 0,
            "eb" => high(n) < 0,
            _ => low(n + about) <= 0 && high(n - about) >= 0,
        };
    }

    private static (string Prefix, decimal Number, decimal Half) Amount(string value)
    {
        var (prefix, text) = Prefix(value);
        var number = decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var parsed) ? parsed : throw new OracleRefusal("no number");
        var e = text.ToLowerInvariant().Split('e');
        var digits = (e[0].Contains('.', StringComparison.Ordinal) ? e[0].Length - e[0].IndexOf('.', StringComparison.Ordinal) - 1 : 0) - (e.Length > 1 ? int.Parse(e[1], CultureInfo.InvariantCulture) : 0);
        return (prefix, number, 0.5m * (decimal)Math.Pow(10, -digits));
    }

    private static (string Prefix, string Operand) Prefix(string value) =>
        value.Length > 2 && value[..2] is "eq" or "ne" or "gt" or "lt" or "ge" or "le" or "sa" or "eb" or "ap" ? (value[..2], value[2..]) : ("eq", value);

    private static Func<OracleFacts, bool> Near(string value)
    {
        var parts = OracleText.Split(value, '|');
        var (latitude, longitude) = (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
        if (Math.Abs(latitude) > 90 || Math.Abs(longitude) > 180)
        {
            throw new OracleRefusal("no place on earth");
        }

        var metres = parts.Count < 3 ? 10_000 : double.Parse(parts[2], CultureInfo.InvariantCulture) * (parts is [_, _, _, "m"] ? 1 : parts is [_, _, _, "mi"] ? 1609.344 : 1000);
        return f => f.Positions.Exists(p => Distance(p, (latitude, longitude)) <= metres);
    }

    // By the law of cosines in space: the angle between two vectors from the centre of the earth.
    private static double Distance((double Latitude, double Longitude) a, (double Latitude, double Longitude) b)
    {
        static (double X, double Y, double Z) vector((double Latitude, double Longitude) p)
        {
            var (phi, lambda) = (p.Latitude * Math.PI / 180, p.Longitude * Math.PI / 180);
            return (Math.Cos(phi) * Math.Cos(lambda), Math.Cos(phi) * Math.Sin(lambda), Math.Sin(phi));
        }

        var (v, w) = (vector(a), vector(b));
        var chord = Math.Sqrt(Math.Pow(v.X - w.X, 2) + Math.Pow(v.Y - w.Y, 2) + Math.Pow(v.Z - w.Z, 2));
        return EarthRadius * 2 * Math.Asin(Math.Min(1, chord / 2));
    }

    private Func<OracleFacts, bool> Composite(SearchParameter parameter, string value)
    {
        var parts = OracleText.Split(value, '$');
        if (parts.Count != parameter.Components.Count || parts.Contains(""))
        {
            throw new OracleRefusal("not as many parts as the composite has");
        }

        var matches = parameter.Components.Zip(parts, (c, part) => Of(OracleFacts.PartType(c), "", part, null)).ToList();
        return f => f.Composites.Exists(c => c.Zip(matches).All(p => p.Second(p.First)));
    }
}
