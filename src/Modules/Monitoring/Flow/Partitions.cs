using System.Text;
using Salus.Kernel;

namespace Salus.Monitoring.Flow;

/// <summary>Which partition a patient is in. Stored and agreed on between processes: never change it.</summary>
internal static class Partitions
{
    public const int Count = 64;

    /// <summary>FNV-1a of the tenant's number and the id in UTF-8; from 0 to 63.</summary>
    public static int Of(Tenant tenant, string patient)
    {
        var hash = 2166136261u;
        for (var shift = 0; shift < 32; shift += 8)
        {
            hash = (hash ^ (byte)(tenant.Number >> shift)) * 16777619u;
        }

        Span<byte> bytes = stackalloc byte[256];
        var length = Encoding.UTF8.TryGetBytes(patient, bytes, out var written) ? written : throw new ArgumentException("A logical id has at most 64 characters.", nameof(patient));
        foreach (var one in bytes[..length])
        {
            hash = (hash ^ one) * 16777619u;
        }

        // The low bits of FNV are the weak ones.
        return (int)((hash ^ (hash >> 16)) % Count);
    }
}
