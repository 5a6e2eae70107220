using System.Net;
using Salus.Access.Tests.Accounts.Support;

namespace Salus.Access.Tests.Accounts;

public sealed class RequestForgeryTests(AccountServer server) : IClassFixture<AccountServer>, IAsyncLifetime
{
    private readonly Browser browser = server.Open();

    public async Task InitializeAsync()
    {
        await server.AddAsync($"csrf{Guid.CreateVersion7():N}");
        var name = $"csrf{Guid.CreateVersion7():N}";
        await server.AddAsync(name);
        await browser.SignInAsync(name);
    }

    [Fact]
    public async Task A_change_with_the_token_goes_through() => Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/change")).Status);

    [Theory]
    [InlineData(null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_change_without_the_right_token_is_refused(string? token) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, "/change", null, token)).Status);

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_change_from_another_site_is_refused_even_with_the_token(string header, string value) =>
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, "/change", null, browser.Token, (header, value))).Status);

    [Fact]
    public async Task The_token_of_another_session_is_not_taken()
    {
        var name = $"csrf{Guid.CreateVersion7():N}";
        await server.AddAsync(name);
        using var other = server.Open();
        await other.SignInAsync(name);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Post, "/change", null, other.Token)).Status);
    }

    [Fact]
    public async Task Reading_needs_no_token() => Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "/who", null, null)).Status);

    [Fact]
    public async Task Sign_in_itself_needs_the_token_of_its_page()
    {
        var name = $"csrf{Guid.CreateVersion7():N}";
        await server.AddAsync(name);
        using var fresh = server.Open();
        var body = new { userName = name, password = AccountServer.Password };
        Assert.Equal(HttpStatusCode.Forbidden, (await fresh.SendAsync(HttpMethod.Post, "/access/sign-in", body, null)).Status);
        await fresh.SessionAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await fresh.SendAsync(HttpMethod.Post, "/access/sign-in", body, browser.Token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await fresh.PostAsync("/access/sign-in", body)).Status);
    }

    public Task DisposeAsync()
    {
        browser.Dispose();
        return Task.CompletedTask;
    }
}
