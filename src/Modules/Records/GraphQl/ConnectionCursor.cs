using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Salus.Records.GraphQl;

/// <summary>
/// What a Connection answers as <c>next</c>: the search and the place in it. The server keeps nothing; whoever sends one, made by whomever, asks no more than the search that it stands for.
/// </summary>
/// <param name="Type">The type that is searched.</param>
/// <param name="Query">The search as in an address, with <c>_cursor</c>.</param>
internal sealed record ConnectionCursor(string Type, IReadOnlyList<KeyValuePair<string, string>> Query)
{
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(Query.SelectMany(p => new[] { p.Key, p.Value }).Prepend(Type).ToArray()));

    /// <summary>Null when the text is not one.</summary>
    public static ConnectionCursor? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text)) is [{ } type, .. var pairs] && pairs.Length % 2 == 0 && pairs.All(p => p is not null)
                ? new ConnectionCursor(type, [.. pairs.Chunk(2).Select(p => new KeyValuePair<string, string>(p[0], p[1]))])
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or DecoderFallbackException)
        {
            return null;
        }
    }
}
