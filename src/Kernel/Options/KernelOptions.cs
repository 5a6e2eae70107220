using System.ComponentModel.DataAnnotations;

namespace Salus.Kernel;

/// <summary>Where Salus keeps its data and which database it uses. Configuration section <c>Salus</c>; everything has a default.</summary>
public sealed class KernelOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Salus";

    /// <summary>
    /// The data folder. Default: <c>./data</c>, or a folder below <c>/var/lib/salus</c> when the server's account cannot enter that one
    /// (<see cref="DataFolder.DefaultAsync"/>).
    /// </summary>
    public string? Data { get; set; }

    /// <summary>Folder for files that are too large for a request, such as those of an export. Default: <c>objects</c> in the data folder.</summary>
    public string? Objects { get; set; }

    /// <summary>Connection string of an outside PostgreSQL 16 or newer, TLS settings included. Default: none, Salus starts its own.</summary>
    [Secret]
    public string? Postgres { get; set; }

    /// <summary>
    /// What the passwords of the application's roles in PostgreSQL are derived from; the same for all processes on one database. Default: the password of
    /// <see cref="Postgres"/>, or of the embedded server. Needed where the owner has none (a certificate, an account of the machine).
    /// </summary>
    public string? PostgresRoleSecret { get; set; }

    /// <summary>Folder with <c>bin</c>, <c>lib</c> and <c>share</c> of PostgreSQL 18. Default: found beside the program or in eng/native.</summary>
    public string? PostgresBinaries { get; set; }

    /// <summary>
    /// Operating-system account that the embedded server runs as when Salus is root (PostgreSQL refuses root).
    /// Default: the first that exists of salus, postgres, nobody.
    /// </summary>
    [RegularExpression("^[A-Za-z_][A-Za-z0-9_.-]{0,31}$", ErrorMessage = "it has to be the name of an account of this machine")]
    public string? PostgresAccount { get; set; }

    /// <summary>
    /// Further settings of the embedded server, written last into its settings file: <c>Salus:PostgresSettings:work_mem=64MB</c>.
    /// Address, socket, port and file locations belong to Salus and are refused.
    /// </summary>
    public Dictionary<string, string> PostgresSettings { get; } = [];

    /// <summary>
    /// Takes settings of PostgreSQL that can lose acknowledged data (<c>fsync</c>, <c>synchronous_commit</c> or <c>full_page_writes</c> off), for data that
    /// may be lost, such as a test's. Default false: the embedded server refuses to start with them. An outside server is only warned of.
    /// </summary>
    public bool AllowDataLoss { get; set; }

    /// <summary>
    /// Connections in the pool. Default: twice the cores, at least 4, at most 64. More is not faster: on 2 cores a pool of 4 answered as many
    /// reads as 16, with a p99 of 2.8 ms instead of 43 ms.
    /// </summary>
    [Range(2, 500)]
    public int PoolSize { get; set; } = Math.Clamp(2 * Environment.ProcessorCount, 4, 64);

    /// <summary>
    /// Free megabytes on the disk of the data folder below which writes are refused, so that the embedded server never runs out of room in the middle of
    /// one and reading goes on. 0 leaves it to the server. Default 256.
    /// </summary>
    [Range(0, 1_000_000)]
    public int DiskReserveMegabytes { get; set; } = 256;

    /// <summary>Seconds to wait for the embedded server to be ready; recovery after a crash can take long. Default 300.</summary>
    [Range(5, 86_400)]
    public int PostgresStartSeconds { get; set; } = 300;

    /// <summary>Seconds the embedded server gets to end its sessions and write its files before it is told to end at once. Default 60.</summary>
    [Range(1, 3_600)]
    public int PostgresStopSeconds { get; set; } = 60;
}
