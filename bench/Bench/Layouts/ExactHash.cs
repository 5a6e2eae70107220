using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Salus.Fhir.Search;
using Salus.Records.Storage;

namespace Salus.Bench.Layouts;

/// <summary>
/// What stands for a token, reference or URI in the hashed layouts: the start of a SHA-256 over tenant, parameter and text. A token has two, with and
/// without its system; a reference one, a URI one.
/// </summary>
internal static class ExactHash
{
    public static Guid Of(int tenant, int parameter, string text)
    {
        Span<byte> input = stackalloc byte[8 + 2048];
        var length = Encoding.UTF8.GetByteCount(text);
        input = length > 2048 ? new byte[8 + length] : input[..(8 + length)];
        BinaryPrimitives.WriteInt32LittleEndian(input, tenant);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], parameter);
        Encoding.UTF8.GetBytes(text, input[8..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input, hash);
        return new Guid(hash[..16]);
    }

    /// <summary>The first 64 bits.</summary>
    public static long Short(Guid hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        hash.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public static string Token(string? system, string code) => string.Create(CultureInfo.InvariantCulture, $"{system}|{code}");

    /// <summary>The hashes of one resource, each once.</summary>
    public static HashSet<Guid> All(int tenant, SearchValues values, Catalog catalog)
    {
        var all = new HashSet<Guid>();
        foreach (var token in values.Tokens)
        {
            var parameter = catalog.Number(token.Parameter);
            all.Add(Of(tenant, parameter, Token(token.System, token.Code)));
            all.Add(Of(tenant, parameter, token.Code));
        }

        foreach (var uri in values.Uris)
        {
            all.Add(Of(tenant, catalog.Number(uri.Parameter), uri.Uri));
        }

        foreach (var reference in values.References)
        {
            if ((reference.TargetId is { } id ? $"{reference.TargetType}/{id}" : reference.Url) is { } text)
            {
                all.Add(Of(tenant, catalog.Number(reference.Parameter), text));
            }
        }

        return all;
    }
}
