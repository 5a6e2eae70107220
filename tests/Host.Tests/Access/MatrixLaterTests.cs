using Salus.TestSupport;

namespace Salus.Host.Tests.Access;

/// <summary>What is answered later holds what its asker may see, and is for nobody else. Exports are for services (ExportTests).</summary>
[Collection("matrix")]
public sealed class MatrixLaterTests(MatrixServer server)
{
    [Theory]
    [InlineData("physician", "/fhir/Observation?_include=*&_revinclude=Provenance:target")]
    [InlineData("patient", "/fhir/Patient/pat-a/$everything")]
    public async Task A_later_answer_is_for_who_asked(string role, string path)
    {
        var asker = server.Of(role);
        var asked = await asker.GetAsync(path, ("Prefer", "respond-async"), ("Accept", "application/fhir+json"));
        Assert.True(asked is { Status: 202, Place: not null }, asked.ToString());
        var place = new Uri(server.Address, asked.Place!).PathAndQuery;
        var answer = asked;
        await Eventually.TrueAsync(async () => (answer = await asker.GetAsync(place)).Status != 202, 60, () => answer.ToString());
        Assert.Equal(200, answer.Status);
        var wrong = await Matrix.EachAsync(server.Everybody, async caller =>
        {
            var got = await caller.GetAsync(place);
            return (caller == asker ? got.Status == 200 && got.Shows().Count > 0 : got.Status is 401 or 403 or 404) ? got.Leaks(server.Oracle) : [got.ToString()];
        });
        Matrix.Empty(wrong);
    }
}
