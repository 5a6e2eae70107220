using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Search;

/// <summary>Identifiers with types, references by identifier, units that measure the same, and places.</summary>
public sealed class ContentServer : RecordServer, IAsyncLifetime
{
    public new async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var json in Resources)
        {
            await Fhir.StoreAsync(Samples.Resource(json));
        }
    }

    private static readonly string[] Resources =
    [
        """{"resourceType":"Patient","id":"p1","identifier":[{"type":{"coding":[{"system":"http://t","code":"MR"},{"code":"local"}]},"system":"http://mrn","value":"12"},{"type":{"coding":[{"system":"http://t","code":"SS"}]},"value":"34"}]}""",
        """{"resourceType":"Patient","id":"p2","identifier":[{"type":{"coding":[{"system":"http://t","code":"MR"}]},"value":"34"},{"type":{"coding":[{"system":"http://u","code":"a|b"}]},"value":"c"}]}""",
        """{"resourceType":"Patient","id":"p3","identifier":[{"value":"12"}],"managingOrganization":{"identifier":{"system":"http://org","value":"o-1"}}}""",
        """{"resourceType":"Patient","id":"p4","managingOrganization":{"reference":"Organization/o-1","identifier":{"value":"o-1"}},"generalPractitioner":[{"identifier":{"system":"http://org","value":"o-1"}}]}""",
        """{"resourceType":"Patient","id":"p5","managingOrganization":{"reference":"Organization/o-1"}}""",
        """{"resourceType":"Location","id":"charite","position":{"latitude":52.5253,"longitude":13.3781}}""",
        """{"resourceType":"Location","id":"gate","position":{"latitude":52.5163,"longitude":13.3777}}""",
        """{"resourceType":"Location","id":"boston","position":{"latitude":42.3626,"longitude":-71.0695}}""",
        """{"resourceType":"Location","id":"fiji-west","position":{"latitude":-16.8,"longitude":179.9}}""",
        """{"resourceType":"Location","id":"fiji-east","position":{"latitude":-16.8,"longitude":-179.9}}""",
        """{"resourceType":"Location","id":"pole","position":{"latitude":89.99,"longitude":100}}""",
        """{"resourceType":"Observation","id":"t1","status":"final","code":{"text":"x"},"valueQuantity":{"value":37,"system":"http://unitsofmeasure.org","code":"Cel"}}""",
        """{"resourceType":"Observation","id":"t2","status":"final","code":{"text":"x"},"valueQuantity":{"value":100.4,"system":"http://unitsofmeasure.org","code":"[degF]"}}""",
        """{"resourceType":"Observation","id":"g1","status":"final","code":{"text":"x"},"valueQuantity":{"value":90,"system":"http://unitsofmeasure.org","code":"mg/dL"}}""",
        """{"resourceType":"Observation","id":"g2","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.9,"unit":"g/L","system":"http://unitsofmeasure.org","code":"g/L"}}""",
        """{"resourceType":"Observation","id":"g3","status":"final","code":{"text":"x"},"valueQuantity":{"value":0.9,"unit":"g/L"}}""",
        """{"resourceType":"Observation","id":"g4","status":"final","code":{"text":"x"},"valueQuantity":{"value":5,"system":"http://unitsofmeasure.org","code":"mmol/L"}}""",
        """{"resourceType":"Observation","id":"a1","status":"final","code":{"text":"x"},"valueQuantity":{"value":7.4,"system":"http://unitsofmeasure.org","code":"[pH]"}}""",
        """{"resourceType":"Basic","id":"b1","code":{"text":"x"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"a &gt; b\">Férmer&#39;s lung</p><td>left</td><td>&amp; right</td></div>"}}""",
        """{"resourceType":"Basic","id":"b2","code":{"text":"lung"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">right lung, farmer</div>"}}""",
        """{"resourceType":"Basic","id":"b3","code":{"text":"lung"}}""",
        """{"resourceType":"Location","id":"nowhere","name":"no position"}""",
    ];
}

public sealed class ContentTests(ContentServer server) : IClassFixture<ContentServer>
{
    [Theory]
    [InlineData("Patient?identifier:of-type=http://t|MR|12", "p1")]
    [InlineData("Patient?identifier:of-type=http://t|MR|34", "p2")]
    [InlineData("Patient?identifier:of-type=http://t|SS|34", "p1")]
    [InlineData("Patient?identifier:of-type=http://t|SS|12", "")]
    [InlineData("Patient?identifier:of-type=|local|12", "p1")]
    [InlineData("Patient?identifier:of-type=|MR|12", "")]
    [InlineData("Patient?identifier:of-type=http://u|a\\|b|c", "p2")]
    [InlineData("Patient?identifier:of-type=http://u|a|b\\|c", "")]
    [InlineData("Patient?identifier:of-type=http://t|MR|12,http://t|MR|34", "p1 p2")]
    [InlineData("Patient?organization:identifier=http://org|o-1", "p3")]
    [InlineData("Patient?organization:identifier=o-1", "p3 p4")]
    [InlineData("Patient?organization:identifier=|o-1", "p4")]
    [InlineData("Patient?organization:identifier=http://org|", "p3")]
    [InlineData("Patient?general-practitioner:identifier=o-1", "p4")]
    [InlineData("Patient?organization=o-1", "p4 p5")]
    [InlineData("Patient?organization=Organization/o-1", "p4 p5")]
    [InlineData("Patient?organization:missing=false", "p4 p5")]
    [InlineData("Observation?value-quantity=90|http://unitsofmeasure.org|mg/dL", "g1 g2")]
    [InlineData("Observation?value-quantity=0.90|http://unitsofmeasure.org|g/L", "g1 g2")]
    [InlineData("Observation?value-quantity=gt0.9|http://unitsofmeasure.org|g/L", "")]
    [InlineData("Observation?value-quantity=ge900|http://unitsofmeasure.org|mg/L", "g1 g2")]
    [InlineData("Observation?value-quantity=gt37.5|http://unitsofmeasure.org|Cel", "t2")]
    [InlineData("Observation?value-quantity=lt100|http://unitsofmeasure.org|[degF]", "t1")]
    [InlineData("Observation?value-quantity=38.0|http://unitsofmeasure.org|Cel", "t2")]
    [InlineData("Observation?value-quantity=0.9||g/L", "g2 g3")]
    [InlineData("Observation?value-quantity=gt1|http://unitsofmeasure.org|nonsense", "")]
    [InlineData("Observation?value-quantity=7.4|http://unitsofmeasure.org|[pH]", "a1")]
    [InlineData("Observation?value-quantity=ap5000|http://unitsofmeasure.org|umol/L", "g4")]
    [InlineData("Basic?_text=lung", "b1 b2")]
    [InlineData("Basic?_text=LUNG right", "b1 b2")]
    [InlineData("Basic?_text=fermer's", "b1")]
    [InlineData("Basic?_text=left", "b1")]
    [InlineData("Basic?_text=leftright", "")]
    [InlineData("Basic?_text=title", "")]
    [InlineData("Basic?_text=xhtml", "")]
    [InlineData("Basic?_text=lung -left", "b2")]
    [InlineData("Basic?_text=\"right lung\"", "b2")]
    [InlineData("Basic?_text=left,farmer", "b1 b2")]
    [InlineData("Basic?_text=lu", "")]
    [InlineData("Basic?_text:missing=true", "b3")]
    [InlineData("Location?near=52.52|13.378|1|km", "charite gate")]
    [InlineData("Location?near=52.5253|13.3781|0.5", "charite")]
    [InlineData("Location?near=52.5253|13.3781|0", "charite")]
    [InlineData("Location?near=52.5253|13.3781|1.0|[mi_i]", "charite gate")]
    [InlineData("Location?near=52.5253|13.3781|1000|m", "charite")]
    [InlineData("Location?near=52.5253|13.3781|1002|m", "charite gate")]
    [InlineData("Location?near=52.52|13.378", "charite gate")]
    [InlineData("Location?near=52.52|13.378|7000|km", "boston charite gate pole")]
    [InlineData("Location?near=-16.8|180|20|km", "fiji-east fiji-west")]
    [InlineData("Location?near=-16.8|-179.95|20|km", "fiji-east fiji-west")]
    [InlineData("Location?near=-16.8|179.9|1|km", "fiji-west")]
    [InlineData("Location?near=90|0|2|km", "pole")]
    [InlineData("Location?near=89.99|-80|3|km", "pole")]
    [InlineData("Location?near=0|0|99999|km", "boston charite fiji-east fiji-west gate pole")]
    [InlineData("Location?near=52.52|13.378|1|km,42.36|-71.07|1|km", "boston charite gate")]
    [InlineData("Location?near:missing=true", "nowhere")]
    public async Task Finds_what_it_says(string query, string expected)
    {
        var ids = await server.Fhir.IdsAsync(query.Replace("\\", "%5C", StringComparison.Ordinal).Replace("\"", "%22", StringComparison.Ordinal) + "&_count=3");
        Assert.Equal(expected, string.Join(' ', ids.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("Patient?identifier:of-type=MR|12", "type")]
    [InlineData("Patient?identifier:of-type=http://t||12", "type")]
    [InlineData("Basic?_text=!", "words")]
    [InlineData("Basic?_text:exact=x", ":exact")]
    [InlineData("Basic?_sort=_text", "_text")]
    [InlineData("Location?near=52", "latitude")]
    [InlineData("Location?near=91|0|1", "latitude")]
    [InlineData("Location?near=1|1|-1", "latitude")]
    [InlineData("Location?near=1|1|1|parsec", "[mi_us]")]
    [InlineData("Location?near=NaN|1|1", "latitude")]
    public async Task Says_what_is_wrong_with_a_value(string query, string named) => (await server.Fhir.GetAsync(query)).Refused(400, named);
}
