using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access;
using Salus.Host.Web.Limits;
using Salus.Kernel;
using Salus.TestSupport;

namespace Salus.Host.Tests;

public sealed class RateLimitTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Too_many_attempts_from_one_address_are_refused_with_the_time_to_wait()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], ("Salus__Limits__InteractivePerMinute", "5"), ("Salus__Access__SignIn", "true"), ("Salus__BehindProxy__0", "127.0.0.1"));
        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync(salus, HttpMethod.Post, "/access/sign-in", "198.51.100.7"));
        }

        using var request = Request(HttpMethod.Post, "/oauth/token", "198.51.100.7");
        using var refused = await salus.SendAsync(request);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(int.Parse(refused.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture), 1, 60);
        var outcome = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
        Assert.Equal(("OperationOutcome", "throttled"), ((string?)outcome["resourceType"], (string?)outcome["issue"]![0]!["code"]));

        // Everything else goes on, and so does everybody else: the address is the one that the proxy tells.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(salus, HttpMethod.Get, "/healthz", "198.51.100.7"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync(salus, HttpMethod.Post, "/access/sign-in", "198.51.100.8"));
        // One subscriber of IPv6 is one, whatever address of theirs they take.
        for (var i = 0; i < 5; i++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync(salus, HttpMethod.Post, "/access/sign-in", $"2001:db8:1:2::{i + 1}"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(salus, HttpMethod.Post, "/access/sign-in", "2001:db8:1:2:ffff::1"));
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await AskAsync(salus, HttpMethod.Post, "/access/sign-in", "2001:db8:1:3::1"));
    }

    [Fact]
    public async Task Requests_that_name_nobody_are_counted_by_address_where_people_sign_in()
    {
        using var salus = await SalusProcess.ReadyAsync(folder["data"], ("Salus__Limits__AnonymousPerMinute", "4"), ("Salus__Access__SignIn", "true"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            answers.Add(await AskAsync(salus, HttpMethod.Get, "/fhir/Patient", null));
        }

        Assert.Equal(Enumerable.Repeat(HttpStatusCode.Unauthorized, 4).Append(HttpStatusCode.TooManyRequests), answers);
    }

    [Fact]
    public async Task Users_and_apps_have_numbers_of_their_own()
    {
        using var limits = new RateLimits(new LimitOptions { UserPerMinute = 2, ClientPerMinute = 3 }, new AccessOptions { SignIn = true });
        Assert.Equal([200, 200, 429, 429], await AsAsync(limits, "user/a", 4));
        Assert.Equal([200, 200, 429], await AsAsync(limits, "user/b", 3));
        Assert.Equal([200, 200, 200, 429], await AsAsync(limits, "client/load", 4));
        // An account that sends what devices measure has as many as an app, and those do not count for its other requests.
        Assert.Equal([200, 200, 200, 429], await AsAsync(limits, "user/gateway", 4, "/telemetry"));
        Assert.Equal([200, 200, 429], await AsAsync(limits, "user/gateway", 3));
    }

    [Fact]
    public async Task Zero_sets_no_limit_and_nobody_is_counted_where_nobody_signs_in()
    {
        using var unlimited = new RateLimits(new LimitOptions { UserPerMinute = 0 }, new AccessOptions { SignIn = true });
        Assert.All(await AsAsync(unlimited, "user/a", 1000), status => Assert.Equal(200, status));
        using var open = new RateLimits(new LimitOptions { UserPerMinute = 1, AnonymousPerMinute = 1 }, new AccessOptions { SignIn = false });
        Assert.All(await AsAsync(open, Caller.Local.Actor, 10), status => Assert.Equal(200, status));
    }

    [Theory]
    [InlineData("POST", "/access/sign-in", true)]
    [InlineData("POST", "/access/anything/new", true)]
    [InlineData("GET", "/access/sign-in/external/hospital", true)]
    [InlineData("GET", "/access/one-time/abc", true)]
    [InlineData("GET", "/oauth/authorize", true)]
    [InlineData("POST", "/oauth/token", true)]
    [InlineData("POST", "/OAuth/Token", true)]
    [InlineData("GET", "/access/session", false)]
    [InlineData("GET", "/oauth/jwks", false)]
    [InlineData("POST", "/fhir/Patient", false)]
    [InlineData("POST", "/accessories", false)]
    public void What_takes_passwords_codes_and_tokens_is_counted_by_address(string method, string path, bool counted)
    {
        var http = new DefaultHttpContext { Request = { Method = method, Path = path } };
        Assert.Equal(counted, RateLimits.IsInteractive(http.Request));
    }

    [Fact]
    public void An_address_is_counted_in_both_its_forms_and_a_network_of_IPv6_as_one()
    {
        Assert.Equal(RateLimits.Origin(IPAddress.Parse("198.51.100.7")), RateLimits.Origin(IPAddress.Parse("::ffff:198.51.100.7")));
        Assert.Equal(RateLimits.Origin(IPAddress.Parse("2001:db8::1")), RateLimits.Origin(IPAddress.Parse("2001:db8::ffff:0:0:1")));
        Assert.NotEqual(RateLimits.Origin(IPAddress.Parse("2001:db8::1")), RateLimits.Origin(IPAddress.Parse("2001:db8:0:1::1")));
    }

    private static async Task<List<int>> AsAsync(RateLimits limits, string actor, int times, string path = "/fhir")
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var answers = new List<int>();
        for (var i = 0; i < times; i++)
        {
            var http = new DefaultHttpContext { RequestServices = services };
            http.Request.Path = path;
            http.Features.Set(new Caller(Tenant.Default, actor));
            await limits.OfCallerAsync(http, _ => Task.CompletedTask);
            answers.Add(http.Response.StatusCode);
        }

        return answers;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? from)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (from is not null)
        {
            request.Headers.Add("X-Forwarded-For", from);
        }

        return request;
    }

    private static async Task<HttpStatusCode> AskAsync(SalusProcess salus, HttpMethod method, string path, string? from)
    {
        using var request = Request(method, path, from);
        using var response = await salus.SendAsync(request);
        return response.StatusCode;
    }
}
