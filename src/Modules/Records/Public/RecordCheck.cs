using Npgsql;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Check;
using Salus.Records.Sealing;

namespace Salus.Records;

/// <summary>
/// Verifies that log, current versions, index and feed positions of a record agree. Reads one moment of it and changes nothing, so it may run while
/// others write; meanwhile PostgreSQL keeps row versions that it would else clean up. Safe for all threads.
/// </summary>
public sealed class RecordCheck
{
    private readonly Database database;
    private readonly FhirDefinitions definitions;
    private readonly TimeProvider time;
    private readonly SealKeys? keys;
    private readonly Seals? seals;

    internal RecordCheck(Database database, FhirDefinitions definitions, TimeProvider time, SealKeys? keys = null, Seals? seals = null)
    {
        this.keys = keys;
        this.seals = seals;
        this.database = database;
        this.definitions = definitions;
        this.time = time;
    }

    /// <summary>Runs every check, in memory that does not grow with the record.</summary>
    /// <param name="order">What to check.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="CannotStartException">The tables are not those of this version of Salus.</exception>
    /// <exception cref="NpgsqlException">The database went away.</exception>
    public async Task<CheckReport> RunAsync(CheckOrder order, CheckProgress progress, CancellationToken ct)
    {
        var missing = await new MigrationRunner(database, [new MigrationSet("records", typeof(RecordCheck).Assembly)]).MissingAsync(ct);
        if (missing.Count > 0)
        {
            throw new CannotStartException(
                $"There is no record of this version of Salus in the database: migration {missing[0]} was not applied. Start Salus on it once, then check it.");
        }

        keys?.Load();
        await using var session = await CheckSession.OpenAsync(database, ct);
        return await new CheckRun(session, database, definitions, seals, order, progress, time).RunAsync(ct);
    }
}
