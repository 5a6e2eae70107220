using Salus.Kernel;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Access;

public sealed class ReadAccessTests(AccessRecord server) : IClassFixture<AccessRecord>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task Another_patients_resource_is_as_one_that_is_not_there()
    {
        await fhir.StoreAsync(AccessRecord.Patient("ra"));
        await fhir.StoreAsync(AccessRecord.Patient("rb"));
        await fhir.StoreAsync(AccessRecord.Observation("ra-o", "ra"));
        await fhir.StoreAsync(AccessRecord.Observation("rb-o", "rb"));
        var me = AccessRecord.As(AccessRecord.Of("ra"));

        Assert.Equal(200, (await fhir.GetAsync("Patient/ra", me)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/ra-o", me)).Status);
        await IsAsAbsentAsync("Observation/rb-o", "Observation/rb-x", me);
        await IsAsAbsentAsync("Patient/rb", "Patient/rx", me);
        await IsAsAbsentAsync("Observation/rb-o/_history/1", "Observation/rb-x/_history/1", me);
        await IsAsAbsentAsync("Observation/rb-o/_history", "Observation/rb-x/_history", me);
    }

    [Fact]
    public async Task A_deleted_resource_of_another_patient_is_as_one_that_never_was()
    {
        await fhir.StoreAsync(AccessRecord.Observation("del-a", "da"));
        await fhir.StoreAsync(AccessRecord.Observation("del-b", "db"));
        await fhir.DeleteAsync("Observation/del-a");
        await fhir.DeleteAsync("Observation/del-b");
        var me = AccessRecord.As(AccessRecord.Of("da"));

        Assert.Equal(410, (await fhir.GetAsync("Observation/del-a", me)).Status);
        Assert.Equal(2, (int)(await fhir.GetAsync("Observation/del-a/_history", me)).Json["total"]!);
        await IsAsAbsentAsync("Observation/del-b", "Observation/del-x", me);
        await IsAsAbsentAsync("Observation/del-b/_history/1", "Observation/del-x/_history/1", me);
        await IsAsAbsentAsync("Observation/del-b/_history/2", "Observation/del-x/_history/2", me);
        await IsAsAbsentAsync("Observation/del-b/_history", "Observation/del-x/_history", me);
    }

    [Fact]
    public async Task Versions_of_a_resource_that_moved_are_shown_to_who_may_see_both_ends()
    {
        await fhir.StoreAsync(AccessRecord.Observation("moved", "ma"));
        await fhir.StoreAsync(AccessRecord.Observation("moved", "mb"));
        var (a, b, both) = (AccessRecord.As(AccessRecord.Of("ma")), AccessRecord.As(AccessRecord.Of("mb")), AccessRecord.As(AccessRecord.Of("ma", "mb")));

        Assert.Equal("404 404 404", await StatusesAsync(a));
        Assert.Equal("200 404 200", await StatusesAsync(b));
        Assert.Equal("200 200 200", await StatusesAsync(both));
        Assert.Equal(1, (int)(await fhir.GetAsync("Observation/moved/_history", b)).Json["total"]!);
        Assert.Equal(2, (int)(await fhir.GetAsync("Observation/moved/_history", both)).Json["total"]!);

        async Task<string> StatusesAsync((string, string) who)
        {
            var now = (await fhir.GetAsync("Observation/moved", who)).Status;
            var first = (await fhir.GetAsync("Observation/moved/_history/1", who)).Status;
            return $"{now} {first} {(await fhir.GetAsync("Observation/moved/_history/2", who)).Status}";
        }
    }

    [Theory]
    [InlineData(null, Confidentiality.Normal, 200)]
    [InlineData("N", Confidentiality.Normal, 200)]
    [InlineData("R", Confidentiality.Normal, 404)]
    [InlineData("R", Confidentiality.Restricted, 200)]
    [InlineData("V", Confidentiality.Restricted, 404)]
    [InlineData("V", Confidentiality.VeryRestricted, 200)]
    public async Task A_label_above_the_clearance_hides(string? label, Confidentiality clearance, int status)
    {
        var id = $"label-{label}-{clearance}";
        await fhir.StoreAsync(AccessRecord.Observation(id, "labelled", label: label));
        var grant = AccessRecord.Of("labelled") with { Clearance = clearance };

        Assert.Equal(status, (await fhir.GetAsync($"Observation/{id}", AccessRecord.As(grant))).Status);
        Assert.Equal(status == 200 ? 1 : 0, (int)(await fhir.GetAsync($"Observation?_id={id}&_total=accurate", AccessRecord.As(grant))).Json["total"]!);
    }

    [Fact]
    public async Task A_version_with_a_label_stays_hidden_when_the_current_one_has_none()
    {
        await fhir.StoreAsync(AccessRecord.Observation("was-secret", "ws", label: "V"));
        await fhir.StoreAsync(AccessRecord.Observation("was-secret", "ws"));
        var me = AccessRecord.As(AccessRecord.Of("ws") with { Clearance = Confidentiality.Normal });

        Assert.Equal(404, (await fhir.GetAsync("Observation/was-secret/_history/1", me)).Status);
        Assert.Equal(1, (int)(await fhir.GetAsync("Observation/was-secret/_history", me)).Json["total"]!);
    }

    [Fact]
    public async Task A_type_that_is_not_allowed_is_403_and_nobody_is_401()
    {
        var me = AccessRecord.As(new Grant("Patient", Interactions.Read, Reach.All));
        RecordServer.Callers["nobody"] = Caller.Nobody;

        Assert.Equal(403, (await fhir.GetAsync("Observation/x", me)).Status);
        Assert.Equal(403, (await fhir.GetAsync("Observation", me)).Status);
        Assert.Equal(403, (await fhir.GetAsync("Patient", me)).Status);
        Assert.Equal(404, (await fhir.GetAsync("Patient/not-there", me)).Status);
        Assert.Equal(401, (await fhir.GetAsync("Patient/not-there", (RecordServer.CallerHeader, "nobody"))).Status);
    }

    [Fact]
    public async Task All_layers_have_to_allow()
    {
        await fhir.StoreAsync(AccessRecord.Observation("layer-a", "la"));
        await fhir.StoreAsync(AccessRecord.Observation("layer-b", "lb"));
        var me = AccessRecord.As(null, [[AccessRecord.Of("la", "lb")], [AccessRecord.Of("lb"), AccessRecord.Of("lc")]]);

        Assert.Equal(404, (await fhir.GetAsync("Observation/layer-a", me)).Status);
        Assert.Equal(200, (await fhir.GetAsync("Observation/layer-b", me)).Status);
    }

    private async Task IsAsAbsentAsync(string hidden, string absent, (string, string) who)
    {
        var (one, other) = (await fhir.GetAsync(hidden, who), await fhir.GetAsync(absent, who));
        Assert.Equal(404, one.Status);
        Assert.Equal(other.Status, one.Status);
        Assert.Equal(Name(other.ToString(), absent), Name(one.ToString(), hidden));

        static string Name(string answer, string path) => answer.Replace(path.Split('/')[1], "ID", StringComparison.Ordinal);
    }
}
