using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Records.Import;

/// <summary>One import: source after source, each read by one reader and sent by several workers.</summary>
internal sealed class ImportRun : IAsyncDisposable
{
    private const long MaxBytesInFlight = 64 * 1000 * 1000;
    private static readonly int Workers = Environment.ProcessorCount + 1;

    private readonly IImportTarget target;
    private readonly FhirDefinitions definitions;
    private readonly TimeProvider time;
    private readonly ImportProgress progress;
    private readonly ImportOrder order;
    private readonly Verification verification;
    private readonly ItemSender sender;
    private readonly Ledger ledger;
    private string? stopped;

    public ImportRun(IImportTarget target, FhirDefinitions definitions, TimeProvider time, ImportProgress progress, ImportOrder order)
    {
        this.target = target;
        this.definitions = definitions;
        this.time = time;
        this.progress = progress;
        this.order = order;
        verification = new Verification(target, time);
        sender = new ItemSender(target, verification, time);
        ledger = new Ledger(progress, order.RejectedFile);
    }

    public ValueTask DisposeAsync() => ledger.DisposeAsync();

    public async Task<Outcome<ImportReport>> RunAsync(IReadOnlyList<Source> sources, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        progress.Plan(sources.Sum(s => s.Bytes));
        var journals = new List<Journal>();
        try
        {
            foreach (var source in sources)
            {
                // What one source refers to may be in those before it: each is finished first.
                if (Open(source, journals) is { } failure)
                {
                    return failure;
                }

                await RunAsync(source, journals[^1], stop);
                if (stop.IsCancellationRequested || stopped is not null)
                {
                    break;
                }
            }

            return ledger.Report(stop.IsCancellationRequested, stopped, time.GetElapsedTime(started));
        }
        finally
        {
            journals.ForEach(j => j.Dispose());
        }
    }

    private Failure? Open(Source source, List<Journal> journals)
    {
        try
        {
            journals.Add(Journal.Open(order.StateFolder, target.Name, source, order.Restart));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Failure(
                FailureKind.Invalid, "exception", $"The journal of {source.Path} cannot be used: {e.Message} Another import of it may be running; else choose another folder with --state.");
        }
    }

    private async Task RunAsync(Source source, Journal journal, CancellationToken stop)
    {
        foreach (var name in source.Skipped)
        {
            ledger.Skipped(name);
        }

        if (!await ContinueAsync(source, journal, stop))
        {
            stopped = verification.Unanswered;
            return;
        }

        // Items of unknown fate wait until all others are done: a server that is still busy with one of them has time to finish.
        var later = new ConcurrentBag<int>(journal.Begun.Keys);
        var begun = journal.Begun.Keys.ToHashSet();
        await PassAsync(source, journal, n => !journal.Done.ContainsKey(n) && !begun.Contains(n), later, stop);
        if (!later.IsEmpty && stopped is null && !stop.IsCancellationRequested)
        {
            var open = later.ToHashSet();
            progress.Plan(source.Bytes);
            await PassAsync(source, journal, open.Contains, null, stop);
        }
    }

    /// <summary>Takes over what an earlier run did, unless it is not in the target any more or was refused as a whole. False when the target cannot be asked.</summary>
    private async Task<bool> ContinueAsync(Source source, Journal journal, CancellationToken stop)
    {
        if (journal.Notice is { } notice)
        {
            ledger.Notice(notice);
        }

        foreach (var (number, _) in journal.Done.Where(d => d.Value.Stored == 0).ToList())
        {
            journal.Done.Remove(number);
        }

        var lost = 0;
        var samples = journal.Done.Where(d => d.Value.Sample is not null).Select(d => (Item: d.Key, Name: d.Value.Sample!.Split('/'))).ToList();
        foreach (var type in samples.GroupBy(s => s.Name[0], StringComparer.Ordinal))
        {
            foreach (var chunk in type.Chunk(100))
            {
                var found = await verification.FoundAsync(type.Key, chunk.Select(s => s.Name[1]).ToHashSet(StringComparer.Ordinal), stop);
                if (found is null)
                {
                    return false;
                }

                foreach (var (item, _) in chunk.Where(s => !found.Contains(s.Name[1])))
                {
                    journal.Done.Remove(item);
                    lost++;
                }
            }
        }

        if (lost > 0)
        {
            ledger.Notice($"{source.Path}: {lost} parts that an earlier run stored are not in the record any more; they are imported again.");
        }

        if (journal.Done.Count > 0)
        {
            ledger.Notice($"{source.Path}: {journal.Done.Values.Sum(r => r.Resources):N0} resources were imported by an earlier run and are not sent again (--restart sends them again).");
        }

        foreach (var result in journal.Done.Values)
        {
            ledger.Add(result, earlier: true);
        }

        return true;
    }

    /// <param name="wanted">Which items to do.</param>
    /// <param name="later">Gets the items that refer to what is not there yet; null when they are to be rejected.</param>
    private async Task PassAsync(Source source, Journal journal, Predicate<int> wanted, ConcurrentBag<int>? later, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var queue = Channel.CreateBounded<WorkItem>(new BoundedChannelOptions(Workers) { SingleWriter = true });
        var flight = new InFlight(MaxBytesInFlight);
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(queue.Reader, flight, journal, later, end))).ToList();
        try
        {
            var items = new ItemBuilder(definitions).BuildAsync(PiecesAsync(source, ledgerSkips: later is not null, end.Token), end.Token);
            await foreach (var item in items.WithCancellation(end.Token))
            {
                if (wanted(item.Number))
                {
                    await flight.EnterAsync(item, end.Token);
                    await queue.Writer.WriteAsync(item, end.Token);
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // What is in flight is finished below.
        }
        finally
        {
            queue.Writer.Complete();
            await Task.WhenAll(workers);
        }
    }

    private async Task WorkAsync(ChannelReader<WorkItem> queue, InFlight flight, Journal journal, ConcurrentBag<int>? later, CancellationTokenSource end)
    {
        try
        {
            await foreach (var item in queue.ReadAllAsync(CancellationToken.None))
            {
                // What waits in the queue when the end is called has not been sent: the next run does it.
                if (!end.IsCancellationRequested)
                {
                    await DoAsync(item, journal, later, end);
                }

                flight.Leave(item);
            }
        }
        catch
        {
            // The reader must not wait for a worker that is gone; the exception comes out of the pass.
            await end.CancelAsync();
            throw;
        }
    }

    private async Task DoAsync(WorkItem item, Journal journal, ConcurrentBag<int>? later, CancellationTokenSource end)
    {
        var unknown = journal.Begun.TryGetValue(item.Number, out var since);
        if (!unknown && !item.Repeatable)
        {
            journal.Begin(item.Number, time.GetUtcNow());
        }

        var attempt = await sender.RunAsync(item, unknown ? since : null, last: later is null, end.Token);
        if (attempt.Stopped is { } reason)
        {
            Interlocked.CompareExchange(ref stopped, reason, null);
            await end.CancelAsync();
        }
        else if (attempt.Later)
        {
            later!.Add(item.Number);
        }
        else
        {
            journal.Finish(item.Number, attempt.Result!);
            ledger.Add(attempt.Result!, earlier: false);
        }
    }

    private async IAsyncEnumerable<SourcePiece> PiecesAsync(Source source, bool ledgerSkips, [EnumeratorCancellation] CancellationToken stop)
    {
        var reader = new SourceReader(target.MaxBytes, progress, ledgerSkips ? ledger.Skipped : _ => { });
        foreach (var file in source.Files)
        {
            await foreach (var piece in reader.ReadAsync(file, stop))
            {
                yield return piece;
            }
        }
    }
}
