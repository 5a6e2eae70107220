using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Update;

/// <summary>What the caller requires of the current version: <c>If-Match</c> and <c>If-None-Match: *</c> (http://hl7.org/fhir/R4/http.html#concurrency).</summary>
internal readonly record struct Condition(int? Match, bool NoneMatch)
{
    public static readonly Condition None;

    /// <summary>Reads the two headers, or the same-named elements of a bundle entry.</summary>
    public static Outcome<Condition> Parse(string? ifMatch, string? ifNoneMatch)
    {
        int? match = null;
        if (!string.IsNullOrEmpty(ifMatch))
        {
            if (Version(ifMatch) is not { } version)
            {
                return new Failure(FailureKind.Invalid, "value", $"If-Match is '{ifMatch}'; a version looks like W/\"3\".", "If-Match");
            }

            match = version;
        }

        if (!string.IsNullOrEmpty(ifNoneMatch) && ifNoneMatch.Trim() != "*")
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"If-None-Match of a write is '{ifNoneMatch}'; only * is understood, for \"must not exist yet\".", "If-None-Match");
        }

        return new Condition(match, !string.IsNullOrEmpty(ifNoneMatch));
    }

    /// <summary>The version of an ETag such as <c>W/"3"</c>, or null.</summary>
    public static int? Version(string etag)
    {
        var text = etag.AsSpan().Trim();
        text = text.StartsWith("W/") ? text[2..] : text;
        text = text.Length > 1 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    /// <summary>Null, or why the condition does not hold.</summary>
    public Failure? Check(TypeDefinition type, string id, CurrentRow current)
    {
        var exists = current.Version > 0 && !current.Deleted;
        if (Match is { } match && (!exists || current.Version != match))
        {
            var now = exists ? $"at version {current.Version}" : "not there";
            return new Failure(FailureKind.PreconditionFailed, "conflict", $"{type.Name}/{id} is {now}; If-Match asks for version {match}. Read it again, then repeat the change.", "If-Match");
        }

        return NoneMatch && exists
            ? new Failure(FailureKind.PreconditionFailed, "duplicate", $"{type.Name}/{id} exists already (version {current.Version}), and If-None-Match asks that it must not.", "If-None-Match")
            : null;
    }
}
