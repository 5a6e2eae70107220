using System.Text;
using Salus.Access.Jose;

namespace Salus.Access.Tests.Jose;

/// <summary>Texts that are nearly a token. The same for the same random numbers.</summary>
internal static class Mutations
{
    private const string Characters = "ABCabc019-_.=+/ \n\0\u00e9{}[]\":,\\";
    private static readonly string[] Pieces = ["\"alg\":\"none\"", "\"kid\":null", "\\ud800", "{", "}", "[[[[[[[[[[", "\"crit\":[]", "1e999", "-0", "null", "\u0000", "\"\\u0061lg\":\"none\"", ",", "\ud83d\ude00"];

    /// <summary>A changed token.</summary>
    public static string Next(Random random, string token, string header, string claims)
    {
        var parts = token.Split('.');
        return random.Next(6) switch
        {
            0 => Characterwise(random, token),
            1 => token[..random.Next(token.Length)],
            2 => $"{Encode(Json(random, header))}.{parts[1]}.{parts[2]}",
            3 => $"{parts[0]}.{Encode(Json(random, claims))}.{parts[2]}",
            4 => string.Join('.', parts.Select(_ => parts[random.Next(3)])) + (random.Next(2) == 0 ? "." : ""),
            _ => $"{parts[0]}.{parts[1]}.{StrictBase64Url.Encode(Bytes(random))}",
        };
    }

    /// <summary>Changed JSON, often none any more.</summary>
    public static string Json(Random random, string json)
    {
        var at = random.Next(json.Length);
        return random.Next(4) switch
        {
            0 => json.Insert(at, Pieces[random.Next(Pieces.Length)]),
            1 => json.Remove(at, Math.Min(random.Next(1, 12), json.Length - at)),
            2 => Characterwise(random, json),
            _ => json.Insert(1, $"{Pieces[random.Next(Pieces.Length)]},"),
        };
    }

    private static string Characterwise(Random random, string text)
    {
        var builder = new StringBuilder(text);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            builder[random.Next(builder.Length)] = Characters[random.Next(Characters.Length)];
        }

        return builder.ToString();
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(0, 130)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Encode(string json) => StrictBase64Url.Encode(Encoding.UTF8.GetBytes(json));
}
