using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;
using Salus.Fhir.Search;
using Salus.Kernel;

namespace Salus.Records.Sealing;

/// <summary>A body as it is stored, where that differs from how it is served.</summary>
internal sealed record SealedForm(ResourceDocument Document, int StampOffset);

/// <summary>A stored body sealed again.</summary>
/// <param name="Otherwise">Whether it is found by other words than before, and shows otherwise in views.</param>
internal sealed record ResealedForm(ResourceDocument Document, bool Otherwise);

/// <summary>
/// Seals marked values on their way into the database and opens them on their way out: <see cref="Open(SealPlace, byte[])"/> stands wherever a body is read for anything but its index. docs/sealing.md.
/// Safe for all threads.
/// </summary>
internal sealed class Seals(SealKeys keys, FhirDefinitions definitions, SearchParameterSet parameters)
{
    /// <summary>Null where nothing is sealed: there are no rules, or no place for keys.</summary>
    private SealRules? Rules => keys.Rules;

    /// <summary>Null, or that a resource has a text that looks like a sealed value: nobody could tell it from one afterwards.</summary>
    public static Failure? Forged(ResourceDocument document)
    {
        var text = document.Utf8.Span;
        return text.IndexOf(SealedToken.PrefixUtf8) < 0 && text.IndexOf("\\u00"u8) < 0 ? null
            : MarkedElements.Starting(document, SealedToken.PrefixUtf8) is [var first, ..]
            ? new Failure(FailureKind.Unprocessable, "value", $"A text may not begin with '{SealedToken.Prefix}': so begins what stands in the record for a sealed value. Change it.", first.Path)
            : null;
    }

    /// <summary>The form in which a resource is stored; null when it is the one in which it is served.</summary>
    /// <param name="stored">The resource with id and version.</param>
    /// <param name="stampOffset">Where its time stands.</param>
    public SealedForm? Seal(Tenant tenant, string id, ResourceDocument stored, int stampOffset)
    {
        if (Rules is not { } rules || !SealRules.Concern(stored.Type.Name) || rules.Marks.Find(stored) is not { Count: > 0 } found)
        {
            return null;
        }

        var (place, ring) = (new SealPlace(tenant, stored.Type.Name, id), keys.Ring);
        var tokens = found.Select(text => (text, Bytes: Token(ring, place, text))).ToList();
        var shift = tokens.Where(t => t.text.Start < stampOffset).Sum(t => t.Bytes.Length - t.text.Value.RawUtf8.Length);
        return new SealedForm(Read(Replace(stored, tokens)), stampOffset + shift);
    }

    /// <summary>A stored body as it is served.</summary>
    /// <exception cref="UnsealedException">A value cannot be opened: its key is missing, or it was changed or comes from elsewhere.</exception>
    public byte[] Open(SealPlace place, byte[] body)
    {
        if (!SealedToken.MayBeIn(body))
        {
            return body;
        }

        var document = Read(body);
        var found = MarkedElements.Starting(document, SealedToken.PrefixUtf8);
        return found.Count == 0 ? body : Replace(document, [.. found.Select(text => (text, Plain(place, text)))]);
    }

    /// <summary>
    /// A stored body for tables that others read: in place of what is sealed, or is to be, <c>sealed:</c> and the hash; or the plain values, where the options allow that.
    /// </summary>
    public byte[] Veil(SealPlace place, byte[] body)
    {
        if (keys.PlainInViews)
        {
            return Open(place, body);
        }

        if (Rules is null && !SealedToken.MayBeIn(body))
        {
            return body;
        }

        var document = Read(body);
        var sealing = MarkedElements.Starting(document, SealedToken.PrefixUtf8).Select(text => (text, Veil(SealedToken.Word(text.Value.AsString()!)[1..])));
        // What was stored before it was to be sealed.
        var plain = Rules is { } rules && SealRules.Concern(place.Type) ? rules.Marks.Find(document).Where(t => !t.Value.Text.StartsWith(SealedToken.PrefixUtf8)).Select(text => (text, Veil(keys.Ring.Hash(text.Value.AsString()!)))) : [];
        var all = sealing.Concat(plain).OrderBy(t => t.text.Start).ToList();
        return all.Count == 0 ? body : Replace(document, all);
    }

    /// <summary>A stored body sealed by the rules and keys of now; null when it is so already.</summary>
    /// <exception cref="UnsealedException">A value cannot be opened.</exception>
    public ResealedForm? Again(SealPlace place, byte[] body)
    {
        var mayBe = SealedToken.MayBeIn(body);
        if (!mayBe && (Rules is null || !SealRules.Concern(place.Type)))
        {
            return null;
        }

        var document = Read(body);
        var marked = Rules is { } rules && SealRules.Concern(place.Type) ? rules.Marks.Find(document) : [];
        var starts = marked.Select(m => m.Start).ToHashSet();
        var found = mayBe ? MarkedElements.Starting(document, SealedToken.PrefixUtf8).ToDictionary(t => t.Start) : [];
        var ring = keys.Ring;
        var changes = new List<(MarkedText, byte[])>();
        var otherwise = false;
        foreach (var text in marked.Concat(found.Values.Where(t => !starts.Contains(t.Start))).OrderBy(t => t.Start))
        {
            if (!found.ContainsKey(text.Start))
            {
                otherwise = true;
                changes.Add((text, Token(ring, place, text)));
            }
            else if (Plain(place, text) is var plain && !starts.Contains(text.Start))
            {
                otherwise = true;
                changes.Add((text, plain));
            }
            else if (SealedToken.TryParse(text.Value.Text, out var token) && ring.Hash(Text(plain)) is var hash && (token.Value.Key != ring.Newest.Id || token.Value.Hash != hash))
            {
                otherwise |= token.Value.Hash != hash;
                changes.Add((text, Token(ring, place, text.Path, plain)));
            }
        }

        return changes.Count == 0 ? null : new ResealedForm(Read(Replace(document, changes)), otherwise);
    }

    /// <summary>The words under which a value may stand in the index beside its own, because it may be sealed.</summary>
    public IEnumerable<string> Words(ResourceParameter? parameter, string text) =>
        parameter is not null && Rules?.MayFind(parameter, parameters.Current.IsAdded(parameter)) == true ? keys.Ring.HashesOf(text).Select(SealedToken.HashWord) : [];

    private byte[] Plain(SealPlace place, MarkedText text)
    {
        if (!SealedToken.TryParse(text.Value.Text, out var token))
        {
            throw new UnsealedException($"{text.Path} of {place.Type}/{place.Id} was changed in the database: it begins like a sealed value and is none. Restore the resource from a backup.");
        }

        return SealCipher.Open(keys.Find(token.Value.Key, place), token.Value.Secret, place.Bind(text.Path, token.Value.Hash))
            ?? throw new UnsealedException($"{text.Path} of {place.Type}/{place.Id} cannot be opened with key '{token.Value.Key}': the value was changed in the database, or belongs to another resource. Restore the resource from a backup.");
    }

    private static byte[] Token(KeyRing ring, SealPlace place, MarkedText text) => Token(ring, place, text.Path, text.Value.RawUtf8);

    // What is sealed is the text as it was sent, escapes included, so that it is served so again; the hash is of what it means.
    private static byte[] Token(KeyRing ring, SealPlace place, string path, ReadOnlySpan<byte> raw)
    {
        var hash = ring.Hash(Text(raw));
        return Encoding.ASCII.GetBytes(new SealedToken(ring.Newest.Id, hash, SealCipher.Seal(ring.Newest, raw, place.Bind(path, hash))).ToString());
    }

    private static string Text(ReadOnlySpan<byte> raw) => raw.Contains((byte)'\\') ? System.Text.Json.JsonSerializer.Deserialize<string>([(byte)'"', .. raw, (byte)'"'])! : Encoding.UTF8.GetString(raw);

    private static byte[] Veil(string hash) => Encoding.ASCII.GetBytes($"sealed:{hash}");

    private ResourceDocument Read(byte[] body) => ResourceReader.TryRead(body, definitions, out var document, out var issue)
        ? document
        : throw new UnsealedException($"A stored resource with sealed values cannot be read: {issue.Message}");

    private static byte[] Replace(ResourceDocument document, IReadOnlyList<(MarkedText Text, byte[] By)> changes)
    {
        var source = document.Utf8.Span;
        var result = new byte[source.Length + changes.Sum(c => c.By.Length - c.Text.Value.RawUtf8.Length)];
        var (from, to) = (0, 0);
        foreach (var (text, by) in changes)
        {
            source[from..text.Start].CopyTo(result.AsSpan(to));
            to += text.Start - from;
            by.CopyTo(result, to);
            to += by.Length;
            from = text.Start + text.Value.RawUtf8.Length;
        }

        source[from..].CopyTo(result.AsSpan(to));
        return result;
    }
}
