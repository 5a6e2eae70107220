using System.Text.Json.Nodes;
using Salus.Records.Tests.Support;
using static Salus.Records.Tests.Subscriptions.SubscriptionSamples;

namespace Salus.Records.Tests.Subscriptions;

/// <summary>Subscriptions that could not work are refused, with the place, the reason and the way out.</summary>
public sealed class BadSubscriptionTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private const string Here = "http://127.0.0.1:9/hook";
    private readonly FhirClient fhir = server.Fhir;

    [Theory]
    [InlineData("Observation?kode=1", "kode")]
    [InlineData("Observation?date=yesterday", "date")]
    [InlineData("Observations?code=1", "neither a topic nor a search")]
    [InlineData("Observation?code=1&_sort=date", "_sort")]
    [InlineData("Observation?code=1&_count=5", "_count")]
    [InlineData("http://example.org/SubscriptionTopic/x", "There is no topic")]
    [InlineData("http://salus.invalid/SubscriptionTopic/Observation-nothing", "There is no topic")]
    public async Task Criteria_that_cannot_be_asked_name_the_parameter(string criteria, string says) =>
        (await fhir.PutAsync(Classic("bad-criteria", criteria, Here))).Refused(422, says);

    [Theory]
    [InlineData("http://192.0.2.1/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("http://127.0.0.1.example.org/hook")]
    [InlineData("http://user:password@127.0.0.1/hook")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("http://127.0.0.1/fhir/..%2fadmin")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/relative")]
    public async Task An_endpoint_that_is_not_listed_is_refused_with_the_setting(string endpoint)
    {
        var answer = await fhir.PutAsync(Classic("bad-endpoint", "Patient", endpoint));
        answer.Refused(422, "Subscription.channel.endpoint");
        Assert.DoesNotContain("password", answer.Text, StringComparison.Ordinal);
        if (!endpoint.StartsWith('/'))
        {
            Assert.Contains("Salus:Records:Subscriptions:Endpoints", answer.Problems, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_server_does_not_tell_itself() =>
        (await fhir.PutAsync(Classic("bad-own", "Patient", fhir.Base.ToString().TrimEnd('/')))).Refused(422, "is this server");

    [Theory]
    [InlineData("email", "channel 'email'")]
    [InlineData("sms", "channel 'sms'")]
    public async Task A_channel_that_is_not_there_is_refused(string channel, string says) =>
        (await fhir.PutAsync(Classic("bad-channel", "Patient", "mailto:a@example.org", channel: channel))).Refused(422, says);

    [Theory]
    [InlineData("no colon")]
    [InlineData("Host: elsewhere")]
    [InlineData("X-A: b\\u000d\\u000aX-C: d")]
    public async Task A_header_that_is_none_is_refused_without_its_value(string header)
    {
        var subscription = Classic("bad-header", "Patient", Here);
        subscription["channel"]!["header"] = JsonNode.Parse($"[\"{header}\"]");
        var answer = await fhir.PutAsync(subscription);
        answer.Refused(422, "channel.header[0]");
        Assert.DoesNotContain("elsewhere", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_about_another_type_and_an_unknown_content_are_refused()
    {
        (await fhir.PutAsync(Backport("bad-filter", "Patient", "Observation?code=1", Here))).Refused(422, "about Observation");
        (await fhir.PutAsync(Backport("bad-content", "Patient", null, Here, "everything"))).Refused(422, "payload content");
        (await fhir.PutAsync(Classic("bad-payload", "Patient", Here, "text/csv"))).Refused(422, "text/csv");
        (await fhir.PutAsync(Classic("bad-media-type", "Patient", Here, "application/fhir+json; a b"))).Refused(422, "not a media type");
    }

    [Fact]
    public async Task One_that_is_off_is_stored_whatever_it_says()
    {
        var off = Classic("off", "Observation?kode=1", "https://elsewhere.example.org/hook");
        off["status"] = "off";
        await fhir.StoreAsync(off);
        off["status"] = "active";
        (await fhir.PutAsync(off)).Refused(422);
        Assert.Equal("off", (string?)(await fhir.GetAsync("Subscription/off")).Json["status"]);
    }
}
