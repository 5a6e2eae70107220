using Microsoft.AspNetCore.Routing;
using Salus.Host.Web;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests.Access;

/// <summary>A route as <c>routes.txt</c> classifies it.</summary>
/// <param name="Method">GET, POST; <c>*</c> for a route that takes every method.</param>
/// <param name="Pattern">As in the table of endpoints.</param>
/// <param name="Class"><c>public</c>, <c>signed-in</c>, <c>permission</c> or <c>record</c>.</param>
/// <param name="Detail">The permission; the letters that a record's route needs, or <c>each</c> where its content says it. Empty for the others.</param>
internal sealed record RouteLine(string Method, string Pattern, string Class, string Detail)
{
    public bool IsSafe => Method is "GET" or "HEAD";

    public override string ToString() => $"{Method} {Pattern} | {Class} {Detail}".TrimEnd();
}

/// <summary>The routes of the real server, and what the file says of them.</summary>
internal static class RouteTable
{
    /// <summary>The lines of <c>routes.txt</c>.</summary>
    public static IReadOnlyList<RouteLine> File { get; } = [.. System.IO.File.ReadLines(Path.Combine(Sources.Root, "tests/Host.Tests/Access/routes.txt"))
        .Where(l => l.Length > 0 && l[0] != '#').Select(Parse)];

    /// <summary>The table of endpoints with who may call each; null for one that does not say it. Built and not started.</summary>
    public static IReadOnlyList<(string Method, string Pattern, RouteAccess? Access)> Endpoints()
    {
        using var folder = new TestFolder();
        using var app = (IDisposable)WebHost.Build([new("Salus:Data", folder["unused"])]);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(d => d.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["*"], (e, method) =>
                (method, "/" + e.RoutePattern.RawText!.TrimStart('/'), e.Metadata.GetMetadata<RouteAccess>()))];
    }

    private static RouteLine Parse(string line)
    {
        var halves = line.Split('|', StringSplitOptions.TrimEntries);
        var route = halves[0].Split(' ');
        var access = halves[1].Split(' ');
        return new RouteLine(route[0], route[1], access[0], access.Length > 1 ? access[1] : "");
    }
}
