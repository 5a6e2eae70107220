using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Salus.Records.Search;

/// <summary>
/// Where a page ended: the sort values and the key of its last result. Keys never change, so a page boundary stays where it is while resources are written.
/// </summary>
/// <param name="Values">The last result's sort values as text; null where it has none.</param>
/// <param name="Key">Its key.</param>
/// <param name="Backward">True for the page that ends here, with that result; false for the one that follows.</param>
internal sealed record Cursor(IReadOnlyList<string?> Values, long Key, bool Backward = false)
{
    public const string Parameter = "_cursor";

    private const string BackwardMark = "to ";

    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        JsonSerializer.Serialize(Values.Prepend($"{(Backward ? BackwardMark : "")}{Key.ToString(CultureInfo.InvariantCulture)}").ToArray()))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Null when the text is not a cursor.</summary>
    public static Cursor? Parse(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
            var parts = JsonSerializer.Deserialize<string?[]>(Convert.FromBase64String(padded));
            if (parts is not [{ } key, .. var values] || values.Any(v => v?.Contains('\0', StringComparison.Ordinal) ?? false))
            {
                return null;
            }

            var backward = key.StartsWith(BackwardMark, StringComparison.Ordinal);
            return long.TryParse(backward ? key.AsSpan(BackwardMark.Length) : key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? new Cursor(values, number, backward)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
