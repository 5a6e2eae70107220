using System.Globalization;
using Npgsql;
using Salus.Records.Tests.Access;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.GraphQl;

/// <summary>What many resources refer to is read together: the database is asked as often for a hundred as for one.</summary>
public sealed class GraphQlBatchTests(GraphQlBatchTests.Server server) : IClassFixture<GraphQlBatchTests.Server>
{
    private readonly FhirClient fhir = server.Fhir;

    public sealed class Server : RecordServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:Validation", "Off"), new("Salus:Records:BulkValidation", "Off")];
    }

    [Theory]
    [InlineData("{{ ObservationList(code: \"{0}\") {{ subject {{ resource {{ ... on Patient {{ id }} }} }} performer {{ resource {{ ... on Practitioner {{ id }} }} }} }} }}", 2)]
    [InlineData("{{ PatientList(name: \"{0}\") {{ ObservationList(_reference: patient) {{ performer {{ resource {{ ... on Practitioner {{ id }} }} }} }} }} }}", 3)]
    [InlineData("{{ PatientList(name: \"{0}\") {{ ObservationConnection(_reference: patient, _count: 1) {{ count }} }} }}", 2)]
    public async Task The_database_is_asked_as_often_for_many_as_for_one(string document, int expected)
    {
        await FillAsync("few", 1);
        await FillAsync("many", 60);
        foreach (var set in new[] { "few", "many" })
        {
            var asked = string.Format(CultureInfo.InvariantCulture, document, set);
            // Once, so that what is looked up once per process is known.
            Assert.Contains("[{", await fhir.DataAsync(asked), StringComparison.Ordinal);
            var statements = await StatementsAsync(() => fhir.DataAsync(asked));
            Assert.Equal((set, expected), (set, statements));
        }
    }

    private async Task FillAsync(string set, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{set}{i}");
            await fhir.StoreAsync(AccessRecord.Patient(id, set));
            await fhir.StoreAsync(AccessRecord.Parse($$"""{"resourceType":"Practitioner","id":"{{id}}"}"""));
            var observation = AccessRecord.Observation(id, id, code: set);
            observation["performer"] = new System.Text.Json.Nodes.JsonArray(AccessRecord.Reference($"Practitioner/{id}"));
            await fhir.StoreAsync(observation);
        }
    }

    // How many statements that read resources Npgsql sent to this database meanwhile, by its own events.
    private async Task<int> StatementsAsync(Func<Task> work)
    {
        var (count, database) = (0, new NpgsqlConnectionStringBuilder(server.ConnectionString).Database);
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref System.Diagnostics.ActivityCreationOptions<System.Diagnostics.ActivityContext> _) => System.Diagnostics.ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                var tags = activity.TagObjects.Select(t => t.Value?.ToString() ?? "").ToList();
                if (tags.Contains(database!) && tags.Exists(t => t.Contains("l.body, l.patients", StringComparison.Ordinal)))
                {
                    Interlocked.Increment(ref count);
                }
            },
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);
        await work();
        return count;
    }
}
