using Salus.Kernel;
using Salus.Records.Tests.Support;
using Salus.TestSupport;

namespace Salus.Records.Tests.Access;

/// <summary>A record from before it was kept whose resources are.</summary>
public sealed class OldRecordTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    [Fact]
    public async Task What_is_not_known_to_be_of_a_patient_is_hidden_until_it_is_indexed_again()
    {
        var fhir = server.Fhir;
        await fhir.StoreAsync(AccessRecord.Observation("old", "old-b"));
        await fhir.StoreAsync(AccessRecord.Observation("old", "old-a"));
        await server.ScalarAsync<long>("with l as (update records.log set patients = null, label = null where id = 'old' returning 1), c as (update records.current set patients = null, label = null where id = 'old' returning 1) select count(*) from l, c");
        var (mine, cleared) = (AccessRecord.As(AccessRecord.Of("old-a")), AccessRecord.As(Grant.Everything with { Clearance = Confidentiality.Restricted }));

        foreach (var who in new[] { mine, cleared })
        {
            Assert.Equal(404, (await fhir.GetAsync("Observation/old", who)).Status);
            Assert.Equal(404, (await fhir.GetAsync("Observation/old/_history", who)).Status);
            Assert.Empty((await fhir.GetAsync("Observation?_id=old", who)).Entries);
        }

        Assert.Equal(200, (await fhir.GetAsync("Observation/old")).Status);

        await server.ScalarAsync<long>("with p as (update records.parameter set indexed = 3 where resource_type = 'Observation' and code = '_security:text' returning 1) select count(*) from p");
        await Eventually.TrueAsync(async () => (await fhir.GetAsync("Observation/old", mine)).Status == 200);
        Assert.Single((await fhir.GetAsync("Observation?_id=old", cleared)).Entries);
        // Of older versions too it is known whose they were.
        Assert.Equal(404, (await fhir.GetAsync("Observation/old/_history/1", mine)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/old/_history/2", mine)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/old/_history/1", cleared)).Status);
    }
}
