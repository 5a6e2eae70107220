using System.Globalization;
using Salus.Records.Tests.Support;

namespace Salus.Records.Tests.Operations;

public sealed class LastnTests(RecordServer server) : IClassFixture<RecordServer>
{
    private readonly FhirClient fhir = server.Fhir;

    [Fact]
    public async Task The_newest_of_each_code_are_given_by_the_time_they_are_about()
    {
        // Stored in an order that is not that of their times.
        foreach (var (id, code, day, patient) in new[] { ("a3", "A", 3, "n"), ("a1", "A", 1, "n"), ("a4", "A", 4, "n"), ("a2", "A", 2, "n"), ("b1", "B", 9, "n"), ("a9", "A", 9, "other") })
        {
            var observation = Samples.Observation(id, $"Patient/{patient}", code);
            observation["effectiveDateTime"] = $"2026-03-{day.ToString("00", CultureInfo.InvariantCulture)}";
            await fhir.StoreAsync(observation);
        }

        var undated = Samples.Observation("c1", "Patient/n", "C");
        undated.Remove("effectiveDateTime");
        await fhir.StoreAsync(undated);
        Assert.Equal(["a4", "b1", "c1"], await IdsAsync("patient=n"));
        Assert.Equal(["a4", "a3", "b1", "c1"], await IdsAsync("subject=Patient/n&max=2"));
        Assert.Equal(["a4", "a3", "a2"], await IdsAsync("patient=Patient/n&code=http://loinc.org|A&max=3"));
        Assert.Equal(["a2"], await IdsAsync("patient=n&date=lt2026-03-03"));
        Assert.Empty(await IdsAsync("patient=n&category=laboratory"));
        Assert.Equal(["a9"], await IdsAsync("patient=other"));
        var posted = await fhir.SendAsync(HttpMethod.Post, "Observation/$lastn", FhirClient.Json("""{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"Patient/n"},{"name":"max","valueInteger":2}]}"""));
        Assert.Equal(["a4", "a3", "b1", "c1"], posted.Ids("match"));
    }

    [Theory]
    [InlineData("", "patient")]
    [InlineData("patient=n&max=0", "max")]
    [InlineData("patient=n&max=x", "max")]
    [InlineData("patient=n&nonsense=1", "nonsense")]
    [InlineData("patient=n&date=yesterday", "yesterday")]
    public async Task Other_questions_are_refused(string query, string place) => (await fhir.GetAsync($"Observation/$lastn?{query}")).Refused(400, place);

    private async Task<List<string>> IdsAsync(string query) => [.. (await fhir.SearchAsync($"Observation/$lastn?{query}")).Ids("match")];
}
