using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Salus.Kernel;

namespace Salus.Access.Audit;

/// <summary>
/// The key of the trail: 32 random bytes in a file outside the database, made at the first start. Whoever owns the database but not this file can neither
/// forge a row nor make a chain or a seal that verifies.
/// </summary>
internal sealed class AuditKey(Database database, KernelOptions kernel, IOptions<AccessOptions> options)
{
    private const int Length = 32;
    private readonly Lock making = new();
    private byte[]? value;

    /// <summary>The folder of the key, the seals and the head.</summary>
    public string Folder => options.Value.AuditFolder is { Length: > 0 } named ? Path.GetFullPath(named)
        : Path.Combine(database.Folder ?? Path.GetFullPath(kernel.Data ?? "data"), "audit");

    /// <summary>The key; made when there is none.</summary>
    /// <exception cref="CannotStartException">The file cannot be read or made, or is no key.</exception>
    public byte[] Value
    {
        get
        {
            lock (making)
            {
                return value ??= ReadOrMake();
            }
        }
    }

    /// <summary>The first 16 hexadecimal digits of its SHA-256: tells keys apart and gives none away.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Value))[..16];

    /// <summary>Whether the file is there.</summary>
    public bool Exists => File.Exists(KeyFile);

    private string KeyFile => Path.Combine(Folder, "key");

    private byte[] ReadOrMake()
    {
        try
        {
            if (!Exists)
            {
                PrivateFolder.Make(Folder);
                // Another process may do the same: the first one stays.
                PrivateFile.TryCreate(KeyFile, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length))));
            }

            var text = Encoding.ASCII.GetString(PrivateFile.Read(KeyFile, out var open)).Trim();
            if ((open & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new CannotStartException(
                    $"The key of the audit trail, {KeyFile}, can be read or changed by every account of this machine: whoever has it can forge the trail. Close it: chmod 600 {KeyFile}");
            }

            return Convert.FromHexString(text) is { Length: Length } bytes ? bytes : throw new FormatException("its length is wrong");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new CannotStartException(
                $"The key of the audit trail, {KeyFile}, cannot be {(e is FormatException ? $"used: it is not {2 * Length} hexadecimal digits" : $"read or made: {e.Message}")}. Put it back from the backup, or name another folder with Salus:Access:AuditFolder.", e);
        }
    }
}
