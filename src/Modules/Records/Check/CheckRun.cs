using Salus.Fhir.Definitions;
using Salus.Fhir.Search;
using Salus.Kernel;
using Salus.Records.Feed;
using Salus.Records.Sealing;
using Salus.Records.SearchParameters;
using Salus.Records.Storage;

namespace Salus.Records.Check;

/// <summary>All checks in their order, on the one moment that the session sees.</summary>
internal sealed class CheckRun(
    CheckSession session, Database database, FhirDefinitions definitions, Seals? seals, CheckOrder order, CheckProgress progress, TimeProvider time)
{
    private readonly SearchParameterSet parameters = new(definitions);

    public async Task<CheckReport> RunAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        // All of its own: what has come since the program began is in it, and nothing that came after this moment.
        parameters.Swap((await new AddedParameters(parameters).ReadAsync(session.Connection, ct)).Snapshot);
        var catalog = new Catalog(database, parameters, seals);
        await catalog.ReadAsync(session.Connection, ct);
        var index = new IndexState(catalog);
        await index.ReadAsync(session.Connection, ct);
        var open = await OpenNumbers.ReadAsync(session, index.Incomplete(parameters.Current), ct);
        var findings = new Findings(catalog, order.MaxDifferences);
        var log = new LogOrder(session, findings, progress);
        var feed = new FeedPositions(session, findings, new TypeCounter(catalog).Name);
        await feed.ReadAsync(ct);
        await log.ReadHeadAsync(ct);
        await RunAsync(catalog, open, findings, log, feed, ct);
        return new CheckReport
        {
            Differences = findings.All,
            Stopped = findings.Full,
            Position = log.Head.Position,
            Resources = progress.Resources,
            Versions = progress.Versions,
            Consumers = feed.Consumers,
            Elapsed = time.GetElapsedTime(started),
        };
    }

    private async Task RunAsync(Catalog catalog, OpenNumbers open, Findings findings, LogOrder log, FeedPositions feed, CancellationToken ct)
    {
        var current = new CurrentVersions(session, findings);
        var bodies = new BodyCheck(parameters.Definitions, catalog);
        var lanes = new Lanes(findings);
        var content = new ContentCheck(new RangeReader(session), bodies, new IndexCheck(new SearchValueExtractor(parameters), catalog, new IndexText(parameters, catalog), open), lanes, progress);
        Func<Task>[] steps =
        [
            () => log.RunAsync(ct),
            () => new KeyWalk(session, new VersionOrder(findings), current, feed, content, findings, progress).RunAsync(log.Head.Position, ct),
            () => current.CheckNamesAsync(ct),
            () => order.AllVersions ? new BodiesOfAllVersions(session, bodies, lanes, findings, progress).RunAsync(log.Head.Position, ct) : Task.CompletedTask,
            () => feed.RunAsync(log.Head.Position, ct),
        ];
        foreach (var step in steps)
        {
            if (!findings.Full)
            {
                await step();
            }
        }
    }
}
