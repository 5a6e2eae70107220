using System.Globalization;
using System.Text.RegularExpressions;
using Salus.Fhir.Tests.Validation;

namespace Salus.Fhir.Tests.Profiles;

/// <summary>Random resources that refer to each other in rings: what is remembered of one is what would be found out anew.</summary>
public sealed partial class ProfileCycleTests
{
    private const string Url = "http://example.org/p";

    // A note is looked for before the references, a component after them. What is derived from has no need to conform: it is in the slice or not.
    private const string Rows = "{'id':'Observation.note','path':'Observation.note','min':1},"
        + "{'id':'Observation.hasMember','path':'Observation.hasMember','type':[{'code':'Reference','targetProfile':['" + Url + "']}]},"
        + "{'id':'Observation.derivedFrom','path':'Observation.derivedFrom','slicing':{'discriminator':[{'type':'profile','path':'resolve()'}],'rules':'open'}},"
        + "{'id':'Observation.derivedFrom:s','path':'Observation.derivedFrom','sliceName':'s','type':[{'code':'Reference','targetProfile':['" + Url + "']}]},"
        + "{'id':'Observation.component','path':'Observation.component','min':1}";

    [Fact]
    public void In_random_rings_what_leads_to_a_wrong_resource_is_wrong_and_nothing_else()
    {
        var set = Guides.Set([Guides.Profile("Observation", Rows)]);
        var random = new Random(7);
        var (right, wrong) = (0, 0);
        for (var round = 0; round < 600; round++)
        {
            var nodes = Enumerable.Range(0, 2 + random.Next(6)).Select(_ => Node.Draw(random)).ToList();
            nodes = [.. nodes.Select(n => n with { Members = [.. n.Members.Select(m => m % nodes.Count)], Sources = [.. n.Sources.Select(m => m % nodes.Count)] })];
            var expected = Wrong(nodes);
            var found = Guides.Errors(set, Bundle(nodes));
            Assert.True(
                expected.SetEquals(Entry().Matches(found).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture))),
                $"round {round}: {string.Join(' ', expected)} are wrong in {string.Join(", ", nodes)}; found\n{found}");
            wrong += expected.Count;
            right += nodes.Count - expected.Count;
        }

        Assert.True(right > 300 && wrong > 300, $"{right} right, {wrong} wrong: too few to say anything");
    }

    private static HashSet<int> Wrong(List<Node> nodes)
    {
        var wrong = Enumerable.Range(0, nodes.Count).Where(i => !nodes[i].Note || !nodes[i].Component).ToHashSet();
        while (Enumerable.Range(0, nodes.Count).Where(i => nodes[i].Members.Any(wrong.Contains)).Any(wrong.Add))
        {
        }

        return wrong;
    }

    private static string Bundle(List<Node> nodes) =>
        "{'resourceType':'Bundle','type':'collection','entry':["
        + string.Join(',', nodes.Select((n, i) => $"{{'fullUrl':'urn:uuid:00000000-0000-4000-8000-{i:d12}','resource':{{{n.Json(i)}}}}}")) + "]}";

    [GeneratedRegex(@"entry\[(\d+)\]")]
    private static partial Regex Entry();

    private sealed record Node(bool Note, bool Component, int[] Members, int[] Sources)
    {
        public static Node Draw(Random random) => new(
            random.Next(12) > 0, random.Next(8) > 0, [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(100))], [.. Enumerable.Range(0, random.Next(3)).Select(_ => random.Next(100))]);

        public string Json(int number) =>
            $"'resourceType':'Observation','id':'o{number}','meta':{{'profile':['{Url}']}},'status':'final','code':{{'text':'x'}}" + (Note ? ",'note':[{'text':'n'}]" : "")
            + References("hasMember", Members) + References("derivedFrom", Sources) + (Component ? ",'component':[{'code':{'text':'c'},'valueString':'v'}]" : "");

        public override string ToString() => $"(note {Note}, component {Component}, {string.Join(' ', Members)}; {string.Join(' ', Sources)})";

        private static string References(string name, int[] targets) =>
            targets.Length == 0 ? "" : $",'{name}':[{string.Join(',', targets.Select(t => $"{{'reference':'Observation/o{t}'}}"))}]";
    }
}
