using Microsoft.Extensions.Configuration;
using Salus.Host.Web;
using Salus.Kernel;

namespace Salus.Host.Tests;

/// <summary>The rules of listening beyond this machine. Nothing is opened here.</summary>
public sealed class ListeningTests
{
    private static readonly (string, string) SignIn = ("Salus:Access:SignIn", "true");
    private static readonly (string, string) NoSignIn = ("Salus:Access:SignIn", "false");
    private static readonly (string, string) Made = ("Salus:Tls:Development", "true");

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public void Beyond_this_machine_there_has_to_be_sign_in_and_TLS_or_a_proxy(string address)
    {
        (string, string) open = ("Salus:Address", address);
        Assert.Contains("without sign-in Salus serves this machine only", Refused(open, Made, NoSignIn), StringComparison.Ordinal);
        Assert.Contains("--dev-certificate", Refused(open), StringComparison.Ordinal);
        Assert.Contains("--dev-certificate", Refused(open, SignIn), StringComparison.Ordinal);
        Assert.Contains("without sign-in", Refused(open, NoSignIn, ("Salus:BehindProxy:0", "10.0.0.5")), StringComparison.Ordinal);

        Assert.True(Read(open, SignIn, Made).IsOpen);
        Assert.False(Read(open, SignIn, Made).ProxiesOnly);
        Assert.True(Read(open, SignIn, ("Salus:BehindProxy:0", "10.0.0.5")).ProxiesOnly);
    }

    [Fact]
    public void A_proxy_or_a_public_name_on_loopback_needs_sign_in_too()
    {
        Assert.Contains("Salus:BehindProxy", Refused(NoSignIn, ("Salus:BehindProxy:0", "127.0.0.1")), StringComparison.Ordinal);
        Assert.Contains("Salus:Hosts", Refused(NoSignIn, ("Salus:Hosts:0", "record.example.org")), StringComparison.Ordinal);
        Assert.Contains("record.example.org", Read(SignIn, ("Salus:Hosts:0", "record.example.org"), ("Salus:BehindProxy:0", "127.0.0.1")).Names);
    }

    [Theory]
    [InlineData("Salus:BehindProxy:0", "proxy.example.org")]
    [InlineData("Salus:BehindProxy:0", "0.0.0.0/0")]
    [InlineData("Salus:BehindProxy:0", "::/0")]
    [InlineData("Salus:BehindProxy", "10.0.0.5")]
    [InlineData("Salus:Hosts:0", "*")]
    [InlineData("Salus:Hosts:0", "*.example.org")]
    [InlineData("Salus:Hosts:0", "https://record.example.org")]
    [InlineData("Salus:Hosts:0", "record.example.org:443")]
    [InlineData("Salus:AllowedOrigins:0", "*")]
    [InlineData("Salus:AllowedOrigins:0", "null")]
    [InlineData("Salus:AllowedOrigins:0", "https://app.example.org/")]
    [InlineData("Salus:AllowedOrigins:0", "app.example.org")]
    [InlineData("Salus:AllowedOrigins:0", "https://*.example.org")]
    [InlineData("Salus:RedirectPort", "8081")]
    [InlineData("Salus:Tls:Key", "/x.key")]
    [InlineData("FORWARDEDHEADERS_ENABLED", "true")]
    public void What_would_believe_or_admit_too_many_is_refused_by_its_key(string key, string value)
    {
        var message = Refused(SignIn, (key, value));
        Assert.StartsWith(key.TrimEnd('0').TrimEnd(':'), message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void On_all_networks_it_answers_under_its_own_addresses_and_name_or_those_that_are_configured()
    {
        (string, string) all = ("Salus:Address", "0.0.0.0");
        Assert.Contains(Environment.MachineName.ToLowerInvariant(), Read(all, SignIn, Made).Names);
        var named = Read(all, SignIn, Made, ("Salus:Hosts:0", "record.example.org"));
        Assert.Contains("record.example.org", named.Names);
        Assert.DoesNotContain(Environment.MachineName.ToLowerInvariant(), named.Names);
        Assert.DoesNotContain("*", named.Names);
        Assert.DoesNotContain("0.0.0.0", named.Names);
    }

    private static Listening Read(params (string Key, string Value)[] settings) =>
        Listening.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build());

    private static string Refused(params (string Key, string Value)[] settings) => Assert.Throws<CannotStartException>(() => Read(settings)).Message;
}
