using System.Security.Cryptography;
using System.Text;

namespace Salus.Kernel;

/// <summary>
/// The password of a role, derived from the owner's: every process that may be the owner arrives at the same one, and none is stored. Only the role's
/// name and the secret go in, so a role's password tells nothing of another's.
/// </summary>
internal static class RolePassword
{
    private const int Iterations = 4096;
    private const int Bytes = 32;

    /// <summary>HKDF-SHA256 (RFC 5869), as 64 hexadecimal digits.</summary>
    public static string Of(string secret, string role) => Convert.ToHexStringLower(Derive(secret, "salus role password ", role, Bytes));

    /// <summary>
    /// What PostgreSQL keeps instead of the password (SCRAM-SHA-256, RFC 5803): it can be shown and logged, because it cannot be turned back, the password
    /// being 256 bits that nobody can guess. The salt is derived too, so that the same SQL comes out each time.
    /// </summary>
    public static string Verifier(string secret, string role)
    {
        var salt = Derive(secret, "salus role salt ", role, 16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Of(secret, role), salt, Iterations, HashAlgorithmName.SHA256, Bytes);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }

    private static byte[] Derive(string secret, string purpose, string role, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), length, info: Encoding.UTF8.GetBytes(purpose + role));
}
