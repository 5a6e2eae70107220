using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Salus.Access.Accounts;
using Salus.Access.Accounts.Providers;
using Salus.Access.Tenants;
using Salus.Access.Tests.Accounts.Support;
using Salus.Kernel;
using Salus.TestSupport;
using ProviderSettings = Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions;

namespace Salus.Access.Tests.Accounts;

public sealed class ProviderTests : IAsyncLifetime
{
    private const string Start = "/access/sign-in/external/hospital?returnUrl=%2Fpatients%2F1";
    private IdentityProvider provider = null!;
    private Federated server = null!;

    public async Task InitializeAsync()
    {
        provider = await IdentityProvider.StartAsync();
        server = new Federated(provider.Address);
        await server.InitializeAsync();
    }

    [Fact]
    public async Task Somebody_signs_in_at_the_provider_and_lands_where_they_wanted()
    {
        var user = await server.AddAsync("external", "physician");
        using var browser = server.Open();
        Assert.Equal("Hospital", (await browser.SessionAsync())["providers"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("/patients/1", await SignInAsync(browser));
        Assert.Equal($"user/{user.Id:N}", (await browser.GetAsync("/who")).Text);
        Assert.Equal(1, provider.Exchanged);
    }

    [Fact]
    public async Task An_account_that_is_linked_is_found_by_subject_and_by_no_other()
    {
        await server.AddAsync("external");
        using var first = server.Open();
        await SignInAsync(first);
        provider.UserName = "renamed-there";
        using var renamed = server.Open();
        Assert.Equal("/patients/1", await SignInAsync(renamed));
        provider.UserName = "external";
        provider.Subject = "subject-2";
        using var successor = server.Open();
        Assert.Equal("/sign-in?error=no-account", await SignInAsync(successor));
        Assert.Equal(HttpStatusCode.Unauthorized, (await successor.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task Nobody_gets_an_account_by_themselves_and_a_locked_one_stays_shut()
    {
        using var browser = server.Open();
        Assert.Equal("/sign-in?error=no-account", await SignInAsync(browser));
        var user = await server.AddAsync("external");
        await server.LockAsync(user);
        Assert.Equal("/sign-in?error=no-account", await SignInAsync(browser));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task A_provider_of_one_tenant_opens_no_account_of_another()
    {
        await server.Get<TenantTable>().AddAsync("Elsewhere", CancellationToken.None);
        var user = await server.AddAsync("external");
        await server.Source.RunAsync("update access.account set tenant = 2 where id = $1", CancellationToken.None, user.Id);
        using var browser = server.Open();
        Assert.Equal("/sign-in?error=no-account", await SignInAsync(browser));
        await server.Source.RunAsync("update access.account set tenant = 1 where id = $1", CancellationToken.None, user.Id);
        Assert.Equal("/patients/1", await SignInAsync(browser));

        // Nor one that was linked before.
        await server.Source.RunAsync("update access.account set tenant = 2 where id = $1", CancellationToken.None, user.Id);
        using var later = server.Open();
        Assert.Equal("/sign-in?error=no-account", await SignInAsync(later));
    }

    [Fact]
    public async Task The_answer_of_the_provider_is_taken_in_the_browser_that_asked_only()
    {
        await server.AddAsync("external");
        using var attacker = server.Open();
        var callback = await ToCallbackAsync(attacker, Start);
        using var victim = server.Open();
        Assert.Equal("/sign-in?error=external", (await victim.GetAsync(callback)).Location!.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await victim.GetAsync("/who")).Status);
    }

    [Fact]
    public async Task An_administrator_from_elsewhere_needs_the_second_factor_of_here_too()
    {
        await server.AddAsync("external", "administrator");
        using var browser = server.Open();
        Assert.Equal("/sign-in?returnUrl=%2Fpatients%2F1", await SignInAsync(browser));
        Assert.Equal("enrol", (await browser.SessionAsync())["pending"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_discovery_document_of_another_issuer_is_not_taken()
    {
        provider.Issuer = "https://other.example";
        using var browser = server.Open();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await browser.GetAsync(Start)).Status);
    }

    [Theory]
    [InlineData("/patients?x=1", "/patients?x=1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData(null, "/")]
    public void Only_paths_of_this_server_are_returned_to(string? url, string expected) => Assert.Equal(expected, ProviderServices.LocalPath(url));

    [Fact]
    public void The_file_of_the_client_secret_is_closed_to_others_and_the_only_source()
    {
        using var folder = new TestFolder();
        PrivateFile.Replace(folder["secret"], "the secret\n"u8);
        using var services = Configure(folder["secret"], null).BuildServiceProvider();
        Assert.Equal("the secret", services.GetRequiredService<IOptionsMonitor<ProviderSettings>>().Get(ProviderServices.Scheme("hospital")).ClientSecret);
        Assert.Contains("Salus:Access:Providers:hospital:ClientSecret and ", Assert.Throws<CannotStartException>(() => Configure(folder["secret"], "the secret")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CannotStartException>(() => Configure(folder["none"], null)).Message, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder["secret"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
            var refused = Assert.Throws<CannotStartException>(() => Configure(folder["secret"], null)).Message;
            Assert.Contains("chmod o-rw", refused, StringComparison.Ordinal);
            Assert.DoesNotContain("the secret", refused, StringComparison.Ordinal);
        }
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await provider.DisposeAsync();
    }

    private static IServiceCollection Configure(string file, string? secret) => new ServiceCollection().AddLogging().AddProviders(new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Salus:Access:Providers:hospital:Authority", "https://id.hospital.example"),
        new("Salus:Access:Providers:hospital:ClientId", "salus"),
        new("Salus:Access:Providers:hospital:ClientSecretFile", file),
        new("Salus:Access:Providers:hospital:ClientSecret", secret),
    ]).Build());

    private static async Task<string> SignInAsync(Browser browser) => (await browser.GetAsync(await ToCallbackAsync(browser, Start))).Location!.ToString();

    // Goes to the provider, and gives the address to which that sends the browser back.
    private static async Task<string> ToCallbackAsync(Browser browser, string start)
    {
        var sent = await browser.GetAsync(start);
        Assert.Equal(HttpStatusCode.Redirect, sent.Status);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await http.GetAsync(sent.Location);
        return answer.Headers.Location!.PathAndQuery;
    }

    private sealed class Federated(string address) : AccountServer
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
        [
            new("Salus:Access:Providers:hospital:Name", "Hospital"),
            new("Salus:Access:Providers:hospital:Authority", address),
            new("Salus:Access:Providers:hospital:ClientId", "salus"),
            new("Salus:Access:Providers:hospital:ClientSecret", "the secret"),
            new("Salus:Access:Providers:hospital:UserNameClaim", "preferred_username"),
        ];
    }
}
