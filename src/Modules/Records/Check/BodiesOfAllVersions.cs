namespace Salus.Records.Check;

/// <summary>The bodies of all versions in the log, old ones included.</summary>
internal sealed class BodiesOfAllVersions(CheckSession session, BodyCheck bodies, Lanes lanes, Findings findings, CheckProgress progress)
{
    private const int RowsAtOnce = 1000;
    private const long BytesAtOnce = 16 * 1024 * 1024;

    public async Task RunAsync(long head, CancellationToken ct)
    {
        progress.Begin("bodies of all versions", head);
        var (rows, bytes) = (new List<(VersionRow Row, byte[] Body)>(), 0L);
        await foreach (var (row, body) in session.ReadAsync(
            $"select {LogRow.Columns}, l.body from records.log l where l.body is not null order by l.position",
            r => (LogRow.Read(r).Version, r.GetFieldValue<byte[]>(9)), ct))
        {
            rows.Add((row, body));
            bytes += body.Length;
            if (rows.Count == RowsAtOnce || bytes >= BytesAtOnce)
            {
                await CheckAsync(rows, ct);
                progress.At(row.Position);
                (rows, bytes) = ([], 0);
            }

            if (findings.Full)
            {
                return;
            }
        }

        await CheckAsync(rows, ct);
        await lanes.FinishAsync();
    }

    private Task CheckAsync(List<(VersionRow Row, byte[] Body)> rows, CancellationToken ct) => lanes.AddAsync(
        own =>
        {
            foreach (var (row, body) in rows)
            {
                bodies.Check(row, body, own);
            }
        },
        ct);
}
