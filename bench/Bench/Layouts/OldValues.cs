using Npgsql;
using Salus.Bench.Corpus;
using Salus.Fhir.Search;

namespace Salus.Bench.Layouts;

/// <summary>A stored resource that is kept for later: to search for it, to replace it.</summary>
internal sealed record Sample(long Key, Records.Storage.PendingWrite Write, int Copy);

/// <summary>The index values of the current versions, from their stored bodies.</summary>
internal static class OldValues
{
    public static async Task<KeyedWrites> ReadAsync(Bed bed, Layout layout, IReadOnlyList<Sample> samples)
    {
        await using var command = new NpgsqlCommand(
            layout.Own("select c.key, l.body from records.current c join records.log l on l.position = c.position where c.key = any($1)"), bed.Connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. samples.Select(s => s.Key)] });
        var byKey = samples.ToDictionary(s => s.Key);
        var before = new List<(long, Records.Storage.PendingWrite)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var sample = byKey[reader.GetInt64(0)];
            var values = new SearchValues();
            bed.Extractor.Extract(bed.Preparation.Read(reader.GetFieldValue<byte[]>(1)).Value.Root, values);
            PreparedResources.Shift(values, sample.Copy);
            before.Add((sample.Key, sample.Write with { Values = values }));
        }

        return new KeyedWrites(before, Bed.Caller.Tenant.Number, bed.Catalog);
    }
}
