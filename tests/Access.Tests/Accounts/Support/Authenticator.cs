using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Salus.Access.Tests.Accounts.Support;

/// <summary>A passkey in software: ES256, no attestation, user verified (https://www.w3.org/TR/webauthn-3/).</summary>
internal sealed class Authenticator(string origin) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    private uint count;
    private string user = "";

    public string Id => Base64Url.EncodeToString(id);

    /// <summary>Answers creation options.</summary>
    public JsonNode Create(JsonNode options)
    {
        user = options["user"]!["id"]!.GetValue<string>();
        var point = key.ExportParameters(false).Q;
        var cose = new CborWriter();
        cose.WriteStartMap(5);
        foreach (var (label, value) in new[] { (1, 2), (3, -7), (-1, 1) })
        {
            cose.WriteInt32(label);
            cose.WriteInt32(value);
        }

        cose.WriteInt32(-2);
        cose.WriteByteString(point.X!);
        cose.WriteInt32(-3);
        cose.WriteByteString(point.Y!);
        cose.WriteEndMap();
        byte[] credential = [.. new byte[16], 0, 32, .. id, .. cose.Encode()];
        var attestation = new CborWriter();
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        attestation.WriteByteString([.. Data(options["rp"]!["id"]?.GetValue<string>(), 0x45), .. credential]);
        attestation.WriteEndMap();
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(ClientData("webauthn.create", options)),
            ["attestationObject"] = Base64Url.EncodeToString(attestation.Encode()),
            ["transports"] = new JsonArray("internal"),
        });
    }

    /// <summary>Answers request options.</summary>
    public JsonNode Get(JsonNode options)
    {
        var client = ClientData("webauthn.get", options);
        var data = Data(options["rpId"]?.GetValue<string>(), 0x05);
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(client),
            ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["userHandle"] = user,
        });
    }

    public void Dispose() => key.Dispose();

    private byte[] ClientData(string type, JsonNode options) => Encoding.UTF8.GetBytes(
        new JsonObject { ["type"] = type, ["challenge"] = options["challenge"]!.GetValue<string>(), ["origin"] = origin, ["crossOrigin"] = false }.ToJsonString());

    private byte[] Data(string? domain, byte flags)
    {
        var data = new byte[37];
        SHA256.HashData(Encoding.UTF8.GetBytes(domain ?? new Uri(origin).Host), data);
        data[32] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(33), ++count);
        return data;
    }

    private JsonObject Credential(JsonObject response) => new()
    {
        ["id"] = Id, ["rawId"] = Id, ["type"] = "public-key", ["authenticatorAttachment"] = "platform", ["clientExtensionResults"] = new JsonObject(), ["response"] = response,
    };
}
