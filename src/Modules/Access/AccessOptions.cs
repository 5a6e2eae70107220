using System.ComponentModel.DataAnnotations;

namespace Salus.Access;

/// <summary>Sign-in and authorization, section <c>Salus:Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary>Whether one has to sign in. Default true; without sign-in the server listens on loopback only, and everybody there may do everything.</summary>
    public bool SignIn { get; set; } = true;

    /// <summary>A file with the table of permissions, in the place of the one that comes with Salus. Default none.</summary>
    public string? PermissionsFile { get; set; }

    /// <summary>For how long break-glass opens a record, in minutes, where nothing shorter is asked for; nobody gets longer. Default 60.</summary>
    [Range(1, 24 * 60)]
    public int BreakGlassMinutes { get; set; } = 60;

    /// <summary>Folder of the audit trail's key and seals: everything that whoever owns the database must not own as well. Default: <c>audit</c> in the data folder.</summary>
    public string? AuditFolder { get; set; }

    /// <summary>
    /// How long entries of reads may be with the kernel and not yet on disk, in milliseconds. Default 0: they are on disk before the answer goes out. Greater: a kill of Salus loses none either, a loss of power
    /// or a crash of the operating system may lose those of so long.
    /// </summary>
    [Range(0, 1000)]
    public int AuditFlushMilliseconds { get; set; }

    /// <summary>Years that entries of the audit trail are kept; then whole months go. Default 7.</summary>
    [Range(1, 100)]
    public int AuditYears { get; set; } = 7;
}
