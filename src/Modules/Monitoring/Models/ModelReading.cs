using System.Text.Json;

namespace Salus.Monitoring.Models;

/// <summary>The score of a model for a patient, as states have it. Immutable.</summary>
/// <param name="At">The moment that it is about, milliseconds since 1970 UTC.</param>
/// <param name="Until">The last millisecond at which it counts.</param>
/// <param name="Inputs">JSON: an array of name, value, unit, time and contribution.</param>
internal sealed record ModelReading(string Model, string Version, decimal Value, long At, long Until, string? Explanation, string Inputs)
{
    /// <summary>How long it is shown as stale before it is gone.</summary>
    public const long Shown = 24 * 3_600_000L;

    private const int MostLeading = 5;

    /// <summary>The inputs that moved it most, as <see cref="Inputs"/>: a state goes out every second, and fifty of them would be most of it.</summary>
    public string Leading { get; } = Lead(Inputs);

    public bool IsStale(long now) => now > Until;

    public bool IsOver(long now) => now > Until + Shown;

    private static string Lead(string inputs)
    {
        using var all = JsonDocument.Parse(inputs);
        return all.RootElement.GetArrayLength() <= MostLeading ? inputs
            : $"[{string.Join(',', all.RootElement.EnumerateArray().OrderByDescending(Contribution).Take(MostLeading).Select(i => i.GetRawText()))}]";
    }

    private static decimal Contribution(JsonElement input) => input.TryGetProperty("contribution", out var said) && said.ValueKind == JsonValueKind.Number ? Math.Abs(said.GetDecimal()) : 0;
}
