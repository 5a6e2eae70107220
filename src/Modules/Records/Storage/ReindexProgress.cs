using Npgsql;

namespace Salus.Records.Storage;

/// <summary>A row of <c>records.reindex</c>: how far indexing the resources of a type again is.</summary>
/// <param name="Extractor">The version of what is extracted: <see cref="IndexContents.Version"/>.</param>
/// <param name="Parameters">The numbers that are complete when it has ended.</param>
/// <param name="Retired">The numbers that no index row bears when it has ended.</param>
/// <param name="After">Resources up to this key are done.</param>
/// <param name="Done">How many that were.</param>
/// <param name="Total">How many there were, about, when it began.</param>
/// <param name="Problem">Why it does not go on.</param>
internal sealed record ReindexProgress(
    string ResourceType, int Extractor, int[] Parameters, int[] Retired, long After, long Done, long Total,
    DateTime StartedAt, DateTime UpdatedAt, DateTime? FinishedAt, string? Problem)
{
    public const string Columns = "resource_type, extractor, parameters, retired, after, done, total, started_at, updated_at, finished_at, problem";

    public static ReindexProgress Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetInt32(1), reader.GetFieldValue<int[]>(2), reader.GetFieldValue<int[]>(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
        reader.GetDateTime(7), reader.GetDateTime(8), reader.IsDBNull(9) ? null : reader.GetDateTime(9), reader.IsDBNull(10) ? null : reader.GetString(10));

    /// <summary>Resources a second since it began; null before the first.</summary>
    public double? Rate => Done > 0 && (FinishedAt ?? UpdatedAt) is var until && until > StartedAt ? Done / (until - StartedAt).TotalSeconds : null;
}
