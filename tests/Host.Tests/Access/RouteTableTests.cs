using Salus.Kernel;

namespace Salus.Host.Tests.Access;

/// <summary>Every route is classified by a person: a new one fails here until somebody has said in <c>routes.txt</c> who may call it.</summary>
public sealed class RouteTableTests
{
    [Fact]
    public void Every_route_is_classified_and_says_the_same_itself()
    {
        var wrong = new List<string>();
        var endpoints = RouteTable.Endpoints();
        foreach (var (method, pattern, access) in endpoints)
        {
            if (access is null)
            {
                wrong.Add($"{method} {pattern} does not say who may call it: it is closed. Add ForEverybody, ForSignedIn, ForPermission or ByGrants.");
            }
            else if (RouteTable.File.FirstOrDefault(r => r.Method == method && r.Pattern == pattern) is not { } line)
            {
                wrong.Add($"{method} {pattern} | {Of(access)} is new: classify it in tests/Host.Tests/Access/routes.txt.");
            }
            else if ($"{line.Class} {(line.Class == "record" ? "" : line.Detail)}".TrimEnd() != Of(access))
            {
                wrong.Add($"{line} says something else than the route itself: {Of(access)}.");
            }
        }

        wrong.AddRange(RouteTable.File.Where(r => !endpoints.Any(e => e.Method == r.Method && e.Pattern == r.Pattern)).Select(r => $"{r} is no route any more: remove its line."));
        wrong.AddRange(RouteTable.File.GroupBy(r => (r.Method, r.Pattern)).Where(g => g.Count() > 1).Select(g => $"{g.First()} is there {g.Count()} times."));
        wrong.AddRange(RouteTable.File.Where(r => r.Class == "record" && r.Detail != "each" && (r.Detail.Length == 0 || r.Detail.Trim('c', 'r', 'u', 'd', 's').Length > 0))
            .Select(r => $"{r} does not say which interactions it needs: letters of cruds, or 'each'."));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Of(RouteAccess access) => access.Kind switch
    {
        RouteKind.Public => "public",
        RouteKind.SignedIn => "signed-in",
        RouteKind.Permission => $"permission {access.Permission}",
        _ => "record",
    };
}
