namespace Salus.Records.Check;

/// <summary><c>records.current</c>: one row per key of the log, equal to its newest version.</summary>
internal sealed class CurrentVersions(CheckSession session, Findings findings)
{
    private const string Table = "records.current";

    public void Missing(in VersionRow newest) =>
        findings.Add(Table, newest, $"there is no row of key {newest.Key}; there should be one with version {newest.Version}, the newest in the log.");

    public void Extra(in VersionRow row) =>
        findings.Add(Table, row, $"there is a row of key {row.Key} with version {row.Version}; there should be none, because the log has no such key.");

    public void Twice(in VersionRow row) => findings.Add(Table, row, $"there is a second row of key {row.Key}; there should be one.");

    public void Compare(in VersionRow row, in VersionRow newest)
    {
        if (row == newest)
        {
            return;
        }

        Say(row, "position", row.Position, newest.Position);
        Say(row, "version", row.Version, newest.Version);
        Say(row, "time", Findings.Text(row.At), Findings.Text(newest.At));
        Say(row, "tenant", row.Tenant, newest.Tenant);
        Say(row, "type", findings.Type(row.Type), findings.Type(newest.Type));
        Say(row, "id", row.Id, newest.Id);
        Say(row, "mark of deletion", row.Deleted, newest.Deleted);
    }

    /// <summary>No two keys have the same name.</summary>
    public async Task CheckNamesAsync(CancellationToken ct)
    {
        await foreach (var (row, first) in session.ReadAsync(
            $"""
            select {VersionRow.CurrentColumns}, n.first
            from (select tenant, type, id, min(key) as first, max(key) as last from records.current group by tenant, type, id having count(*) > 1) n
            join records.current c on c.key = n.last order by n.last
            """,
            r => (VersionRow.Read(r), r.GetInt64(8)), ct))
        {
            findings.Add(Table, row, $"key {row.Key} has the same tenant, type and id as key {first}; each resource should have one key.");
        }
    }

    private void Say<T>(in VersionRow row, string column, T found, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(found, expected))
        {
            findings.Add(Table, row, $"the {column} is {found}; it should be {expected}, as in the newest version of key {row.Key} in the log.");
        }
    }
}
