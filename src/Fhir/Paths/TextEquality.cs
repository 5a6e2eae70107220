using System.Text;
using Salus.Fhir.Definitions;
using Salus.Fhir.Json;

namespace Salus.Fhir.Paths;

/// <summary>Equality of texts as they stand in the document, without making strings of them: what most conditions compare.</summary>
internal static class TextEquality
{
    /// <summary>Null when one of the two is no text of the document, or both are no text.</summary>
    internal static bool? Of(in PathValue left, in PathValue right)
    {
        if (left.Kind == PathKind.Element && IsText(left.Element))
        {
            return right.Kind switch
            {
                PathKind.String => Same(left.Element.Text, right.Text),
                PathKind.Element when IsText(right.Element) => left.Element.Text.SequenceEqual(right.Element.Text),
                _ => null,
            };
        }

        return left.Kind == PathKind.String && right.Kind == PathKind.Element && IsText(right.Element) ? Same(right.Element.Text, left.Text) : null;
    }

    // Dates and times are written as texts, and compared as what they say.
    internal static bool IsText(Element element) => element.Kind == JsonKind.String
        && element.Type is { Kind: TypeKind.Primitive, Primitive: not (PrimitiveKind.Date or PrimitiveKind.DateTime or PrimitiveKind.Instant or PrimitiveKind.Time
            or PrimitiveKind.Boolean or PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt or PrimitiveKind.Decimal) };

    private static bool Same(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length < text.Length || utf8.Length > text.Length * 3)
        {
            return false;
        }

        return utf8.Length == text.Length && Ascii.IsValid(utf8)
            ? Ascii.Equals(utf8, text)
            : string.Equals(Encoding.UTF8.GetString(utf8), text, StringComparison.Ordinal);
    }
}
