using System.Globalization;
using System.Text;
using Salus.Fhir.Search;

namespace Salus.Records.Storage;

/// <summary>
/// What is compared for equality, as words of <c>records.current.exact</c>, a tsvector: <c>parameter:code</c>, and with the number of its code system or,
/// negative, of its target's type behind U+001F. PostgreSQL finds a word or all words that start alike through one inverted index.
/// </summary>
internal static class Lexeme
{
    /// <summary>Stands between a code and its system.</summary>
    public const char Separator = '\u001f';

    /// <summary>Stands between the words of one resource on their way to the database.</summary>
    public const char Between = '\u001e';

    /// <summary>The most bytes that the words of one resource may have together: PostgreSQL's limit of a tsvector is 1 MB.</summary>
    public const int MaxBytes = 1_000_000;

    // The number of a parameter with its colon, and what stands between two words.
    private const int MaxNumber = 13;

    /// <summary>How every word of a parameter starts.</summary>
    public static string Start(int parameter) => string.Create(CultureInfo.InvariantCulture, $"{parameter}:");

    /// <summary>The code with whatever system.</summary>
    public static string Of(int parameter, string code) => string.Create(CultureInfo.InvariantCulture, $"{parameter}:{Clean(code)}");

    /// <summary>The code with this system; a reference has the negative number of its target's type; 0 stands for a code without system.</summary>
    public static string Of(int parameter, string code, int system) => string.Create(CultureInfo.InvariantCulture, $"{parameter}:{Clean(code)}{Separator}{system}");

    /// <summary>All words of a resource, joined. Its code systems must be known to the catalog.</summary>
    public static string Join(SearchValues values, Catalog catalog)
    {
        var words = new StringBuilder(32 * (values.Tokens.Count + values.References.Count + values.Uris.Count));
        foreach (var token in values.Tokens)
        {
            var parameter = catalog.Number(token.Parameter);
            Both(words, parameter, token.Code, catalog.System(token.System));
        }

        foreach (var uri in values.Uris)
        {
            Both(words, catalog.Number(uri.Parameter), uri.Uri, 0);
        }

        foreach (var reference in values.References)
        {
            if (reference is { TargetType: { } type, TargetId: { } id })
            {
                Add(words, catalog.Number(reference.Parameter), id, -catalog.Number(type));
            }
            else if (reference.Url is { } url)
            {
                Both(words, catalog.Number(reference.Parameter), url, 0);
                if (reference.Version is { } version)
                {
                    Add(words, catalog.Number(reference.Parameter, Facet.Version), $"{url}|{version}", null);
                }
            }

            if (reference.IdentifierValue is { } identifier)
            {
                Both(words, catalog.Number(reference.Parameter, Facet.Identifier), identifier, catalog.System(reference.IdentifierSystem));
            }
        }

        foreach (var identifier in values.TypedIdentifiers)
        {
            Add(words, catalog.Number(identifier.Parameter, Facet.OfType), OfType(catalog.System(identifier.TypeSystem), identifier.TypeCode, identifier.Value), null);
        }

        Texts(words, values, catalog);
        return words.ToString();
    }

    /// <summary>The code of an identifier with its type: the number of the type's system, its code and the value.</summary>
    // With the length of the code, as any sign that could stand between them may also stand in them.
    public static string OfType(int system, string code, string value) => FoldedText.Code(string.Create(CultureInfo.InvariantCulture, $"{system}|{code.Length}|{code}|{value}"));

    // They take the room that the codes leave: a list of 20,000 references must not be refused because each has a name as well. What finds no room is not found by ":text".
    private static void Texts(StringBuilder words, SearchValues values, Catalog catalog)
    {
        const int MostBytesOfSign = 3;
        var bytes = MostBytesOfSign * words.Length;
        bytes = bytes > MaxBytes / 2 ? Encoding.UTF8.GetByteCount(words.ToString()) : bytes;
        foreach (var text in values.Texts)
        {
            if (IndexContents.IsUnion(text.Parameter) || FoldedText.Fold(text.Text) is not { Length: > 0 } folded)
            {
                continue;
            }

            bytes += (MostBytesOfSign * folded.Length) + MaxNumber;
            if (bytes > MaxBytes)
            {
                return;
            }

            Add(words, catalog.Number(text.Parameter, Facet.Text), folded, null);
        }
    }

    private static void Both(StringBuilder words, int parameter, string code, int system)
    {
        Add(words, parameter, code, null);
        Add(words, parameter, code, system);
    }

    private static void Add(StringBuilder words, int parameter, string code, int? system)
    {
        if (words.Length > 0)
        {
            words.Append(Between);
        }

        words.Append(CultureInfo.InvariantCulture, $"{parameter}:").Append(Clean(code));
        if (system is { } number)
        {
            words.Append(Separator).Append(CultureInfo.InvariantCulture, $"{number}");
        }
    }

    /// <summary>A code as words hold it.</summary>
    // FHIR has no control characters in codes; where validation is off, they must not look like ours.
    public static string Clean(string code)
    {
        code = FoldedText.Code(code);
        return code.AsSpan().IndexOfAny(Between, Separator) < 0 ? code : code.Replace(Between, '\ufffd').Replace(Separator, '\ufffd');
    }
}
