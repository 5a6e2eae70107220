using System.Security.Cryptography;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The files of the embedded server below the data folder.</summary>
internal sealed record ClusterFolder(string Data, OsAccount? Account)
{
    private static readonly string[] CauseWords = ["FATAL:", "PANIC:", "error:"];

    private const string HalfPrefix = "postgres.new-";

    public string Path { get; } = System.IO.Path.Combine(Data, "postgres");

    public string Log { get; } = System.IO.Path.Combine(Data, "postgres.log");

    public string PasswordFile { get; } = System.IO.Path.Combine(Data, "postgres.password");

    public PostmasterFile? Postmaster => PostmasterFile.Read(Path);

    // One of its own for each attempt: an initdb whose Salus was killed may still be writing into an earlier one.
    private readonly string half = System.IO.Path.Combine(Data, $"{HalfPrefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(6)}");

    /// <summary>Makes the cluster when there is none; true when it did. What an interrupted attempt left behind is thrown away.</summary>
    /// <exception cref="CannotStartException">It cannot be made, or one of another major version is there.</exception>
    public async Task<bool> EnsureAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        RemoveHalves();
        if (!Directory.Exists(Path))
        {
            await InitializeAsync(binaries, ct);
            return true;
        }

        CheckVersion(binaries);
        if (Account is not null && !await FolderReach.OwnsAsync(Account, ct, Path, System.IO.Path.Combine(Path, "PG_VERSION")))
        {
            Ownership.GiveTree(Path, Account);
        }

        return false;
    }

    /// <summary>The password of the server's only role, made at the first start.</summary>
    public string Password()
    {
        if (!File.Exists(PasswordFile))
        {
            Ownership.WritePrivateFile(PasswordFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)), account: null);
        }

        return File.ReadAllText(PasswordFile).Trim();
    }

    private void RemoveHalves()
    {
        foreach (var left in new DirectoryInfo(Data).EnumerateFileSystemInfos(HalfPrefix + "*"))
        {
            try
            {
                if (left is DirectoryInfo folder)
                {
                    folder.Delete(recursive: true);
                }
                else
                {
                    left.Delete();
                }
            }
            catch (IOException)
            {
                // Still being written to by an initdb without a parent; the next start removes it.
            }
        }
    }

    private void CheckVersion(PostgresBinaries binaries)
    {
        var file = System.IO.Path.Combine(Path, "PG_VERSION");
        var found = File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        if (found is null)
        {
            throw new CannotStartException(
                $"{Path} is there, but is not a PostgreSQL data folder (it has no PG_VERSION). It was not touched. Restore it from a backup, or move it away to begin with an empty record.");
        }

        if (found != $"{binaries.Major}")
        {
            throw new CannotStartException(
                $"The data in {Path} was written by PostgreSQL {found}; this Salus brings PostgreSQL {binaries.Major}. The data was not touched. "
                + $"Start it with the programs of PostgreSQL {found} (Salus:PostgresBinaries), or upgrade it with pg_upgrade first.");
        }

        if (!File.Exists(PasswordFile))
        {
            throw new CannotStartException(
                $"{PasswordFile} is missing, without which the data in {Path} cannot be opened. The data was not touched. Put the file back from a backup of the data folder.");
        }
    }

    // In a folder beside it that is renamed when complete: a cluster is there as a whole or not at all.
    private async Task InitializeAsync(PostgresBinaries binaries, CancellationToken ct)
    {
        var password = half + ".password";
        Ownership.MakePrivateFolder(half, Account);
        Ownership.WritePrivateFile(password, Password(), Account);
        try
        {
            var result = await ChildProcess.RunAsync(binaries.Program("initdb"), Arguments(password), Account, ct);
            if (result.ExitCode != 0)
            {
                throw new CannotStartException($"A new database cannot be made in {Data}: {Cause(result)}. Check the space and the rights there, or choose another folder with Salus:Data.");
            }

            Directory.Move(half, Path);
        }
        finally
        {
            File.Delete(password);
            RemoveHalves();
        }
    }

    // builtin C.UTF-8: upper and lower case of all languages, a sort order that no library update can change under an index.
    private string[] Arguments(string password) =>
    [
        "-D", half, "-U", EmbeddedServer.Role, "--pwfile", password, "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8", "--data-checksums", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256",
    ];

    // "performing post-bootstrap initialization ... 2026-11-21 10:13:36 UTC [25506] FATAL:  could not write": what comes before the word is noise.
    private static string Cause(ChildResult result) =>
        result.Output.Split('\n').Select(line => CauseIn(line)).FirstOrDefault(cause => cause is not null) ?? result.LastLine;

    private static string? CauseIn(string line) =>
        CauseWords.Select(word => line.IndexOf(word, StringComparison.Ordinal)).FirstOrDefault(at => at >= 0, -1) is var at and >= 0
            ? line[(at + 6)..].Trim()
            : null;
}
