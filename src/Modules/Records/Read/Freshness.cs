using Salus.Records.Http;
using Salus.Records.Update;

namespace Salus.Records.Read;

/// <summary>conditional read (http://hl7.org/fhir/R4/http.html#cread): whether the client has what would be answered.</summary>
/// <param name="IfNoneMatch">ETags that it has, separated by commas, or <c>*</c>; null for none.</param>
/// <param name="IfModifiedSince">The time of what it has. Not looked at beside <paramref name="IfNoneMatch"/> (RFC 9110, section 13.1.3).</param>
internal readonly record struct Freshness(string? IfNoneMatch, DateTimeOffset? IfModifiedSince)
{
    public bool IsCurrent(Reply reply)
    {
        if (reply is not { Status: 200, Version: { } version })
        {
            return false;
        }

        return IfNoneMatch is { } etags
            ? etags.Split(',').Any(e => e.Trim() == "*" || Condition.Version(e) == version)
            : IfModifiedSince is { } since && reply.LastModified <= since;
    }

    /// <summary>The answer without its body when the client has it.</summary>
    public Reply Of(Reply reply) => IsCurrent(reply) ? reply with { Status = 304, Body = default } : reply;
}
