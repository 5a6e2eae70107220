using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Salus.Access.Tests.Support;
using Salus.Kernel;

namespace Salus.Access.Tests.Gate;

public sealed class LocalKeyTests(LocalKeyTests.Machine server) : IClassFixture<LocalKeyTests.Machine>
{
    [Fact]
    public async Task The_key_of_this_start_lets_the_administrator_of_the_machine_in() =>
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server.Get<LocalKey>().Token));

    [Fact]
    public async Task The_key_of_another_start_does_not()
    {
        Assert.NotEqual(new LocalKey().Token, new LocalKey().Token);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(new LocalKey().Token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Get<LocalKey>().Token + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Get<LocalKey>().Token[..^1]));
    }

    [Fact]
    public async Task From_another_machine_the_key_is_worth_nothing() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server.Get<LocalKey>().Token, "192.0.2.7"));

    private async Task<HttpStatusCode> StatusAsync(string token, string? from = null)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/users", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (from is not null)
        {
            request.Headers.Add(Machine.From, from);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    public sealed class Machine : AccessServer
    {
        internal const string From = "X-Test-From";

        protected override void Configure(IServiceCollection services) => services.AddSingleton<IStartupFilter, Addresses>();

        protected override void Map(WebApplication app) => app.MapGet("/users", () => "all of them").ForPermission(Permissions.Users);

        private sealed class Addresses : IStartupFilter
        {
            public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
            {
                app.Use((http, then) =>
                {
                    if (http.Request.Headers[From].ToString() is { Length: > 0 } address)
                    {
                        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
                    }

                    return then(http);
                });
                next(app);
            };
        }
    }
}
