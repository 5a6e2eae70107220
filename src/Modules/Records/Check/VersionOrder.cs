using Salus.Kernel;

namespace Salus.Records.Check;

/// <summary>The log by resource: versions from 1 on in the order of positions, always the same resource, and operations that fit.</summary>
internal sealed class VersionOrder(Findings findings)
{
    private const string Table = "records.log";

    /// <param name="row">A version.</param>
    /// <param name="before">The row before it of the same key; null for the first.</param>
    public void Check(in LogRow row, in LogRow? before)
    {
        if (before is { } earlier)
        {
            CheckNext(row, earlier);
        }
        else
        {
            CheckFirst(row.Version);
        }

        CheckOperation(row, before);
    }

    private void CheckFirst(in VersionRow row)
    {
        if (row.Version != 1)
        {
            findings.Add(Table, row, $"the first version of key {row.Key} is {row.Version}; it should be 1.");
        }
    }

    private void CheckNext(in LogRow next, in LogRow earlier)
    {
        var (row, before) = (next.Version, earlier.Version);
        if (row.Version != before.Version + 1)
        {
            findings.Add(Table, row, $"the version is {row.Version}; it should be {before.Version + 1}, the one after position {before.Position} of the same key {row.Key}.");
        }

        if (row.Position <= before.Position)
        {
            findings.Add(Table, row, $"version {row.Version} stands at position {row.Position}; it should stand after version {before.Version}, which is at {before.Position}.");
        }

        if ((row.Tenant, row.Type, row.Id) != (before.Tenant, before.Type, before.Id))
        {
            findings.Add(Table, row, $"version {row.Version} of key {row.Key} is of {findings.Name(row)}; it should be of {findings.Name(before)}, as version {before.Version} is.");
        }
    }

    private void CheckOperation(in LogRow row, in LogRow? before)
    {
        var first = row.Version.Version == 1;
        var fits = first ? row.Is(FeedOperation.Create) : row.Is(FeedOperation.Update) || row.Is(FeedOperation.Delete);
        if (!fits)
        {
            findings.Add(Table, row.Version, $"the operation of version {row.Version.Version} is {row.Operation}; it should be {(first ? "0 (create)" : "1 (update) or 2 (delete)")}.");
        }
        else if (row.Is(FeedOperation.Delete) && before is { } earlier && earlier.Is(FeedOperation.Delete))
        {
            findings.Add(Table, row.Version, $"version {row.Version.Version} is a deletion; it should not be, because version {earlier.Version.Version} is one already.");
        }

        if (row.BodyBytes is null != row.Is(FeedOperation.Delete))
        {
            findings.Add(Table, row.Version, row.BodyBytes is { } bytes ? $"a deletion has a body of {bytes} bytes; it should have none." : "there is no body; only a deletion should have none.");
        }
    }
}
