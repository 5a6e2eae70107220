using Npgsql;
using Salus.Kernel;
using Salus.Records.Terminology.Store;
using Salus.Records.Tests.Support;
using Salus.TestSupport;
using static Salus.Records.Tests.Terminology.TerminologySamples;

namespace Salus.Records.Tests.Terminology;

/// <summary>Look-ups that the database fails.</summary>
public sealed class LookupFailureTests(RecordServer server) : IClassFixture<RecordServer>
{
    [Fact]
    public async Task One_that_failed_when_nobody_waited_any_more_is_made_again()
    {
        await server.Fhir.StoreAsync(AnimalSystem());
        var view = await server.Get<Terminologies>().CurrentAsync(Tenant.Default, CancellationToken.None);
        await using (var holder = await server.Source.OpenConnectionAsync())
        await using (var held = await holder.BeginTransactionAsync())
        {
            await using var hold = new NpgsqlCommand("lock table records.concept_system in access exclusive mode", holder);
            await hold.ExecuteNonQueryAsync();
            using var impatient = new CancellationTokenSource();
            var asked = view.SystemAsync(Animals, null, impatient.Token).AsTask();
            await Eventually.TrueAsync(() => WaitingAsync("count(*)"));
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
            await Eventually.TrueAsync(() => WaitingAsync("count(pg_cancel_backend(pid))"));
        }

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return !(await view.SystemAsync(Animals, null, CancellationToken.None)).Failed(out _);
            }
            catch (PostgresException)
            {
                return false;
            }
        });
    }

    private async Task<bool> WaitingAsync(string what) =>
        await server.ScalarAsync<long>($"select {what} from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%records.concept_system%' and pid <> pg_backend_pid()") > 0;
}
