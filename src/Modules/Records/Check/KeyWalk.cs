namespace Salus.Records.Check;

/// <summary>
/// One walk over log and current rows side by side, in the order of keys. Each resource's versions are compared as they pass; the content of what was
/// passed follows in ranges of keys without a gap between them, so that index rows of keys that are not there show too.
/// </summary>
internal sealed class KeyWalk(
    CheckSession session, VersionOrder order, CurrentVersions current, FeedPositions feed, ContentCheck content, Findings findings, CheckProgress progress)
{
    private const int KeysAtOnce = 1000;
    private const long BytesAtOnce = 16 * 1024 * 1024;

    private Cursor<LogRow> log = null!;
    private Cursor<VersionRow> tops = null!;

    public async Task RunAsync(long head, CancellationToken ct)
    {
        progress.Begin("resources", head);
        log = await Cursor<LogRow>.OpenAsync(session, "check_log", $"select {LogRow.Columns} from records.log l order by l.key, l.version", LogRow.Read, ct);
        tops = await Cursor<VersionRow>.OpenAsync(
            session, "check_current", $"select {VersionRow.CurrentColumns} from records.current c order by c.key", VersionRow.Read, ct);
        var (after, keys, bytes) = (long.MinValue, 0, 0L);
        while (!findings.Full && await NextKeyAsync(ct) is { } key)
        {
            bytes += await CheckKeyAsync(key, ct);
            if (++keys == KeysAtOnce || bytes >= BytesAtOnce)
            {
                await content.AddAsync(after, key, ct);
                progress.At(key);
                (after, keys, bytes) = (key, 0, 0);
            }
        }

        if (!findings.Full)
        {
            await content.AddAsync(after, long.MaxValue, ct);
        }

        await content.FinishAsync();
    }

    private async ValueTask<long?> NextKeyAsync(CancellationToken ct)
    {
        var (version, top) = (await log.PeekAsync(ct), await tops.PeekAsync(ct));
        return version is { } v && top is { } t ? Math.Min(v.Version.Key, t.Key) : version?.Version.Key ?? top?.Key;
    }

    /// <summary>Returns the length of the newest body.</summary>
    private async ValueTask<long> CheckKeyAsync(long key, CancellationToken ct)
    {
        LogRow? newest = null;
        while (await log.PeekAsync(ct) is { } row && row.Version.Key == key)
        {
            order.Check(row, newest);
            feed.Count(row, newest);
            newest = row;
            log.Skip();
        }

        var found = false;
        while (await tops.PeekAsync(ct) is { } top && top.Key == key)
        {
            CheckTop(top, newest, found);
            found = true;
            tops.Skip();
        }

        if (newest is { } last && !found)
        {
            current.Missing(last.Version);
        }

        return newest?.BodyBytes ?? 0;
    }

    private void CheckTop(in VersionRow top, in LogRow? newest, bool again)
    {
        if (again)
        {
            current.Twice(top);
        }
        else if (newest is { } last)
        {
            current.Compare(top, last.Version);
        }
        else
        {
            current.Extra(top);
        }
    }
}
