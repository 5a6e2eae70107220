using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;
using Salus.Fhir.Search;
using Salus.Fhir.Ucum;
using Salus.Kernel;

namespace Salus.Records.Storage;

/// <summary>
/// The UCUM codes that quantities are stored with (<c>records.unit</c>). Quantities stay as they were written; a search is converted into each unit that
/// measures the same. So the index has no second row for a canonical unit, and nothing is rounded before it is stored. Safe for all threads.
/// </summary>
internal sealed class Units(Database database)
{
    /// <summary>The code system of UCUM.</summary>
    public const string System = "http://unitsofmeasure.org";

    // What this process is certain to have stored: hundreds in real data. Statements ask the table.
    private readonly ConcurrentDictionary<string, bool> known = new(StringComparer.Ordinal);

    /// <summary>Makes sure that the units of these values are in the table: committed before any row that bears them.</summary>
    public async ValueTask LearnAsync(SearchValues values, CancellationToken ct)
    {
        HashSet<string>? missing = null;
        Need(values, ref missing);
        if (missing is null)
        {
            return;
        }

        await using var command = database.Source.CreateCommand("insert into records.unit (code) select u.code from unnest($1) u (code) order by u.code on conflict do nothing");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. missing], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(ct);
        foreach (var code in missing)
        {
            known[code] = true;
        }
    }

    /// <summary>The units in use that measure the same as this code, itself left out; none for a code that UCUM does not have.</summary>
    public async ValueTask<(UcumUnit? Unit, IReadOnlyList<UcumUnit> Others)> LikeAsync(string code, CancellationToken ct)
    {
        if (!UcumUnit.TryParse(code, out var unit, out _))
        {
            return (null, []);
        }

        await using var command = database.Source.CreateCommand("select code from records.unit where code <> $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var others = new List<UcumUnit>();
        while (await reader.ReadAsync(ct))
        {
            if (UcumUnit.TryParse(reader.GetString(0), out var other, out _) && other.IsCommensurable(unit))
            {
                others.Add(other);
            }
        }

        return (unit, others);
    }

    private void Need(SearchValues values, ref HashSet<string>? missing)
    {
        foreach (var quantity in values.Quantities)
        {
            if (quantity is { Code: { } code, System: System } && FoldedText.Code(code) is var name && !known.ContainsKey(name))
            {
                (missing ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
            }
        }

        foreach (var composite in values.Composites)
        {
            foreach (var part in composite.Parts)
            {
                Need(part, ref missing);
            }
        }
    }
}
