using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Salus.Access;
using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Audit;

/// <summary>The record with the audit trail of Access.</summary>
public class AuditedServer : RecordServer, IDisposable
{
    private readonly TestFolder folder = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Structural"), new("Salus:Access:AuditFolder", folder["audit"])];

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Configure(IServiceCollection services) => services.AddAccess(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build());

    /// <summary>A caller of this name, for requests with the header.</summary>
    internal static (string Name, string Value) As(string actor)
    {
        Callers[actor] = Caller.Local with { Actor = actor, Name = "Dr. Test", Roles = ["physician"], Purpose = "TREAT", Origin = new Origin("r-1", "192.0.2.1") };
        return (CallerHeader, actor);
    }

    /// <summary>Gives a caller of <see cref="As"/> another permit than everything.</summary>
    internal static void Allow(string actor, Permit permit) => Callers[actor] = Callers[actor] with { Permit = permit };

    /// <summary>What the trail has of an actor, in order: kind, type, id, version, patients, outcome; as soon as there are so many. Those of reads come a moment after the answer.</summary>
    internal async Task<List<string>> OfAsync(string actor, int count)
    {
        var rows = new List<string>();
        await Eventually.TrueAsync(async () => (rows = await OfAsync(actor)).Count >= count);
        return rows;
    }

    internal async Task<List<string>> OfAsync(string actor)
    {
        await using var command = Source.CreateCommand(
            "select kind, coalesce(type, '-'), coalesce(resource_id, '-'), version, array_to_string(array(select p from unnest(patients) p order by 1), '+'), outcome from access.audit where actor = $1 order by at, id");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var outcome = reader.GetInt16(5) == 0 ? "" : $" {(AuditOutcome)reader.GetInt16(5)}";
            rows.Add($"{(AuditKind)reader.GetInt16(0)} {reader.GetString(1)}/{reader.GetString(2)}/{reader.GetInt32(3)} [{reader.GetString(4)}]{outcome}");
        }

        return rows;
    }
}
