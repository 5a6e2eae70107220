using Salus.Kernel;

namespace Salus.Records.Tests.Access;

public sealed class KnownResourcesTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    [Fact]
    public async Task A_resource_is_known_by_id_and_tenant_until_it_is_deleted()
    {
        await server.Fhir.StoreAsync(AccessRecord.Patient("known", label: "V"));
        await server.Fhir.StoreAsync(AccessRecord.Observation("known-o", "known"));
        Assert.True(await KnowsAsync("known"));
        Assert.False(await KnowsAsync("Known"));
        Assert.False(await KnowsAsync("known-o"));
        Assert.True(await KnowsAsync("known-o", type: "Observation"));
        Assert.False(await KnowsAsync("known", 2));
        await server.Fhir.DeleteAsync("Observation/known-o");
        Assert.False(await KnowsAsync("known-o", type: "Observation"));
        await server.Fhir.DeleteAsync("Patient/known");
        Assert.False(await KnowsAsync("known"));
    }

    private ValueTask<bool> KnowsAsync(string id, int tenant = 1, string type = "Patient") => server.Get<IKnownResources>().ExistsAsync(new Tenant(tenant), type, id, CancellationToken.None);
}
