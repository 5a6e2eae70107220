namespace Salus.Host.Tests.Access;

/// <summary>Nobody changes what the table of permissions does not give them; what is stored is compared before and after.</summary>
[Collection("matrix")]
public sealed class MatrixWriteTests(MatrixServer server)
{
    private const string JsonPatch = "application/json-patch+json";
    private static readonly int[] Refused = [401, 403, 404];

    [Fact]
    public async Task Who_may_not_write_is_refused_and_changes_nothing()
    {
        var before = await server.StateAsync();
        var wrong = await Matrix.EachAsync(server.Everybody.SelectMany(_ => Seed.Own, (caller, resource) => (caller, resource)), async pair =>
        {
            var found = new List<string>();
            foreach (var (letter, method, path, body, type) in Writes(pair.resource).Where(w => !server.Oracle.May(pair.caller.Role, w.Letter, pair.resource)))
            {
                var answer = await pair.caller.SendAsync(method, path, body, type);
                found.AddRange(Refused.Contains(answer.Status) ? answer.Leaks(server.Oracle) : [$"{answer}\n  needs '{letter}'"]);
            }

            return found;
        });
        Matrix.Empty([.. wrong, .. await server.ChangesAsync(before)]);
    }

    [Fact]
    public async Task Conditions_and_moves_change_nothing_either()
    {
        var before = await server.StateAsync();
        var requests = server.People.SelectMany(_ => Seed.Own, (caller, resource) => (caller, resource)).Where(p => !server.Oracle.May(p.caller.Role, 'u', p.resource));
        var leaks = await Matrix.EachAsync(requests, async pair =>
        {
            var (caller, r) = pair;
            // Into the record of a patient whom some may write for: neither a way to take a resource over, nor to change it.
            var moved = r.Body.ToJsonString().Replace("Patient/pat-b", "Patient/pat-a", StringComparison.Ordinal);
            List<MatrixAnswer> answers =
            [
                await caller.SendAsync("PUT", $"/fhir/{r.Name}", moved), await caller.SendAsync("PUT", $"/fhir/{r.Type}?_id={r.Id}", moved),
                await caller.SendAsync("PATCH", $"/fhir/{r.Type}?_id={r.Id}", Patch, JsonPatch),
            ];
            if (!server.Oracle.May(caller.Role, 'd', r))
            {
                answers.Add(await caller.SendAsync("DELETE", $"/fhir/{r.Type}?_id={r.Id}", null));
            }

            return answers.SelectMany(a => a.Leaks(server.Oracle));
        });
        Matrix.Empty([.. leaks, .. await server.ChangesAsync(before)]);
    }

    [Fact]
    public async Task Without_the_antiforgery_token_no_route_changes_anything()
    {
        var before = await server.StateAsync();
        var routes = RouteTable.File.Where(r => r.Method is "POST" or "PUT" or "PATCH" or "DELETE").SelectMany(r => Matrix.Expanded(r.Pattern).Take(4).Select(p => (r.Method, Path: p)));
        var wrong = await Matrix.EachAsync(server.People.SelectMany(_ => routes, (caller, route) => (caller, route)), async pair =>
        {
            var (caller, (method, path)) = pair;
            var body = method == "DELETE" ? null : "{}";
            var bare = await caller.SendAsync(method, path, body, "application/json", token: false);
            var foreign = await caller.SendAsync(method, path, body, "application/json", token: true, ("Sec-Fetch-Site", "cross-site"));
            return new[] { bare, foreign }.Where(a => a.Status is < 400 or >= 500).Select(a => $"{a}\n  without the token, or from another site");
        });
        Matrix.Empty([.. wrong, .. await server.ChangesAsync(before)]);
    }

    private const string Patch = """[{"op":"add","path":"/language","value":"de"}]""";

    private static IEnumerable<(char Letter, string Method, string Path, string? Body, string? Type)> Writes(Seeded r)
    {
        var anew = r.Body.DeepClone().AsObject();
        anew.Remove("id");
        yield return ('u', "PUT", $"/fhir/{r.Name}", r.Body.ToJsonString(), null);
        yield return ('u', "PATCH", $"/fhir/{r.Name}", Patch, JsonPatch);
        yield return ('u', "POST", "/fhir", Seed.Bundle([r]), null);
        yield return ('c', "POST", $"/fhir/{r.Type}", anew.ToJsonString(), null);
        yield return ('d', "DELETE", $"/fhir/{r.Name}", null, null);
        yield return ('u', "POST", $"/fhir/{r.Name}/$meta-add", """{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}""", null);
    }
}
