namespace Salus.Host.Tests.Access;

/// <summary>Who gets through to a route at all, by its class in <c>routes.txt</c>.</summary>
[Collection("matrix")]
public sealed class MatrixRouteTests(MatrixServer server)
{
    [Fact]
    public async Task Nobody_gets_to_a_route_that_is_not_public()
    {
        var before = await server.StateAsync();
        var routes = Requests(r => r.Class != "public");
        var wrong = await Matrix.EachAsync(server.Strangers.SelectMany(_ => routes, (caller, route) => (caller, route)), async pair =>
        {
            var answer = await SendAsync(pair.caller, pair.route.Line, pair.route.Path);
            return answer.Status is 401 or 403 ? answer.Leaks(server.Oracle) : [$"{answer}\n  {pair.route.Line}"];
        });
        Matrix.Empty([.. wrong, .. await server.ChangesAsync(before)]);
    }

    [Fact]
    public async Task A_route_with_a_permission_is_closed_to_who_has_it_not()
    {
        var routes = Requests(r => r.Class == "permission");
        var wrong = await Matrix.EachAsync(server.People.SelectMany(_ => routes, (caller, route) => (caller, route)), async pair =>
        {
            var (caller, (line, path)) = pair;
            if (!server.Oracle.Has(caller.Role, line.Detail))
            {
                var refused = await SendAsync(caller, line, path);
                return refused.Status == 403 ? refused.Leaks(server.Oracle) : [$"{refused}\n  {line}"];
            }

            // Whoever has it only reads here, so that the others find the server as it was. Behind the permission the record may still refuse, in words of its own.
            var answer = line.IsSafe ? await SendAsync(caller, line, path) : null;
            return answer is { Status: 401 } || answer is { Status: 403 } && answer.Text.Contains("needs the permission", StringComparison.Ordinal) ? [$"{answer}\n  {line}"] : answer?.Leaks(server.Oracle) ?? [];
        });
        Matrix.Empty(wrong);
    }

    [Fact]
    public async Task A_route_of_the_record_is_closed_for_types_of_which_one_may_nothing()
    {
        var before = await server.StateAsync();
        var routes = RouteTable.File.Where(r => r.Class == "record" && r.Detail is { Length: > 0 } and not "each" && r.Pattern.StartsWith("/fhir/{type", StringComparison.Ordinal)).ToList();
        var asked = server.People.SelectMany(_ => routes, (caller, line) => (caller, line)).SelectMany(p => Matrix.Expanded(p.line.Pattern), (p, path) => (p.caller, p.line, path))
            .Where(a => !a.line.Detail.Any(letter => server.Oracle.MayAny(a.caller.Role, letter, a.path.Split('/', '?')[2])));
        var wrong = await Matrix.EachAsync(asked, async a =>
        {
            var resource = Seed.Own.First(r => r.Type == a.path.Split('/', '?')[2]);
            var answer = await SendAsync(a.caller, a.line, a.path, a.path.EndsWith(resource.Name, StringComparison.Ordinal) ? resource.Body.ToJsonString() : null);
            return answer.Status is >= 400 and < 500 ? answer.Leaks(server.Oracle) : [$"{answer}\n  {a.line}"];
        });
        Matrix.Empty([.. wrong, .. await server.ChangesAsync(before)]);
    }

    [Fact]
    public async Task Nobody_writes_into_another_tenant()
    {
        var before = await server.StateAsync();
        foreach (var caller in server.People)
        {
            var answers = await Task.WhenAll(
                caller.GetAsync("/fhir/Patient/pat-c"), caller.GetAsync("/fhir/Observation/obs-c"), caller.GetAsync("/fhir/Patient/pat-c/_history"),
                caller.GetAsync("/fhir/Patient/pat-c/_history/1"), caller.SendAsync("DELETE", "/fhir/Patient/pat-c", null), caller.SendAsync("DELETE", "/fhir/Observation/obs-c", null));
            Assert.All(answers, a => Assert.True(a.Status is 204 or 403 or 404 && a.Shows().All(r => r.Tenant == 1), a.ToString()));
        }

        Matrix.Empty([.. await server.ChangesAsync(before)]);
    }

    private static List<(RouteLine Line, string Path)> Requests(Func<RouteLine, bool> which) =>
        [.. RouteTable.File.Where(which).SelectMany(r => Matrix.Expanded(r.Pattern), (line, path) => (line, path))];

    private static Task<MatrixAnswer> SendAsync(MatrixCaller caller, RouteLine line, string path, string? body = null)
    {
        var method = line.Method is "*" or "CONNECT" ? "GET" : line.Method;
        return caller.SendAsync(method, path, method is "POST" or "PUT" or "PATCH" ? body ?? "{}" : null, method == "PATCH" ? "application/json-patch+json" : null);
    }
}
