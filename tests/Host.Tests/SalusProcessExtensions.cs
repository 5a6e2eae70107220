using System.Net;
using System.Text;
using Salus.TestSupport;

namespace Salus.Host.Tests;

/// <summary>What these tests ask of a process.</summary>
internal static class SalusProcessExtensions
{
    public static async Task<HttpStatusCode> PutPatientAsync(this SalusProcess salus, string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/fhir/Patient/{id}", UriKind.Relative))
        {
            Content = new StringContent($$"""{"resourceType":"Patient","id":"{{id}}"}""", Encoding.UTF8, "application/fhir+json"),
        };
        using var response = await salus.SendAsync(request);
        return response.StatusCode;
    }

    /// <summary>Refused with one line that says these things, and a non-zero exit.</summary>
    public static async Task RefusedAsync(this SalusProcess salus, params string[] says)
    {
        var code = await salus.EndAsync();
        Assert.True(code is > 0 and < 128, $"exit code {code}: {string.Join('\n', salus.Errors)}\n{salus.Output()}");
        Assert.True(salus.Errors.Count == 1, $"{salus.Errors.Count} lines:\n{string.Join('\n', salus.Errors)}");
        Assert.DoesNotContain("   at ", salus.Errors[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", salus.Errors[0] + salus.Output(), StringComparison.Ordinal);
        foreach (var part in says)
        {
            Assert.Contains(part, salus.Errors[0], StringComparison.Ordinal);
        }
    }
}
