using Salus.Fhir.Tests.Validation;
using Salus.Fhir.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Profiles of targets: what references lead to is checked too, once, and within bounds that are told.</summary>
public sealed class ProfileReferenceTests
{
    private const string Url = "http://example.org/p";
    private const string Noted = "http://example.org/noted";

    private static readonly string[] Own = [Url];

    [Fact]
    public void A_profile_of_a_bundle_checks_what_its_entries_refer_to()
    {
        var member = Guides.Profile("Observation", "{'id':'Observation.hasMember','path':'Observation.hasMember','type':[{'code':'Reference','targetProfile':['" + Noted + "']}]}", "http://example.org/member");
        var noted = Guides.Profile("Observation", "{'id':'Observation.note','path':'Observation.note','min':1}", Noted);
        var bundle = Guides.Profile("Bundle", "{'id':'Bundle.entry.resource','path':'Bundle.entry.resource','type':[{'code':'Observation','profile':['http://example.org/member']}]}");
        var set = Guides.Set([member, noted, bundle]);
        Assert.Equal("", Guides.Errors(set, Bundle([Observation("a", "Observation/b"), Observation("b") + ",'note':[{'text':'n'}]"]), Url));
        Assert.Equal(
            "structure Bundle.entry[0].resource.hasMember[0]",
            Guides.Errors(set, Bundle([Observation("a", "Observation/b"), Observation("b")]), Url));
    }

    [Fact]
    public void Resources_that_refer_to_each_other_conform_unless_something_else_speaks_against_it()
    {
        var set = Guides.Set([Guides.Profile("Observation", Members + ",{'id':'Observation.note','path':'Observation.note','min':1}")]);
        string[] ring = [Observation("a", "Observation/b") + Note, Observation("b", "Observation/c") + Note, Observation("c", "Observation/a") + Note];
        Assert.Equal("", Guides.Errors(set, Bundle(ring, Url)));

        ring[2] = Observation("c", "Observation/a");
        var found = Guides.Errors(set, Bundle(ring, Url)).Split('\n');
        Assert.Contains("structure Bundle.entry[0].resource.hasMember[0]", found);
        Assert.Contains("structure Bundle.entry[1].resource.hasMember[0]", found);
        Assert.Contains("required Bundle.entry[2].resource.note", found);
        Assert.Contains("structure Bundle.entry[2].resource.hasMember[0]", found);
    }

    [Fact]
    public void What_many_references_lead_to_is_checked_once()
    {
        // Along all ways from the first to the last, it would be 4 to the power of 20.
        var set = Guides.Set([Guides.Profile("Observation", Members)]);
        var chain = Enumerable.Range(0, 20).Select(i => Observation($"o{i}", [.. Enumerable.Repeat($"Observation/o{i + 1}", 4)])).Append(Observation("o20"));
        Assert.Equal("", Guides.Errors(set, Bundle(chain, Url)));
        // In a ring every answer rests on the first one until that is known.
        Assert.Equal("", Guides.Errors(set, Bundle(chain.SkipLast(1).Append(Observation("o20", "Observation/o0")), Url)));
    }

    [Fact]
    public void Means_that_are_spent_are_an_error()
    {
        var slices = Enumerable.Range(0, 300).Select(i =>
            "{'id':'Observation.category:s" + i + "','path':'Observation.category','sliceName':'s" + i + "','min':0},{'id':'Observation.category:s" + i + ".text','path':'Observation.category.text','fixedString':'s" + i + "'}");
        var rows = "{'id':'Observation.category','path':'Observation.category','slicing':{'discriminator':[{'type':'exists','path':'id'}],'rules':'open'}}," + string.Join(',', slices);
        var set = Guides.Set([Guides.Profile("Observation", rows)]);
        var categories = string.Join(',', Enumerable.Repeat("{'text':'x'}", 4_000));
        Assert.StartsWith("too-costly Observation.category[", Guides.Errors(set, "{" + Observation("a") + ",'category':[" + categories + "]}", Url), StringComparison.Ordinal);
        Assert.Equal("", Guides.Errors(set, "{" + Observation("a") + ",'category':[{'text':'x'}]}", Url));
    }

    [Fact]
    public void Profiles_that_lead_too_deep_are_an_error()
    {
        var set = Guides.Set([Guides.Profile("Observation", Members)]);
        var chain = Enumerable.Range(0, 60).Select(i => Observation($"o{i}", $"Observation/o{i + 1}")).Append(Observation("o60"));
        Assert.Contains("too-costly", Guides.Errors(set, Bundle(chain, Url)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_hash_is_the_resource_around()
    {
        var set = Guides.Set([
            Guides.Profile("Patient", "{'id':'Patient.contained','path':'Patient.contained','type':[{'code':'Observation','profile':['http://example.org/o']}]},{'id':'Patient.name','path':'Patient.name','min':1}"),
            Guides.Profile("Observation", "{'id':'Observation.subject','path':'Observation.subject','type':[{'code':'Reference','targetProfile':['" + Url + "']}]}", "http://example.org/o")]);
        var contained = "'contained':[{" + Observation("o") + ",'subject':{'reference':'#'}}]";
        Assert.Equal("", Guides.Errors(set, "{'resourceType':'Patient','name':[{'text':'n'}]," + contained + "}", Own));
        Assert.Equal("required Patient.name", Guides.Errors(set, "{'resourceType':'Patient'," + contained + "}", Own).Split('\n')[^1]);
    }

    private const string Note = ",'note':[{'text':'n'}]";

    private const string Members = "{'id':'Observation.hasMember','path':'Observation.hasMember','type':[{'code':'Reference','targetProfile':['" + Url + "']}]}";

    private static string Observation(string id, params string[] members) =>
        $"'resourceType':'Observation','id':'{id}','status':'final','code':{{'text':'x'}}"
        + (members.Length == 0 ? "" : ",'hasMember':[" + string.Join(',', members.Select(m => $"{{'reference':'{m}'}}")) + "]");

    private static string Bundle(IEnumerable<string> resources, string? profile = null) =>
        "{'resourceType':'Bundle','type':'collection','entry':["
        + string.Join(',', resources.Select((r, i) => $"{{'fullUrl':'urn:uuid:00000000-0000-4000-8000-{i:d12}','resource':{{{r}{(profile is null ? "" : $",'meta':{{'profile':['{profile}']}}")}}}}}")) + "]}";
}
