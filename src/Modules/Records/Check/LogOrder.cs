namespace Salus.Records.Check;

/// <summary>The log by position: dense from 1 to the head, in the order of time; what is the first of its resource has its position as key.</summary>
internal sealed class LogOrder(CheckSession session, Findings findings, CheckProgress progress)
{
    private const string Table = "records.log";

    /// <summary>The position and time of <c>records.head</c>; 0 when there is no such row.</summary>
    public (long Position, DateTime At) Head { get; private set; }

    public async Task ReadHeadAsync(CancellationToken ct)
    {
        var rows = await session.ListAsync("select position, at from records.head", r => (r.GetInt64(0), r.GetDateTime(1)), ct);
        if (rows.Count == 0)
        {
            findings.Add("records.head", "there is no row; there should be one with the last position of the log.");
            return;
        }

        Head = rows[0];
    }

    public async Task RunAsync(CancellationToken ct)
    {
        progress.Begin("log", Head.Position);
        var last = (Position: 0L, At: DateTime.MinValue);
        await foreach (var row in session.ReadAsync(
            "select position, at, key, version from records.log order by position", r => (Position: r.GetInt64(0), At: r.GetDateTime(1), Key: r.GetInt64(2), Version: r.GetInt32(3)), ct))
        {
            Compare((row.Position, row.At), last);
            CompareKey(row.Position, row.Key, row.Version);
            last = row.Position > last.Position ? (row.Position, row.At) : last;
            progress.AddVersion();
            progress.At(row.Position);
            if (findings.Full)
            {
                return;
            }
        }

        CompareHead(last);
    }

    private void Compare((long Position, DateTime At) row, (long Position, DateTime At) last)
    {
        if (row.Position == last.Position)
        {
            findings.Add(Table, "the position stands there twice; each should stand once.", row.Position);
        }
        else if (row.Position != last.Position + 1)
        {
            findings.Add(Table, $"the next position after {last.Position} is {row.Position}; it should be {last.Position + 1}, without a gap.", row.Position);
        }

        if (row.At < last.At)
        {
            findings.Add(Table, $"its time is {Findings.Text(row.At)}; it should not be before {Findings.Text(last.At)}, the time of position {last.Position}.", row.Position);
        }
    }

    // Here and not beside the versions of a key: with a wrong key it stands among the versions of another resource, and its own seems to have none.
    private void CompareKey(long position, long key, int version)
    {
        if (version == 1 && key != position)
        {
            findings.Add(Table, $"the key of version 1 is {key}; it should be {position}, the position of the resource's first version.", position);
        }
    }

    private void CompareHead((long Position, DateTime At) last)
    {
        if (Head.Position != last.Position)
        {
            findings.Add("records.head", $"the position is {Head.Position}; it should be {last.Position}, the last one of the log.", Head.Position);
        }
        else if (last.Position > 0 && Head.At != last.At)
        {
            findings.Add("records.head", $"the time is {Findings.Text(Head.At)}; it should be {Findings.Text(last.At)}, that of the last position of the log.", Head.Position);
        }
    }
}
