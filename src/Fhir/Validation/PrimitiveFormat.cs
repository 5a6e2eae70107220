using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Salus.Fhir.Definitions;

namespace Salus.Fhir.Validation;

/// <summary>The formats of the primitive types over UTF-8 (http://hl7.org/fhir/R4/datatypes.html#primitive). Scanners by hand: this runs for every value.</summary>
internal static class PrimitiveFormat
{
    /// <summary>
    /// R4 asks to keep 18 digits; measured values written from binary floating point have 17. Far longer numbers are refused
    /// because some reader behind this one would have to expand them.
    /// </summary>
    private const int MostDigits = 64;

    /// <summary>The range of a double, which R4 names as one form of decimal.</summary>
    private const int GreatestExponent = 308;

    private static readonly SearchValues<byte> IdBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);
    private static readonly SearchValues<byte> UuidBytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> UuidBytesAnyCase = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>Whether the text of a value, escapes resolved, has the format of its type. Not for booleans and long texts.</summary>
    internal static bool IsValid(PrimitiveKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        PrimitiveKind.Code => IsCode(text),
        PrimitiveKind.Id => IsId(text),
        PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical => IsUri(text),
        PrimitiveKind.Oid => IsOid(text),
        PrimitiveKind.Uuid => IsUuid(text, anyCase: false),
        PrimitiveKind.Date => DateFormat.IsDate(text),
        PrimitiveKind.DateTime => DateFormat.IsDateTime(text),
        PrimitiveKind.Instant => DateFormat.IsInstant(text),
        PrimitiveKind.Time => DateFormat.IsTime(text),
        PrimitiveKind.Decimal => IsDecimal(text),
        PrimitiveKind.Integer => IsInteger(text, int.MinValue),
        PrimitiveKind.UnsignedInt => IsInteger(text, 0),
        PrimitiveKind.PositiveInt => IsInteger(text, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No format of its own."),
    };

    /// <summary>What JSON writes for the type.</summary>
    internal static string JsonType(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Boolean => "true or false, without quotes",
        PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal => "a JSON number, without quotes",
        _ => "a JSON string",
    };

    /// <summary>What would be right, for a message: "'x' is not ...".</summary>
    internal static string Expectation(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.Code => "a code: no white space at its ends, single blanks inside",
        PrimitiveKind.Id => "an id: 1 to 64 of A-Z, a-z, 0-9, - and .",
        PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical => "a URI: not empty, no white space (write a blank as %20)",
        PrimitiveKind.Oid => "an OID, such as urn:oid:1.2.840.113619",
        PrimitiveKind.Uuid => "a UUID in small letters, such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        PrimitiveKind.Date => "a date of the calendar: YYYY, YYYY-MM or YYYY-MM-DD, such as 1974-12-25",
        PrimitiveKind.DateTime => "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD, or with time, seconds and zone such as 2015-02-07T13:28:17+01:00",
        PrimitiveKind.Instant => "an instant: date, time with seconds, and zone, such as 2015-02-07T13:28:17.239+02:00",
        PrimitiveKind.Time => "a time of day with seconds and no zone, such as 14:35:00",
        PrimitiveKind.Decimal => $"a decimal: at most {MostDigits} digits, exponent from -{GreatestExponent} to {GreatestExponent}",
        PrimitiveKind.Integer => "an integer from -2147483648 to 2147483647, without point and exponent",
        PrimitiveKind.UnsignedInt => "an integer from 0 to 2147483647, without point and exponent",
        PrimitiveKind.PositiveInt => "an integer from 1 to 2147483647, without point and exponent",
        PrimitiveKind.Base64Binary => "base64: groups of four characters, padded with =",
        PrimitiveKind.Xhtml => "XHTML in one div: <div xmlns=\"http://www.w3.org/1999/xhtml\">...</div>",
        _ => "right",
    };

    internal static bool IsId(ReadOnlySpan<byte> text) => text.Length is > 0 and <= 64 && text.IndexOfAnyExcept(IdBytes) < 0;

    internal static bool IsUri(ReadOnlySpan<byte> text) => !text.IsEmpty && !HasSpace(text);

    internal static bool IsCode(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == (byte)' ' || text[^1] == (byte)' ' || text.IndexOf("  "u8) >= 0)
        {
            return false;
        }

        return text.IndexOfAnyInRange((byte)0, (byte)31) < 0;
    }

    internal static bool IsUuid(ReadOnlySpan<byte> text, bool anyCase)
    {
        if (text.Length != 45 || !text.StartsWith("urn:uuid:"u8))
        {
            return false;
        }

        var digits = text[9..];
        var allowed = anyCase ? UuidBytesAnyCase : UuidBytes;
        return digits[8] == '-' && digits[13] == '-' && digits[18] == '-' && digits[23] == '-'
            && digits[..8].IndexOfAnyExcept(allowed) < 0 && digits[9..13].IndexOfAnyExcept(allowed) < 0 && digits[14..18].IndexOfAnyExcept(allowed) < 0
            && digits[19..23].IndexOfAnyExcept(allowed) < 0 && digits[24..].IndexOfAnyExcept(allowed) < 0;
    }

    internal static bool IsOid(ReadOnlySpan<byte> text)
    {
        // urn:oid: then 0, 1 or 2 and at least one more arc; no arc has a leading zero.
        if (!text.StartsWith("urn:oid:"u8) || text.Length < 11 || text[8] is < (byte)'0' or > (byte)'2' || text[9] != (byte)'.')
        {
            return false;
        }

        var arcs = text[10..];
        foreach (var range in arcs.Split((byte)'.'))
        {
            var arc = arcs[range];
            if (arc.IsEmpty || (arc.Length > 1 && arc[0] == (byte)'0') || arc.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The JSON reader has already refused what is no number.</summary>
    private static bool IsDecimal(ReadOnlySpan<byte> text)
    {
        var exponent = text.IndexOfAny((byte)'e', (byte)'E');
        var digits = exponent < 0 ? text.Length : exponent;
        return digits <= MostDigits + 2 && (exponent < 0 || IsExponent(text[(exponent + 1)..]));
    }

    private static bool IsExponent(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text[0] == (byte)'+' ? text[1..] : text, out int exponent, out var used)
        && used == text.Length - (text[0] == (byte)'+' ? 1 : 0) && Math.Abs((long)exponent) <= GreatestExponent;

    private static bool IsInteger(ReadOnlySpan<byte> text, int least) =>
        Utf8Parser.TryParse(text, out int value, out var used) && used == text.Length && value >= least && !(value == 0 && text[0] == (byte)'-');

    private static bool HasSpace(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyInRange((byte)0, (byte)32) >= 0)
        {
            return true;
        }

        if (Ascii.IsValid(text))
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out var rune, out var used);
            if (Rune.IsWhiteSpace(rune))
            {
                return true;
            }

            text = text[used..];
        }

        return false;
    }
}
