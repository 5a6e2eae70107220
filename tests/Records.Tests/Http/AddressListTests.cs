using Salus.Kernel;
using Salus.Records.Http;

namespace Salus.Records.Tests.Http;

/// <summary>Which addresses are below those that a setting lists.</summary>
public sealed class AddressListTests
{
    private static readonly AddressList Addresses = new("Setting", ["https://h.example.org/fhir", "http://127.0.0.1", "http://127.0.0.1:81/a/"], anyPortOfLoopback: true);

    [Theory]
    [InlineData("https://h.example.org/fhir", true)]
    [InlineData("https://H.example.org:443/fhir/x?y=z", true)]
    [InlineData("https://h.example.org/fhirs", false)]
    [InlineData("https://h.example.org/", false)]
    [InlineData("https://h.example.org:444/fhir", false)]
    [InlineData("http://h.example.org/fhir", false)]
    [InlineData("https://h.example.org/fhir/../admin", false)]
    [InlineData("https://h.example.org/fhir/%2e%2e/admin", false)]
    [InlineData("https://h.example.org/fhir/..%2fadmin", false)]
    [InlineData("https://h.example.org/fhir/..%5Cadmin", false)]
    [InlineData("https://u:p@h.example.org/fhir/x", false)]
    [InlineData("https://h.example.org.evil.example/fhir", false)]
    [InlineData("http://127.0.0.1:8081/anything", true)]
    [InlineData("ftp://127.0.0.1/anything", false)]
    public void An_address_is_covered_when_it_is_below_one_of_the_list(string address, bool covered) => Assert.Equal(covered, Addresses.Covers(new Uri(address)));

    [Fact]
    public void A_port_that_is_named_is_that_port_and_without_the_flag_every_port_is()
    {
        Assert.False(new AddressList("Setting", ["http://127.0.0.1:81"], anyPortOfLoopback: true).Covers(new Uri("http://127.0.0.1:82/")));
        Assert.False(new AddressList("Setting", ["http://127.0.0.1"], anyPortOfLoopback: false).Covers(new Uri("http://127.0.0.1:82/")));
        Assert.True(new AddressList("Setting", ["http://127.0.0.1"], anyPortOfLoopback: false).Covers(new Uri("http://127.0.0.1/x")));
    }

    [Theory]
    [InlineData("https://a:b")]
    [InlineData("files.example.org")]
    [InlineData("file:///etc")]
    [InlineData("https://h.example.org/a?b=c")]
    [InlineData("https://u:p@h.example.org/")]
    public void What_is_not_the_beginning_of_an_address_stops_the_start_with_the_setting(string text)
    {
        var error = Assert.Throws<CannotStartException>(() => new AddressList("Salus:Records:ImportSources", [text], anyPortOfLoopback: false));
        Assert.Contains("Salus:Records:ImportSources", error.Message, StringComparison.Ordinal);
    }
}
