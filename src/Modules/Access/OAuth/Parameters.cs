using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Salus.Kernel;

namespace Salus.Access.OAuth;

/// <summary>The parameters of a request, each of them once.</summary>
internal sealed class Parameters
{
    private const int MostBytes = 65_536;
    private const int LongestValue = 16_384;

    private readonly Dictionary<string, string> values;

    private Parameters(Dictionary<string, string> values) => this.values = values;

    public IReadOnlyDictionary<string, string> All => values;

    /// <summary>A parameter; null when it is missing or empty (RFC 6749, section 3.1: without a value counts as left out).</summary>
    public string? this[string name] => values.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>Of the query.</summary>
    public static Answer<Parameters> Of(IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in query)
        {
            // RFC 6749, sections 3.1 and 3.2: a parameter comes once. Two of them are how one check reads the first and the next one the second.
            if (value.Count != 1 || !values.TryAdd(name, value[0] ?? ""))
            {
                return OAuthError.Request($"The parameter {Shown(name)} is there more than once.");
            }

            if (!Texts.IsStorable(name) || !Texts.IsStorable(value[0] ?? ""))
            {
                return OAuthError.Request($"The parameter {Shown(name)} {Texts.Unstorable}");
            }

            if (value[0] is { Length: > LongestValue })
            {
                return OAuthError.Request($"The parameter {Shown(name)} is longer than {LongestValue} characters.");
            }
        }

        return new Parameters(values);
    }

    /// <summary>Of a form (RFC 6749, section 3.2: POST, application/x-www-form-urlencoded). Nothing in the query: that would stand in logs (OAuth 2.1, section 3.2).</summary>
    public static async Task<Answer<Parameters>> OfFormAsync(HttpContext http)
    {
        if (http.Request.Query.Count > 0)
        {
            return OAuthError.Request("Parameters belong into the body of the request, not into its address.");
        }

        if (http.Request.ContentType?.Split(';')[0].Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return OAuthError.Request("The body has to be application/x-www-form-urlencoded.");
        }

        try
        {
            var form = await http.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = MostBytes, ValueCountLimit = 64, KeyLengthLimit = 256, ValueLengthLimit = LongestValue }, http.RequestAborted);
            return Of(form);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return OAuthError.Request("The body is no form, or is too large.");
        }
    }

    private static string Shown(string name) => name.Length <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? name : "of that name";
}
