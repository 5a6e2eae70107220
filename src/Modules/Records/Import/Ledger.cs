using System.Text.Json;

namespace Salus.Records.Import;

/// <summary>Adds up results of workers, lists the first rejections and writes all of them to the file that was asked for.</summary>
internal sealed class Ledger(ImportProgress progress, string? rejectedFile) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly ItemResult sum = new();
    private readonly List<string> notices = [];
    private readonly List<string> skipped = [];
    private readonly StreamWriter? file = rejectedFile is null ? null : new StreamWriter(rejectedFile, append: false);
    private long skippedCount;
    private long rejectedCount;

    /// <param name="earlier">True for what an interrupted run did.</param>
    public void Add(ItemResult result, bool earlier)
    {
        lock (gate)
        {
            foreach (var (type, count) in result.Counts)
            {
                sum.Add(type, count.In, count.Stored, count.Searchable);
            }

            rejectedCount += result.Rejected.Count;
            foreach (var rejection in result.Rejected)
            {
                if (sum.Rejected.Count < ImportReport.MaxListed)
                {
                    sum.Rejected.Add(rejection);
                }

                file?.WriteLine(JsonSerializer.Serialize(rejection, JsonSerializerOptions.Web));
            }
        }

        if (!earlier)
        {
            progress.Add((int)result.Resources, (int)result.Stored);
        }
    }

    public void Notice(string text)
    {
        lock (gate)
        {
            notices.Add(text);
        }
    }

    public void Skipped(string name)
    {
        lock (gate)
        {
            skippedCount++;
            if (skipped.Count < 5)
            {
                skipped.Add(name);
            }
        }
    }

    public ImportReport Report(bool interrupted, string? stopped, TimeSpan elapsed)
    {
        lock (gate)
        {
            var all = notices.ToList();
            if (skippedCount > 0)
            {
                all.Add($"Skipped {skippedCount} files that are not of a known kind: {string.Join(", ", skipped)}{(skippedCount > skipped.Count ? ", …" : "")}");
            }

            return new ImportReport
            {
                Counts = [.. sum.Counts.Select(c => new ImportCount(c.Key, c.Value.In, c.Value.Stored, c.Value.Searchable))],
                Rejected = [.. sum.Rejected],
                RejectedCount = rejectedCount,
                Notices = all,
                Interrupted = interrupted,
                Stopped = stopped,
                Resources = progress.Resources,
                Elapsed = elapsed,
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (file is not null)
        {
            await file.DisposeAsync();
        }
    }
}
