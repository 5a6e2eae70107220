using System.Text.Json;

namespace Salus.Fhir.Views;

/// <summary>What a runner answered to a test: an error, or columns and rows.</summary>
/// <param name="Error">Why there are no rows; null when there are.</param>
/// <param name="Columns">The names of the columns, in order.</param>
/// <param name="Rows">A JSON object per row.</param>
public sealed record ViewAnswer(string? Error, IReadOnlyList<string> Columns, IReadOnlyList<JsonElement> Rows)
{
    /// <summary>An error.</summary>
    public static ViewAnswer Refused(string reason) => new(reason, [], []);

    /// <summary>Rows, from an object per line.</summary>
    public static ViewAnswer Of(View view, ReadOnlySpan<byte> ndjson)
    {
        var rows = new List<JsonElement>();
        foreach (var range in ndjson.Split((byte)'\n'))
        {
            if (!ndjson[range].IsEmpty)
            {
                rows.Add(JsonSerializer.Deserialize<JsonElement>(ndjson[range]));
            }
        }

        return new ViewAnswer(null, [.. view.Columns.Select(c => c.Name)], rows);
    }
}
