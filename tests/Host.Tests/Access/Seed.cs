using System.Text.Json.Nodes;

namespace Salus.Host.Tests.Access;

/// <summary>A resource of the matrix.</summary>
/// <param name="Body">What is stored; it has <see cref="Mark"/> in its narrative, and in its identifier where there is one.</param>
/// <param name="Patient">Whose Patient compartment it is in: the logical id, or null for nobody's.</param>
/// <param name="Label">The confidentiality label: N, R or V.</param>
/// <param name="Names">Whom a condition <c>named</c> finds in it: <c>Practitioner/1</c>, or null.</param>
internal sealed record Seeded(string Type, string Id, JsonObject Body, string? Patient, char Label, string? Names)
{
    /// <summary>The tenant.</summary>
    public int Tenant { get; init; } = 1;

    public string Name => $"{Type}/{Id}";

    /// <summary>The text that nobody may find who may not see the resource.</summary>
    public string Mark => MarkOf(Tenant, Type, Id);

    public static string MarkOf(int tenant, string type, string id) => $"MARK.{(tenant == 1 ? "" : $"T{tenant}")}{type}.{id}.";
}

/// <summary>
/// The record of the matrix. Patient a is in care (of prac-1 as participant, of prac-2 by the ward loc-1) and the owner of the account <c>patient</c>; patient b is in nobody's care, and a
/// subject of prac-3's study. Tenant 2 has a patient of its own, and one with the id of a patient of tenant 1.
/// </summary>
internal static class Seed
{
    public static IReadOnlyList<Seeded> All { get; } = [.. Directory(), .. OfPatient("a"), .. OfPatient("b"), .. Study(), .. OtherTenant()];

    public static IReadOnlyList<Seeded> Own { get; } = [.. All.Where(r => r.Tenant == 1)];

    public static IReadOnlyList<string> Types { get; } = [.. Own.Select(r => r.Type).Distinct()];

    private static IEnumerable<Seeded> OfPatient(string p)
    {
        var inCare = p == "a";
        var patient = $"pat-{p}";
        var subject = $$"""'subject':{'reference':'Patient/{{patient}}'}""";
        const string code = """'code':{'text':'something'}""";
        Seeded Of(string type, string id, string rest, char label = 'N', string? names = null) => Make(type, id, rest, patient, label, names);
        yield return Of("Patient", patient, $$"""'name':[{'family':'Fam-{{p}}'}],'gender':'other','managingOrganization':{'reference':'Organization/org-1'}""");
        yield return Of("Observation", $"obs-{p}", $$"""'status':'final','category':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/observation-category','code':'laboratory'}]}],'code':{'coding':[{'system':'http://loinc.org','code':'8867-4'}]},{{subject}},'effectiveDateTime':'2026-01-01','encounter':{'reference':'Encounter/enc-{{p}}'}""");
        yield return Of("Observation", $"obs-{p}-r", $$"""'status':'final',{{code}},{{subject}}""", 'R');
        yield return Of("Observation", $"obs-{p}-v", $$"""'status':'final',{{code}},{{subject}}""", 'V');
        yield return Of("Condition", $"con-{p}", $$"""{{code}},{{subject}},'encounter':{'reference':'Encounter/enc-{{p}}'}""");
        yield return Of("DocumentReference", $"doc-{p}", $$"""'status':'current',{{subject}},'content':[{'attachment':{'title':'MARK.DocumentReference.doc-{{p}}.'} }]""");
        yield return Of("Encounter", $"enc-{p}", $$"""'status':'{{(inCare ? "in-progress" : "finished")}}','class':{'code':'IMP'},{{subject}}{{(inCare ? ",'participant':[{'individual':{'reference':'Practitioner/prac-1'} }],'location':[{'location':{'reference':'Location/loc-1'} }]" : "")}}""");
        yield return Of("Consent", $"cst-{p}", $$"""'status':'active','scope':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/consentscope','code':'patient-privacy'}]},'category':[{'text':'privacy'}],'patient':{'reference':'Patient/{{patient}}'},'dateTime':'2026-01-01','policyRule':{'text':'opt in'},'provision':{'type':'permit'}""");
        yield return Of("List", $"list-{p}", $$"""'status':'current','mode':'working',{{subject}},'entry':[{'item':{'reference':'Observation/obs-{{p}}'} },{'item':{'reference':'Patient/{{patient}}'} }]""");
        yield return Of("Appointment", $"app-{p}", $$"""'status':'booked','start':'2026-01-01T10:00:00Z','end':'2026-01-01T11:00:00Z','participant':[{'actor':{'reference':'Patient/{{patient}}'},'status':'accepted'}]""");
        yield return Of("Coverage", $"cov-{p}", $$"""'status':'active','beneficiary':{'reference':'Patient/{{patient}}'},'payor':[{'reference':'Organization/org-1'}]""");
        yield return Of("Provenance", $"prov-{p}", $$"""'target':[{'reference':'Patient/{{patient}}'}],'recorded':'2026-01-01T10:00:00Z','agent':[{'who':{'reference':'Organization/org-1'} }]""");
        yield return Make("Task", $"task-{p}", $$"""'status':'requested','intent':'order','for':{'reference':'Patient/{{patient}}'},'owner':{'reference':'Practitioner/prac-{{(inCare ? 1 : 2)}}'}""", null, 'N', $"Practitioner/prac-{(inCare ? 1 : 2)}");
    }

    private static IEnumerable<Seeded> Directory()
    {
        Seeded Of(string type, string id, string rest) => Make(type, id, rest, null, 'N', null);
        foreach (var i in (int[])[1, 2, 3])
        {
            yield return Of("Practitioner", $"prac-{i}", $$"""'name':[{'family':'Staff-{{i}}'}]""");
        }

        yield return Of("PractitionerRole", "role-2", """'active':true,'practitioner':{'reference':'Practitioner/prac-2'},'location':[{'reference':'Location/loc-1'}]""");
        yield return Of("Organization", "org-1", """'name':'An organization'""");
        yield return Of("Location", "loc-1", """'name':'A ward','managingOrganization':{'reference':'Organization/org-1'}""");
        yield return Of("Device", "dev-1", """'status':'active'""");
        yield return Of("Medication", "med-1", """'status':'active'""");
        yield return Of("Questionnaire", "quest-1", """'status':'active'""");
        yield return Of("MeasureReport", "rep-1", """'status':'complete','type':'summary','measure':'http://matrix.example/m','period':{'start':'2026-01-01'}""");
        yield return Of("ResearchStudy", "study-1", """'status':'active','principalInvestigator':{'reference':'Practitioner/prac-3'}""");
        yield return Of("ValueSet", "vs-1", """'url':'http://matrix.example/vs','status':'active','compose':{'include':[{'system':'http://matrix.example/cs','concept':[{'code':'x'}]}]}""");
        yield return Of("Subscription", "hook-1", """'status':'off','reason':'to know','criteria':'Observation?status=final','channel':{'type':'rest-hook','endpoint':'https://matrix.example/hook'}""");
        yield return Of("Group", "group-1", """'type':'person','actual':true,'member':[{'entity':{'reference':'Patient/pat-a'} },{'entity':{'reference':'Patient/pat-b'} }]""");
    }

    private static IEnumerable<Seeded> Study() =>
        [Make("ResearchSubject", "sub-b", """'status':'on-study','study':{'reference':'ResearchStudy/study-1'},'individual':{'reference':'Patient/pat-b'}""", "pat-b", 'N', null)];

    private static IEnumerable<Seeded> OtherTenant()
    {
        foreach (var (patient, observation) in new[] { ("pat-c", "obs-c"), ("pat-a", "obs-a") })
        {
            yield return Make("Patient", patient, """'name':[{'family':'Fam-c'}]""", patient, 'N', null, 2);
            yield return Make("Observation", observation, $$"""'status':'final','code':{'text':'other'},'subject':{'reference':'Patient/{{patient}}'}""", patient, 'N', null, 2);
        }
    }

    private static Seeded Make(string type, string id, string rest, string? patient, char label, string? names, int tenant = 1)
    {
        var mark = Seeded.MarkOf(tenant, type, id);
        var security = label == 'N' ? "" : $$"""'meta':{'security':[{'system':'http://terminology.hl7.org/CodeSystem/v3-Confidentiality','code':'{{label}}'}]},""";
        var identifier = type is "Subscription" or "Provenance" ? "" : type is "Encounter" or "Observation" or "Condition" or "Patient" ? $$"""'identifier':[{'system':'http://matrix.example/id','value':'{{mark}}'}],""" : "";
        var json = $$"""{'resourceType':'{{type}}','id':'{{id}}',{{security}}'text':{'status':'generated','div':'<div xmlns=\"http://www.w3.org/1999/xhtml\">{{mark}}</div>'},{{identifier}}{{rest}}}""";
        return new Seeded(type, id, JsonNode.Parse(json.Replace('\'', '"'))!.AsObject(), patient, label, names) { Tenant = tenant };
    }

    /// <summary>A transaction that stores resources under their names.</summary>
    public static string Bundle(IEnumerable<Seeded> resources) => new JsonObject
    {
        ["resourceType"] = "Bundle",
        ["type"] = "transaction",
        ["entry"] = new JsonArray([.. resources.Select(r => (JsonNode)new JsonObject
        {
            ["resource"] = r.Body.DeepClone(),
            ["request"] = new JsonObject { ["method"] = "PUT", ["url"] = r.Name },
        })]),
    }.ToJsonString();
}
