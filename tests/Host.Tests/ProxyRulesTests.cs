using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Salus.Host.Web;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>Whose forwarded headers are believed, and who is answered at all. The server under test is on loopback, whatever its rules say.</summary>
public sealed class ProxyRulesTests
{
    private const string Forwarded = "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: record.example.org\r\n";

    [Theory]
    [InlineData("127.0.0.0/8", "198.51.100.7 https record.example.org")]
    [InlineData("10.0.0.5/32", "127.0.0.1 http 127.0.0.1")]
    public async Task Only_a_listed_proxy_is_believed(string proxy, string expected)
    {
        await using var app = await StartAsync(IPAddress.Loopback, proxy);
        Assert.Equal((200, expected), await AskAsync(app, Forwarded));
    }

    [Fact]
    public async Task A_name_that_is_not_ours_is_not_taken_from_the_proxy_either()
    {
        await using var app = await StartAsync(IPAddress.Loopback, "127.0.0.0/8");
        Assert.Equal((200, "127.0.0.1 http 127.0.0.1"), await AskAsync(app, "X-Forwarded-Host: evil.example.org\r\n"));
    }

    [Fact]
    public async Task Without_TLS_beyond_this_machine_nobody_but_the_proxy_is_answered()
    {
        await using (var app = await StartAsync(IPAddress.Any, "10.0.0.5/32"))
        {
            var (status, body) = await AskAsync(app, Forwarded);
            Assert.Equal(403, status);
            Assert.Contains("answers its proxy only", body, StringComparison.Ordinal);
        }

        await using var right = await StartAsync(IPAddress.Any, "127.0.0.1/32");
        Assert.Equal((200, "198.51.100.7 https record.example.org"), await AskAsync(right, Forwarded));
    }

    private static async Task<WebApplication> StartAsync(IPAddress address, string proxy)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(new Listening(new IPEndPoint(address, 0), null, ["127.0.0.1", "record.example.org"], [IPNetwork.Parse(proxy)], [], null));
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, ProxyRules>());
        var app = builder.Build();
        app.Run(http => http.Response.WriteAsync($"{http.Connection.RemoteIpAddress} {http.Request.Scheme} {http.Request.Host.Host}"));
        await app.StartAsync();
        return app;
    }

    private static async Task<(int Status, string Body)> AskAsync(WebApplication app, string headers)
    {
        var address = new Uri(app.Urls.Single());
        var (status, answered, body) = await RawHttp.SendAsync(address, $"GET / HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{headers}\r\n");
        return (status, answered.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? body.Split("\r\n")[1] : body);
    }
}
