namespace Salus.Access.Jose;

/// <summary>The signature algorithms that Salus knows (RFC 7518, section 3.1). There is no way to name another one.</summary>
internal enum JwsAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256: everything that Salus signs itself.</summary>
    ES256,
    /// <summary>ECDSA on P-384 with SHA-384: assertions of clients.</summary>
    ES384,
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-384: assertions of clients.</summary>
    RS384,
}

/// <summary>The allow-lists. What verifies chooses one; a token never does.</summary>
internal static class JwsAlgorithms
{
    /// <summary>For our own tokens.</summary>
    public static readonly IReadOnlyList<JwsAlgorithm> Own = [JwsAlgorithm.ES256];

    /// <summary>For assertions of clients: those that SMART App Launch 2.2 requires of a server (client-confidential-asymmetric).</summary>
    public static readonly IReadOnlyList<JwsAlgorithm> OfClients = [JwsAlgorithm.ES384, JwsAlgorithm.RS384];

    /// <summary>The algorithm of a header's <c>alg</c>, case-sensitive; null for all others.</summary>
    public static JwsAlgorithm? Parse(string? alg) => alg switch
    {
        "ES256" => JwsAlgorithm.ES256,
        "ES384" => JwsAlgorithm.ES384,
        "RS384" => JwsAlgorithm.RS384,
        _ => null,
    };
}
