using System.Globalization;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>The differences found so far, in sentences that name the place. One thread at a time.</summary>
internal sealed class Findings(Catalog catalog, int most)
{
    private readonly List<CheckDifference> all = [];

    public IReadOnlyList<CheckDifference> All => all;

    /// <summary>True when as many were found as were asked for: then the check ends.</summary>
    public bool Full => all.Count >= most;

    /// <summary>Another list of the same kind, for a thread of its own.</summary>
    public Findings Apart() => new(catalog, most);

    public void Add(Findings others)
    {
        foreach (var difference in others.all)
        {
            Add(difference);
        }
    }

    /// <summary>Something that is not of one resource.</summary>
    public void Add(string table, string message, long? position = null) => Add(new CheckDifference(table, null, position, message));

    /// <summary>Something about a version of a resource.</summary>
    public void Add(string table, in VersionRow row, string message) => Add(new CheckDifference(table, Name(row), row.Position, message));

    public string Name(in VersionRow row) => $"tenant {row.Tenant}, {Type(row.Type)}/{row.Id}";

    public string Type(short number) => catalog.FindTypeName(number) ?? $"(type {number}, which is none)";

    /// <summary>A time as PostgreSQL keeps it.</summary>
    public static string Text(DateTime at) =>
        at == DateTime.MinValue ? "-infinity" : at == DateTime.MaxValue ? "infinity" : at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private void Add(CheckDifference difference)
    {
        if (!Full)
        {
            all.Add(difference);
        }
    }
}
