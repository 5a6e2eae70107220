using System.Globalization;
using Salus.Fhir.Definitions;
using Salus.Kernel;
using Salus.Records.Storage;

namespace Salus.Records.Update;

/// <summary>What the caller requires of the current version: <c>If-Match</c> and <c>If-None-Match: *</c> (http://hl7.org/fhir/R4/http.html#concurrency).</summary>
/// <param name="Match">The version that has to be current; null for any or none.</param>
/// <param name="NoneMatch">It must not exist.</param>
/// <param name="AnyMatch">It has to exist, in whatever version: <c>If-Match: *</c>.</param>
internal readonly record struct Condition(int? Match, bool NoneMatch, bool AnyMatch = false)
{
    public static readonly Condition None;

    /// <summary>Reads the two headers, or the same-named elements of a bundle entry.</summary>
    public static Outcome<Condition> Parse(string? ifMatch, string? ifNoneMatch)
    {
        int? match = null;
        var any = ifMatch?.Trim() == "*";
        if (!string.IsNullOrEmpty(ifMatch) && !any)
        {
            if (Version(ifMatch) is not { } version)
            {
                return new Failure(FailureKind.Invalid, "value", $"If-Match is '{ifMatch}'; a version looks like W/\"3\", and * is any.", "If-Match");
            }

            match = version;
        }

        if (!string.IsNullOrEmpty(ifNoneMatch) && ifNoneMatch.Trim() != "*")
        {
            return new Failure(FailureKind.NotSupported, "not-supported", $"If-None-Match of a write is '{ifNoneMatch}'; only * is understood, for \"must not exist yet\".", "If-None-Match");
        }

        return new Condition(match, !string.IsNullOrEmpty(ifNoneMatch), any);
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
    public Failure? Check(TypeDefinition type, string id, CurrentRow current) => Check($"{type.Name}/{id}", current);

    /// <param name="name">The resource, or the criteria that find it, for messages.</param>
    /// <param name="current">What is current of it.</param>
    public Failure? Check(string name, CurrentRow current)
    {
        var exists = current.Version > 0 && !current.Deleted;
        if ((AnyMatch && !exists) || (Match is { } match && (!exists || current.Version != match)))
        {
            var now = exists ? $"at version {current.Version}" : "not there";
            return new Failure(
                FailureKind.PreconditionFailed, "conflict", $"{name} is {now}; If-Match asks for {(AnyMatch ? "any version" : $"version {Match}")}. Read it again, then repeat the change.", "If-Match");
        }

        return NoneMatch && exists
            ? new Failure(FailureKind.PreconditionFailed, "duplicate", $"{name} exists already (version {current.Version}), and If-None-Match asks that it must not.", "If-None-Match")
            : null;
    }
}
