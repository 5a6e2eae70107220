using System.Text.Json;

namespace Salus.Fhir.Views;

/// <summary>One test: a view, and what it has to give.</summary>
public sealed record ViewTest(string Title, JsonElement View)
{
    private JsonElement? Rows { get; init; }

    private int? Count { get; init; }

    private bool Error { get; init; }

    private string[]? Columns { get; init; }

    internal static ViewTest Read(JsonElement test) => new(test.GetProperty("title").GetString()!, test.GetProperty("view"))
    {
        Rows = test.TryGetProperty("expect", out var rows) ? rows : null,
        Count = test.TryGetProperty("expectCount", out var count) ? count.GetInt32() : null,
        Error = test.TryGetProperty("expectError", out var error) && error.ValueKind == JsonValueKind.True,
        Columns = test.TryGetProperty("expectColumns", out var columns) ? [.. columns.EnumerateArray().Select(c => c.GetString()!)] : null,
    };

    /// <summary>Null when the answer is what was asked for, else what differs. The order of rows is free, that of columns is not.</summary>
    public string? Judge(ViewAnswer answer)
    {
        if (answer.Error is { } reason)
        {
            return Error ? null : $"refused: {reason}";
        }

        if (Error)
        {
            return $"an error was expected, and {answer.Rows.Count} rows came";
        }

        if (Columns is not null && !Columns.SequenceEqual(answer.Columns, StringComparer.Ordinal))
        {
            return $"columns {string.Join(", ", Columns)} were expected, and {string.Join(", ", answer.Columns)} came";
        }

        return Count is { } count && count != answer.Rows.Count ? $"{count} rows were expected, and {answer.Rows.Count} came"
            : Rows is { } rows ? Difference([.. rows.EnumerateArray()], [.. answer.Rows])
            : null;
    }

    private static string? Difference(List<JsonElement> expected, List<JsonElement> rows)
    {
        var missing = new List<JsonElement>();
        foreach (var row in expected)
        {
            var at = rows.FindIndex(r => Same(row, r));
            if (at < 0)
            {
                missing.Add(row);
            }
            else
            {
                rows.RemoveAt(at);
            }
        }

        return missing.Count + rows.Count == 0 ? null : $"missing [{string.Join(", ", missing.Select(Compact))}], not expected [{string.Join(", ", rows.Select(Compact))}]";
    }

    private static string Compact(JsonElement row) => JsonSerializer.Serialize(row);

    // A column that is not there is null; 1 and 1.0 are one number.
    private static bool Same(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
        {
            return false;
        }

        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                var names = a.EnumerateObject().Concat(b.EnumerateObject()).Select(p => p.Name).Distinct(StringComparer.Ordinal);
                return names.All(n => (Value(a, n), Value(b, n)) switch
                {
                    (null, null) => true,
                    ({ } x, { } y) => Same(x, y),
                    _ => false,
                });
            case JsonValueKind.Array:
                return a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(p => Same(p.First, p.Second));
            case JsonValueKind.Number:
                return a.TryGetDecimal(out var x) && b.TryGetDecimal(out var y) ? x == y : a.GetDouble() == b.GetDouble();
            case JsonValueKind.String:
                return a.GetString() == b.GetString();
            default:
                return true;
        }
    }

    private static JsonElement? Value(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;
}
