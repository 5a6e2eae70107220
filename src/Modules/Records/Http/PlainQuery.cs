using Salus.Kernel;

namespace Salus.Records.Http;

/// <summary>
/// The query of a read or write of one resource (http://hl7.org/fhir/R4/http.html#parameters). It has no criteria: one that was read over, as in
/// <c>POST Patient?identifier=1</c>, would store or answer something else than the client means.
/// </summary>
internal static class PlainQuery
{
    private static readonly string[] OfWrites = ["_format", "_pretty"];
    private static readonly string[] OfReads = [.. OfWrites, "_summary", "_elements"];

    /// <summary>Null, or a refusal of the first parameter that says nothing here.</summary>
    /// <param name="method">GET for reads, otherwise that of the write.</param>
    /// <param name="target">What the request is about: <c>Patient</c>, <c>Patient/[id]</c>.</param>
    public static Failure? Refuse(string method, string target, IEnumerable<KeyValuePair<string, string>> query)
    {
        var known = method == "GET" ? OfReads : OfWrites;
        if (query.FirstOrDefault(p => !known.Contains(p.Key)) is not { Key: { } other })
        {
            return null;
        }

        var name = other.Length <= 64 ? other : other[..64] + "…";
        return new Failure(
            FailureKind.NotSupported, "not-supported",
            $"{method} {target} has no parameter '{name}'. Known are: {string.Join(", ", known)}. {Hint(method, target)}(Prefer: handling=lenient leaves unknown ones out.)", name);
    }

    private static string Hint(string method, string target) => (method, target.Split('/')[0]) switch
    {
        ("POST", var type) => $"A conditional create of {type} has its criteria in the header If-None-Exist. ",
        ("GET", var type) => $"A search is GET {type}?... ",
        ("PUT" or "PATCH" or "DELETE", var type) => $"A conditional {method} has its criteria behind the type alone: {type}?... ",
        _ => "",
    };
}
