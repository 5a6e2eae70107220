using Salus.Kernel;

namespace Salus.Records.Tests.Access;

public sealed class KnownPatientsTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    [Fact]
    public async Task A_patient_is_known_by_id_and_tenant_until_it_is_deleted()
    {
        await server.Fhir.StoreAsync(AccessRecord.Patient("known", label: "V"));
        await server.Fhir.StoreAsync(AccessRecord.Observation("known-o", "known"));
        Assert.True(await KnowsAsync("known"));
        Assert.False(await KnowsAsync("Known"));
        Assert.False(await KnowsAsync("known-o"));
        Assert.False(await KnowsAsync("known", 2));
        await server.Fhir.DeleteAsync("Observation/known-o");
        await server.Fhir.DeleteAsync("Patient/known");
        Assert.False(await KnowsAsync("known"));
    }

    private ValueTask<bool> KnowsAsync(string id, int tenant = 1) => server.Get<IPatients>().ExistsAsync(new Tenant(tenant), id, CancellationToken.None);
}
