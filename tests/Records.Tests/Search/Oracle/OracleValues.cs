using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Salus.Fhir.Definitions;

namespace Salus.Records.Tests.Search.Oracle;

/// <summary>A token value; <c>Types</c> are the codings of an identifier's type.</summary>
internal sealed record TokenOf(string? System, string Code, IReadOnlyList<(string? System, string Code)> Types);

/// <summary>A reference: to <c>Type/Id</c> on this server, or to a URL, or known by an identifier alone.</summary>
internal sealed record ReferenceOf(string? Type, string? Id, string? Url, (string? System, string Value)? Identifier);

/// <summary>An amount from low to high, both included; null for no limit on that side.</summary>
internal sealed record AmountOf(decimal? Low, decimal? High, string? System, string? Code, string? Unit);

/// <summary>What the parts of a FHIR value mean for each type of search parameter, by the tables of http://hl7.org/fhir/R4/search.html.</summary>
internal static partial class OracleValues
{
    public static IEnumerable<TokenOf> Tokens(OracleItem item)
    {
        switch (item)
        {
            case { Type: "Coding", Json: { } coding }:
                return Coding(coding);
            case { Type: "CodeableConcept", Json: { } concept }:
                return OracleItem.Items(concept, "coding").SelectMany(Coding);
            case { Type: "Identifier", Json: { } identifier }:
                var types = identifier.TryGetProperty("type", out var type)
                    ? OracleItem.Items(type, "coding").SelectMany(Coding).Select(c => (c.System, c.Code)).ToList()
                    : [];
                return OracleItem.String(identifier, "value") is { } value ? [new TokenOf(OracleItem.String(identifier, "system"), value, types)] : [];
            case { Type: "ContactPoint", Json: { } contact }:
                return OracleItem.String(contact, "value") is { } number ? [new TokenOf(OracleItem.String(contact, "use"), number, [])] : [];
            // The system of a code is the one that its value set has it from.
            case { Type: "code", Text.Length: > 0, Element.Definition.Codes: { } codes }:
                return [new TokenOf(codes.System(Encoding.UTF8.GetBytes(item.Text)), item.Text, [])];
            case { Text.Length: > 0 } when Is(item, "boolean", "code", "string", "id", "uri", "integer", "markdown"):
                return [new TokenOf(null, item.Text, [])];
            default:
                return [];
        }
    }

    public static IEnumerable<string> Strings(OracleItem item) => item switch
    {
        { Type: "HumanName", Json: { } name } => Texts(name, "text", "family", "given", "prefix", "suffix"),
        { Type: "Address", Json: { } address } => Texts(address, "text", "line", "city", "district", "state", "postalCode", "country"),
        { Text.Length: > 0 } when Is(item, "string", "markdown", "code", "id") => [item.Text],
        _ => [],
    };

    public static IEnumerable<string> Uris(OracleItem item) => item.Text is { Length: > 0 } text && Is(item, "uri") ? [text] : [];

    public static IEnumerable<ReferenceOf> References(OracleItem item)
    {
        switch (item)
        {
            case { Type: "Reference", Json: { } reference }:
                (string?, string)? identifier = OracleItem.String(reference, "identifier", "value") is { } value ? (OracleItem.String(reference, "identifier", "system"), value) : null;
                var target = Target(OracleItem.String(reference, "reference") ?? "") with { Identifier = identifier };
                return target is { Id: null, Url: null, Identifier: null } ? [] : [target];
            case { Text: { Length: > 0 } text } when Is(item, "uri"):
                var url = text.Split('|')[0];
                return url.Length == 0 || url[0] == '#' ? [] : [new ReferenceOf(null, null, url, null)];
            case { Json: { } resource } when item.Is("Resource"):
                return OracleItem.String(resource, "id") is { } id ? [new ReferenceOf(item.Type, id, null, null)] : [];
            default:
                return [];
        }
    }

    /// <summary>Times in microseconds, from low up to but without high; null for no limit on that side.</summary>
    public static IEnumerable<(Int128 Low, Int128 High)> Dates(OracleItem item) => item switch
    {
        { Type: "Period", Json: { } period } => Period(period) is { } limits ? [limits] : [],
        { Type: "Timing", Json: { } timing } => Timing(timing),
        { Text: { } text } when Is(item, "date", "dateTime", "instant") => OracleDate.Parse(text) is { } date ? [date] : [],
        _ => [],
    };

    public static IEnumerable<AmountOf> Amounts(OracleItem item)
    {
        switch (item)
        {
            case { Text: { } text } when Is(item, "integer", "decimal"):
                return Decimal(text) is { } number ? [new AmountOf(number, number, null, null, null)] : [];
            case { Type: "Money", Json: { } money } when Decimal(OracleItem.String(money, "value")) is { } value:
                var currency = OracleItem.String(money, "currency");
                return [new AmountOf(value, value, currency is null ? null : "urn:iso:std:iso:4217", currency, currency)];
            case { Type: "Range", Json: { } range }:
                var (low, high) = (Part(range, "low"), Part(range, "high"));
                return (low ?? high) is { } unit ? [unit with { Low = low?.Low, High = high?.High }] : [];
            case { Json: { } quantity } when item.Is("Quantity") && Quantity(quantity) is { } one:
                return [OracleItem.String(quantity, "comparator") switch { null => one, ['<', ..] => one with { Low = null }, _ => one with { High = null } }];
            default:
                return [];
        }
    }

    public static (double Latitude, double Longitude)? Position(OracleItem item) =>
        item.Json is { } json && Decimal(OracleItem.String(json, "latitude")) is { } north && Decimal(OracleItem.String(json, "longitude")) is { } east ? ((double)north, (double)east) : null;

    public static ReferenceOf Target(string text)
    {
        if (Local().Match(text) is { Success: true } local && FhirDefinitions.R4.Resource(local.Groups[1].Value) is not null)
        {
            return new ReferenceOf(local.Groups[1].Value, local.Groups[2].Value, null, null);
        }

        return text.IndexOf(':', StringComparison.Ordinal) > 0 && text[0] != '#' ? new ReferenceOf(null, null, text.Split("/_history/")[0], null) : new ReferenceOf(null, null, null, null);
    }

    public static decimal? Decimal(string? text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool Is(OracleItem item, params string[] types) => types.Any(item.Is);

    private static IEnumerable<TokenOf> Coding(JsonElement coding) =>
        OracleItem.String(coding, "code") is { } code ? [new TokenOf(OracleItem.String(coding, "system"), code, [])] : [];

    private static IEnumerable<string> Texts(JsonElement json, params string[] names) => names.SelectMany(name =>
        OracleItem.String(json, name) is { } one ? [one] : OracleItem.Items(json, name).Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!).Where(t => t.Length > 0));

    private static AmountOf? Quantity(JsonElement json) => Decimal(OracleItem.String(json, "value")) is { } value
        ? new AmountOf(value, value, OracleItem.String(json, "system"), OracleItem.String(json, "code"), OracleItem.String(json, "unit"))
        : null;

    private static AmountOf? Part(JsonElement range, string name) => range.TryGetProperty(name, out var part) ? Quantity(part) : null;

    private static (Int128 Low, Int128 High)? Period(JsonElement period)
    {
        var (start, end) = (OracleDate.Parse(OracleItem.String(period, "start")), OracleDate.Parse(OracleItem.String(period, "end")));
        return start is null && end is null ? null : (start?.Low ?? OracleDate.Never, end?.High ?? OracleDate.Forever);
    }

    // Only the outer limits of a Timing count.
    private static IEnumerable<(Int128 Low, Int128 High)> Timing(JsonElement timing)
    {
        var all = OracleItem.Items(timing, "event").Select(e => OracleDate.Parse(e.GetString())).OfType<(Int128 Low, Int128 High)>().ToList();
        if (timing.TryGetProperty("repeat", out var repeat) && repeat.TryGetProperty("boundsPeriod", out var bounds) && Period(bounds) is { } limits)
        {
            all.Add(limits);
        }

        return all.Count == 0 ? [] : [(all.Min(t => t.Low), all.Max(t => t.High))];
    }

    [GeneratedRegex("^([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(/_history/[A-Za-z0-9.-]{1,64})?$")]
    private static partial Regex Local();
}
