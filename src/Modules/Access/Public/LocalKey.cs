using System.Security.Cryptography;
using System.Text;

namespace Salus.Access;

/// <summary>
/// What lets the commands of this machine's administrator call the server of their data folder: a bearer token that is new at each start. The server writes it into a
/// file that only its own account may read, and takes it from the loopback address alone.
/// </summary>
public sealed class LocalKey
{
    private const string Prefix = "salus-local-";
    private readonly byte[] expected;

    /// <summary>A new key.</summary>
    public LocalKey()
    {
        Token = Prefix + Secret.New();
        expected = Encoding.ASCII.GetBytes(Token);
    }

    /// <summary>The token; a secret.</summary>
    public string Token { get; }

    /// <summary>Whether a text has the form of such a token, of whatever start.</summary>
    public static bool IsOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is the token of this start. Takes the same time for every text of its length.</summary>
    public bool Is(string text) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(text), expected);
}
