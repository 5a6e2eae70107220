using Npgsql;
using Salus.Kernel;

namespace Salus.Simulation.Demo;

/// <summary>The row that says which demo hospital this record has, and how far it is.</summary>
internal sealed class DemoLedger(Database database)
{
    /// <summary>The plan and the bundles done; null when this record has no demo hospital.</summary>
    public async Task<(HospitalPlan Plan, int Done)?> FindAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select seed, patients, years, until, bundles_done from simulation.demo");
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? (new HospitalPlan(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetFieldValue<DateTimeOffset>(3)), reader.GetInt32(4))
            : null;
    }

    public async Task StartAsync(HospitalPlan plan, DateTimeOffset until, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("insert into simulation.demo (seed, patients, years, until, bundles_done) values ($1, $2, $3, $4, 0)");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = plan.Seed });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = plan.Patients });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = plan.Years });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until });
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task AdvanceAsync(int done, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("update simulation.demo set bundles_done = $1");
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = done });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Since when there are simulated monitors; null while there are none.</summary>
    public async Task<DateTimeOffset?> MonitorsSinceAsync(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("select monitors_since from simulation.demo");
        return await command.ExecuteScalarAsync(ct) is DateTime since ? new DateTimeOffset(since, TimeSpan.Zero) : null;
    }

    public async Task NoteMonitorsAsync(DateTimeOffset since, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("update simulation.demo set monitors_since = $1");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
        await command.ExecuteNonQueryAsync(ct);
    }
}
