using System.Diagnostics.Metrics;

namespace Salus.Records;

/// <summary>What the record counts about itself, at <c>/metrics</c>.</summary>
internal static class RecordsMeter
{
    private static readonly Meter Meter = new("Salus.Records");

    public static readonly Counter<long> Versions =
        Meter.CreateCounter<long>("salus.records.versions", "{version}", "Resource versions written, deletions included");

    public static readonly Histogram<double> Commit =
        Meter.CreateHistogram<double>("salus.records.commit.duration", "s", "Time of a database commit, from taking the log's lock until it is on disk");

    public static readonly Counter<long> Groups =
        Meter.CreateCounter<long>("salus.records.commits", "{commit}", "Database commits; versions per commit tell how many writes share one flush to disk");

    public static readonly Counter<long> FeedEvents =
        Meter.CreateCounter<long>("salus.records.feed.events", "{event}", "Events handled by consumers of the change feed");

    public static readonly Counter<long> Reindexed =
        Meter.CreateCounter<long>("salus.records.reindexed", "{resource}", "Stored resources indexed again");

    public static readonly Gauge<long> ReindexRemaining =
        Meter.CreateGauge<long>("salus.records.reindex.remaining", "{resource}", "Resources of the type that is being indexed again and are not done yet, about");

    public static readonly Counter<long> JobsBegun =
        Meter.CreateCounter<long>("salus.records.jobs.begun", "{job}", "Jobs asked for, by kind: export, import, request");

    public static readonly Counter<long> JobsFailed =
        Meter.CreateCounter<long>("salus.records.jobs.failed", "{job}", "Jobs that ended with an error of their own, by kind");

    public static readonly Counter<long> Imported =
        Meter.CreateCounter<long>("salus.records.imported", "{resource}", "Resources that $import stored");

    public static readonly Counter<long> Notifications =
        Meter.CreateCounter<long>("salus.records.subscriptions.notifications", "{notification}", "Notifications of subscriptions, by channel and whether they arrived");

    public static readonly Counter<long> EventsDelivered =
        Meter.CreateCounter<long>("salus.records.subscriptions.delivered", "{event}", "Events of subscriptions that arrived, by channel");

    public static readonly Counter<long> EventsDropped =
        Meter.CreateCounter<long>("salus.records.subscriptions.dropped", "{event}", "Events of subscriptions that were removed before they arrived, because of their age or number");

    public static readonly Gauge<long> EventsPending =
        Meter.CreateGauge<long>("salus.records.subscriptions.pending", "{event}", "Events of subscriptions that have not arrived yet");
}
