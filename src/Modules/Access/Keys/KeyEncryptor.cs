using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Salus.Kernel;

namespace Salus.Access.Keys;

/// <summary>
/// Encrypts the material of a key at rest: AES-256-GCM (NIST SP 800-38D) under a key derived from the master key, whose id stands beside it and is authenticated with it.
/// A nonce is random; there are a few keys a year, far from the 2^32 that random nonces allow.
/// </summary>
internal sealed class KeyEncryptor(MasterKey master) : IXmlEncryptor
{
    public const string Element = "sealedBy";
    public const string Id = "masterKey";

    private const string Purpose = "salus/data-protection/1";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize + plain.Length];
        var (nonce, tag, cipher) = Parts(sealedBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(master.Derive(Purpose), AesGcm.TagByteSizes.MaxSize);
        aes.Encrypt(nonce, plain, cipher, tag, Encoding.ASCII.GetBytes(master.Id));
        CryptographicOperations.ZeroMemory(plain);
        return new EncryptedXmlInfo(new XElement(Element, new XAttribute(Id, master.Id), Convert.ToBase64String(sealedBytes)), typeof(KeyDecryptor));
    }

    /// <exception cref="CryptographicException">It was changed, or its master key is not known.</exception>
    public static XElement Decrypt(XElement encrypted, MasterKey master)
    {
        var id = (string?)encrypted.Attribute(Id) ?? "";
        var sealedBytes = Convert.FromBase64String(encrypted.Value);
        if (sealedBytes.Length < AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize)
        {
            throw new CryptographicException("A stored key is cut off.");
        }

        var (nonce, tag, cipher) = Parts(sealedBytes);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(master.Derive(Purpose, id), AesGcm.TagByteSizes.MaxSize);
        aes.Decrypt(nonce, cipher, tag, plain, Encoding.ASCII.GetBytes(id));
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    private static SealedParts Parts(Span<byte> bytes) => new(
        bytes[..AesGcm.NonceByteSizes.MaxSize],
        bytes.Slice(AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize),
        bytes[(AesGcm.NonceByteSizes.MaxSize + AesGcm.TagByteSizes.MaxSize)..]);

    private readonly ref struct SealedParts(Span<byte> nonce, Span<byte> tag, Span<byte> cipher)
    {
        private readonly Span<byte> nonce = nonce;
        private readonly Span<byte> tag = tag;
        private readonly Span<byte> cipher = cipher;

        public void Deconstruct(out Span<byte> nonceBytes, out Span<byte> tagBytes, out Span<byte> cipherBytes)
        {
            nonceBytes = nonce;
            tagBytes = tag;
            cipherBytes = cipher;
        }
    }
}

/// <summary>The other way. The framework makes it by its name, which stands in the stored key: do not rename it.</summary>
internal sealed class KeyDecryptor : IXmlDecryptor
{
    private readonly MasterKey master;

    public KeyDecryptor(IServiceProvider services) => master = services.GetRequiredService<MasterKey>();

    public XElement Decrypt(XElement encryptedElement) => KeyEncryptor.Decrypt(encryptedElement, master);
}
