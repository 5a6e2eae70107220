namespace Salus.Faults.Tests.Support;

/// <summary>
/// Clients that write without a pause and note every answer: creates, updates of a few resources of their own, and transactions, in turn. One that gets
/// no answer, or a 503, goes on with its next write until it is told to stop. In the short form they rest a little after each write: other tests run beside them.
/// </summary>
internal sealed class Writers : IAsyncDisposable
{
    public const int Observations = 3;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(Rounds.Long ? 0 : 30);
    private static readonly string[] OneType = ["Patient"];
    private static readonly string[] BundleTypes = ["Patient", .. Enumerable.Repeat("Observation", Observations)];

    private readonly FhirClient fhir;
    private readonly string name;
    private readonly CancellationTokenSource stop = new();
    private readonly Task all;

    private Writers(FhirClient fhir, string name, int clients)
    {
        this.fhir = fhir;
        this.name = name;
        all = Task.WhenAll(Enumerable.Range(0, clients).Select(n => Task.Run(() => WriteAsync(n))));
    }

    public Ledger Ledger { get; } = new();

    /// <param name="name">Begins every marker; unique among the writers of one record.</param>
    public static Writers Start(FhirClient fhir, string name, int clients = 16) => new(fhir, name, clients);

    /// <summary>Waits until so many more writes are acknowledged: the faults begin in the middle, and work goes on after them.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var goal = Ledger.Acknowledged + more;
        await Eventually.TrueAsync(
            () => Task.FromResult(Ledger.Acknowledged >= goal || all.IsFaulted), seconds: 120, () => $"{Ledger.Summary()}; last refusals: {string.Join(" | ", Ledger.Refusals.TakeLast(3))}");
    }

    /// <summary>Waits until so many more writes were refused.</summary>
    public async Task RefusedAsync(int more)
    {
        var goal = Ledger.Refusals.Count + more;
        await Eventually.TrueAsync(() => Ledger.Refusals.Count >= goal, seconds: 120, Ledger.Summary);
    }

    /// <summary>Each client ends after the answer it waits for.</summary>
    public async Task<Ledger> StopAsync()
    {
        await stop.CancelAsync();
        await all;
        Assert.True(Ledger.Surprises.Count == 0, string.Join('\n', Ledger.Surprises.Take(20)));
        return Ledger;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await all;
        stop.Dispose();
    }

    private async Task WriteAsync(int client)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var marker = $"{name}-{client}-{n}";
            var (write, send) = Next(client, n, marker);
            Ledger.Begin(write);
            try
            {
                await NoteAsync(write, await send());
                await Task.Delay(Rest);
            }
            catch (HttpRequestException)
            {
                // Killed, or not there yet. What became of the write is unknown.
                await Task.Delay(Breath);
            }
            catch (Exception e)
            {
                Ledger.Surprise($"{marker}: {e.Message}");
            }
        }
    }

    private (ClientWrite Write, Func<Task<Answer>> Send) Next(int client, int n, string marker)
    {
        switch (n % 3)
        {
            case 0:
                return (new ClientWrite(marker, OneType, null), () => fhir.PostAsync(Samples.Patient(marker)));
            case 1:
                // A few resources with many versions each; nobody else writes them.
                var id = $"{name}-{client}-p{n % 4}";
                return (new ClientWrite(marker, OneType, id), () => fhir.PutAsync(Samples.Patient(marker, id)));
            default:
                return (new ClientWrite(marker, BundleTypes, null), () => fhir.PostAsync(Samples.Transaction(marker, Observations)));
        }
    }

    private async Task NoteAsync(ClientWrite write, Answer answer)
    {
        switch (answer.Status)
        {
            case 200 or 201 when write.Types.Count > 1:
                Ledger.Acknowledge(write, [.. answer.Entries.Select(e => Version.Parse((string)e["response"]!["location"]!))]);
                break;
            case 200 or 201:
                Ledger.Acknowledge(write, [Version.Parse(answer.Headers.Location!.ToString())]);
                break;
            case 503:
                if (answer.Headers.RetryAfter?.Delta is null)
                {
                    Ledger.Surprise($"{write.Marker}: 503 without Retry-After: {answer}");
                }

                Ledger.Refuse(write, answer.Problem);
                await Task.Delay(Breath);
                break;
            default:
                Ledger.Surprise($"{write.Marker}: {answer}");
                break;
        }
    }
}
