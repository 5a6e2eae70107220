using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Chained parameters, <c>_has</c> and <c>_list</c>, walked from the end that is left to the search to choose.</summary>
public sealed class LinkTests(LinkServer server) : LinksFound(server), IClassFixture<LinkServer>;

/// <summary>The same, always walked from the end of the results.</summary>
public sealed class LinkFromHereTests(LinkFromHereServer server) : LinksFound(server), IClassFixture<LinkFromHereServer>;

public sealed class LinkFromHereServer : LinkServer
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Salus:Records:MaxLinkedFirst", "0")];
}

/// <summary>Two hospitals with their patients, and what was seen on these.</summary>
public class LinkServer : RecordServer, IAsyncLifetime
{
    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json));
        }

        await Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Patient","id":"gone","name":[{"family":"Abbott"}]}"""));
        await Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Observation","id":"og","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/gone"}}"""));
        await Fhir.DeleteAsync("Patient/gone");
        // A reference that was changed leads no longer to where it did.
        await Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Observation","id":"om","status":"final","code":{"coding":[{"code":"moved"}]},"subject":{"reference":"Patient/p1"}}"""));
        await Fhir.StoreAsync(Samples.Resource("""{"resourceType":"Observation","id":"om","status":"final","code":{"coding":[{"code":"moved"}]},"subject":{"reference":"Patient/p3"}}"""));
    }

    private static readonly string[] Resources =
    [
        """{"resourceType":"Organization","id":"north","name":"North Trust"}""",
        """{"resourceType":"Organization","id":"clinic","name":"Clinic","partOf":{"reference":"Organization/north"}}""",
        """{"resourceType":"Organization","id":"ward","name":"Ward","partOf":{"reference":"Organization/clinic"}}""",
        """{"resourceType":"Practitioner","id":"dr","name":[{"family":"Good"}]}""",
        """{"resourceType":"Patient","id":"p1","name":[{"family":"Abbott"}],"gender":"male","birthDate":"1950-05-01","identifier":[{"system":"http://mrn","value":"1"}],"managingOrganization":{"reference":"Organization/clinic"},"generalPractitioner":[{"reference":"Practitioner/dr"}]}""",
        """{"resourceType":"Patient","id":"p2","name":[{"family":"Abbas"}],"gender":"female","birthDate":"1980-05-01","managingOrganization":{"reference":"Organization/ward"}}""",
        """{"resourceType":"Patient","id":"p3","name":[{"family":"Zorn"}],"gender":"female","managingOrganization":{"reference":"http://elsewhere.org/Organization/clinic"}}""",
        """{"resourceType":"Device","id":"d1","deviceName":[{"name":"Abbott Meter","type":"user-friendly-name"}],"identifier":[{"system":"http://mrn","value":"1"}]}""",
        """{"resourceType":"Location","id":"l1","name":"Abbott House"}""",
        """{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"}}""",
        """{"resourceType":"Observation","id":"o1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"valueQuantity":{"value":90},"effectiveDateTime":"2026-01-01"}""",
        """{"resourceType":"Observation","id":"o2","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/p2"},"valueQuantity":{"value":120},"effectiveDateTime":"2026-02-01"}""",
        """{"resourceType":"Observation","id":"o3","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2708-6"}]},"subject":{"reference":"Patient/p2"},"hasMember":[{"reference":"Observation/o2"}]}""",
        """{"resourceType":"Observation","id":"o4","status":"final","code":{"text":"x"},"subject":{"reference":"Device/d1"}}""",
        """{"resourceType":"Observation","id":"o5","status":"final","code":{"text":"x"},"subject":{"reference":"Location/l1"}}""",
        """{"resourceType":"List","id":"watch","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/p1"}},{"item":{"reference":"Patient/p3"}},{"item":{"reference":"Observation/o1"}}]}""",
        """{"resourceType":"Group","id":"g","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/p2"}}]}""",
    ];
}

public abstract class LinksFound(LinkServer server)
{
    [Theory]
    // one reference, with and without its type
    [InlineData("Observation?subject:Patient.name=abb", "o1 o2 o3")]
    [InlineData("Observation?subject:Patient.name=abbott", "o1")]
    [InlineData("Observation?patient.family=abbott", "o1")]
    [InlineData("Observation?patient.family:exact=abbott", "")]
    [InlineData("Observation?patient.family:exact=Abbott,Zorn", "o1 om")]
    [InlineData("Observation?subject.name=abbott", "o1 o5")]
    [InlineData("Observation?subject.identifier=http://mrn|1", "o1 o4")]
    [InlineData("Observation?subject:Device.device-name=abbott", "o4")]
    [InlineData("Observation?subject:Patient.gender=female", "o2 o3 om")]
    [InlineData("Observation?subject:Patient.gender:not=female", "o1")]
    [InlineData("Observation?subject:Patient.birthdate=lt1960", "o1")]
    [InlineData("Observation?subject:Patient.birthdate:missing=true", "om")]
    [InlineData("Observation?subject:Patient._id=p2", "o2 o3")]
    [InlineData("Observation?subject:Patient._lastUpdated=gt2001", "o1 o2 o3 om")]
    [InlineData("Observation?subject:Patient.name=nobody", "")]
    // with criteria of its own, and several chains, which may lead to different resources
    [InlineData("Observation?subject:Patient.gender=female&code=http://loinc.org|8867-4", "o2")]
    [InlineData("Observation?subject:Patient.gender=female&subject:Patient.name=abb", "o2 o3")]
    [InlineData("Observation?subject:Patient.gender=female&status=final&_sort=-date", "o3 om")]
    // several references
    [InlineData("Observation?subject:Patient.organization.name=clinic", "o1")]
    [InlineData("Observation?patient.organization.partof.name=clinic", "o2 o3")]
    [InlineData("Observation?patient.organization.partof.partof.name=north", "o2 o3")]
    [InlineData("Observation?patient.general-practitioner:Practitioner.name=good", "o1")]
    [InlineData("Patient?organization.partof=Organization/north", "p1")]
    // _has
    [InlineData("Patient?_has:Observation:patient:code=http://loinc.org|8867-4", "p1 p2")]
    [InlineData("Patient?_has:Observation:subject:code=2708-6", "p2")]
    [InlineData("Patient?_has:Observation:subject:code=moved", "p3")]
    [InlineData("Patient?_has:Observation:subject:value-quantity=gt100", "p2")]
    [InlineData("Patient?_has:Observation:subject:status:not=final", "p2")]
    [InlineData("Patient?_has:Observation:subject:date:missing=true", "p2 p3")]
    [InlineData("Patient?_has:Group:member:_id=g", "p2")]
    [InlineData("Patient?_has:Observation:subject:code=8867-4&_has:Observation:subject:code=2708-6", "p2")]
    [InlineData("Patient?_has:Observation:subject:code=8867-4&gender=male", "p1")]
    [InlineData("Location?_has:Observation:subject:status=final", "l1")]
    [InlineData("Organization?_has:Patient:organization:gender=male", "clinic")]
    // both, in each other
    [InlineData("Patient?_has:Observation:subject:_has:Observation:has-member:code=2708-6", "p2")]
    [InlineData("Organization?_has:Patient:organization:_has:Observation:subject:code=2708-6", "ward")]
    [InlineData("Patient?_has:Observation:subject:encounter.status=finished", "p1")]
    [InlineData("Observation?encounter.patient._has:List:item:_id=watch", "o1")]
    // the members of a list
    [InlineData("Patient?_list=watch", "p1 p3")]
    [InlineData("Observation?_list=watch", "o1")]
    [InlineData("Observation?patient._list=watch", "o1 om")]
    [InlineData("Patient?_list=none", "")]
    public async Task Finds_exactly(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query);
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
        Assert.Equal(ids.Count, (int)(await server.Fhir.SearchAsync($"{query}&_summary=count")).Json["total"]!);
    }

    [Theory]
    [InlineData("Observation?code.name=x", "Observation has no reference parameter 'code', which 'code.name' follows. Known are: based-on, ")]
    [InlineData("Observation?subject:Patients.name=x", "'Patients' in 'subject:Patients.name' is no resource type of R4.")]
    [InlineData("Observation?subject:Patient.nonsense=x", "Patient has no search parameter 'nonsense'.")]
    [InlineData("Observation?subject.nonsense=x", "has no search parameter 'nonsense'.")]
    [InlineData("Observation?subject:Patient.birthdate=soon", "'soon' is not a value of birthdate")]
    [InlineData("Observation?subject:Patient.name=", "'' is not a value of subject:Patient.name: it takes at least one value.")]
    [InlineData("Patient?_has=x", "takes the form _has:Type:reference:parameter=value")]
    [InlineData("Patient?_has:Observation:patient=x", "it takes the form _has:Type:reference:parameter")]
    [InlineData("Patient?_has:Observations:patient:code=x", "'Observations' in '_has:Observations:patient:code'")]
    [InlineData("Patient?_has:Observation:code:code=x", "Observation has no reference parameter 'code'")]
    [InlineData("Patient?_has:Observation:encounter:code=x", "Observation.encounter does not refer to Patient; it refers to ")]
    [InlineData("Patient?_list=$current-problems", "is not kept by this server; name the id of a List")]
    [InlineData("Provenance?target.identifier=x", "Name one: target:")]
    [InlineData("Basic?subject.subject.subject.name=x", "leads to more than 8 types. Name one: subject:")]
    [InlineData("Basic?subject.subject.subject.subject.subject.subject.subject.nonsense=x", "Name the type behind each reference")]
    [InlineData("Organization?partof.partof.partof.partof.partof.partof.partof.partof.partof.name=x", "follows more than 8 references")]
    public async Task What_cannot_be_followed_says_why(string query, string message)
    {
        var answer = await server.Fhir.GetAsync(query);
        Assert.True(answer.Status is 400 or 422, answer.ToString());
        Assert.Contains(message, answer.Problems, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_a_chain_follow_each_other()
    {
        var ids = new List<string>();
        for (var next = "Observation?subject:Patient.name=a,z&_count=2"; next is not null;)
        {
            var page = await server.Fhir.GetAsync(next);
            ids.AddRange(page.Ids("match"));
            next = page.Link("next");
        }

        Assert.Equal(["o1", "o2", "o3", "om"], ids.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Observation?_id=o3&_include=Observation:subject&_include:iterate=Patient:organization", "o3 | p2 ward")]
    [InlineData("Observation?_id=o3&_include=Observation:subject&_include=Patient:organization", "o3 | p2")]
    [InlineData("Observation?_id=o3&_include=Observation:subject&_include:iterate=Patient:organization&_include:iterate=Organization:partof", "o3 | clinic north p2 ward")]
    [InlineData("Observation?_id=o3&_include:iterate=Observation:has-member&_include:iterate=Observation:subject", "o3 | o2 p2")]
    [InlineData("Observation?_id=o1&_include=*", "o1 | e1 p1")]
    [InlineData("Observation?_id=o1&_include=Observation:*", "o1 | e1 p1")]
    [InlineData("Observation?_id=o1&_include:iterate=*", "o1 | clinic dr e1 north p1")]
    [InlineData("Observation?_id=o1&_include=Observation:*:Patient", "o1 | p1")]
    [InlineData("Patient?_id=p1&_revinclude=Observation:*", "p1 | o1")]
    [InlineData("Patient?_id=p1&_revinclude=Encounter:subject&_revinclude:iterate=Observation:encounter", "p1 | e1 o1")]
    [InlineData("Organization?_id=north&_revinclude:iterate=Organization:partof", "north | clinic ward")]
    [InlineData("Organization?_id=ward&_include:iterate=Organization:partof&_revinclude:iterate=Organization:partof", "ward | clinic north")]
    public async Task Includes_what_is_asked_for(string query, string expected)
    {
        var answer = await server.Fhir.SearchAsync(query);
        string Ids(string mode) => string.Join(' ', answer.Ids(mode).Order(StringComparer.Ordinal));
        Assert.Equal(expected, $"{Ids("match")} | {Ids("include")}");
    }
}
