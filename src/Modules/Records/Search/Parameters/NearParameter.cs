using System.Globalization;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Search.Parameters;

/// <summary>
/// near (http://hl7.org/fhir/R4/location.html#search): <c>latitude|longitude|distance|unit</c>. Along the index rows of a box around the place, decided by the
/// great-circle distance on a sphere of the earth's mean radius, which is within 0.6 % of the truth.
/// </summary>
internal static class NearParameter
{
    private const double Radius = 6_371_008.8;

    // Where the search does not say how near: http://hl7.org/fhir/R4/location.html#search leaves it to the server.
    private const double DefaultMetres = 10_000;

    private static readonly Dictionary<string, double> Metres = new(StringComparer.Ordinal)
    {
        ["m"] = 1, ["km"] = 1000, ["cm"] = 0.01, ["mi"] = 1609.344, ["[mi_i]"] = 1609.344, ["[mi_us]"] = 5280 * 1200.0 / 3937, ["[ft_i]"] = 0.3048, ["[nmi_i]"] = 1852,
    };

    /// <param name="number">The number of the parameter.</param>
    public static Outcome<string> Condition(Row row, Criterion criterion, int number)
    {
        var alternatives = new List<string>();
        foreach (var value in criterion.Values)
        {
            if (Parse(SearchText.Parts(value)) is not { } near)
            {
                return SearchText.Wrong(
                    criterion.Name, value, $"latitude|longitude|distance|unit: degrees of -90 to 90 and -180 to 180, a distance of 0 or more, and a unit of {string.Join(", ", Metres.Keys)} (km if left out)");
            }

            alternatives.Add(Within(row.Sql, near.Latitude, near.Longitude, near.Metres));
        }

        return $"""
            {row.Name}.key in (select x.key from records.index_amount x join records.index_amount y on y.key = x.key and y.parameter = x.parameter and y.code = 'long'
                where x.tenant = {row.Sql.Add(row.Caller.Tenant.Number)} and x.parameter = {row.Sql.Add(number)} and x.code = 'lat' and ({string.Join(" or ", alternatives)}))
            """;
    }

    private static string Within(SqlText sql, double latitude, double longitude, double metres)
    {
        var angle = metres / Radius;
        // A hair wider than the circle: what lies on its edge is decided by the distance.
        var north = (angle * 180 / Math.PI) + 1e-9;
        var (lat, lon) = (sql.Add(latitude), sql.Add(longitude));
        var box = $"x.low >= {sql.Add(Degrees(latitude - north))} and x.low <= {sql.Add(Degrees(latitude + north))}";
        if (Math.Abs(latitude) + north < 90)
        {
            var east = (Math.Asin(Math.Min(1, Math.Sin(angle) / Math.Cos(latitude * Math.PI / 180))) * 180 / Math.PI) + 1e-9;
            // Across the date line, both ends of the world are near.
            var (from, to) = (longitude - east, longitude + east);
            box += from < -180 || to > 180
                ? $" and (y.low >= {sql.Add(Degrees(from < -180 ? from + 360 : from))} or y.low <= {sql.Add(Degrees(to > 180 ? to - 360 : to))})"
                : $" and y.low >= {sql.Add(Degrees(from))} and y.low <= {sql.Add(Degrees(to))}";
        }

        return $"""
            ({box} and {sql.Add(2 * Radius)} * asin(sqrt(least(1, sin(radians(x.low::float8 - {lat}) / 2) ^ 2
                + cos(radians({lat})) * cos(radians(x.low::float8)) * sin(radians(y.low::float8 - {lon}) / 2) ^ 2))) <= {sql.Add(metres)})
            """;
    }

    private static decimal Degrees(double degrees) => (decimal)degrees;

    private static (double Latitude, double Longitude, double Metres)? Parse(List<string> parts)
    {
        if (parts.Count is < 2 or > 4 || Number(parts[0]) is not { } latitude || Number(parts[1]) is not { } longitude || Math.Abs(latitude) > 90 || Math.Abs(longitude) > 180)
        {
            return null;
        }

        if (parts.Count == 2 || parts[2].Length == 0)
        {
            return (latitude, longitude, DefaultMetres);
        }

        var unit = parts.Count == 3 || parts[3].Length == 0 ? "km" : parts[3];
        // Beyond half the circumference everything is near.
        return Number(parts[2]) is { } distance and >= 0 && Metres.TryGetValue(unit, out var metres) ? (latitude, longitude, Math.Min(distance * metres, Math.PI * Radius)) : null;
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
