namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>Whether an account gets to a folder. Asked as that account: mode bits alone say nothing about access lists and mounts.</summary>
internal static class FolderReach
{
    // Prints the first folder that cannot be entered.
    private const string EnterEach = """for folder in "$@"; do if ! [ -x "$folder" ]; then echo "$folder"; exit 1; fi; done""";

    // Prints the first path that belongs to somebody else.
    private const string OwnEach = """for path in "$@"; do if ! [ -O "$path" ]; then echo "$path"; exit 1; fi; done""";

    /// <summary>The outermost folder on the way to <paramref name="folder"/> (itself included) that the account cannot enter, or null.</summary>
    public static async Task<string?> BlockedAtAsync(string folder, OsAccount? account, CancellationToken ct)
    {
        if (account is null)
        {
            return null;
        }

        var way = new Stack<string>();
        for (var at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            // What does not exist yet will be made by us, open to the account.
            if (Directory.Exists(at))
            {
                way.Push(at);
            }
        }

        return await AskAsync(EnterEach, way, account, ct);
    }

    /// <summary>Whether all these paths exist and belong to the account.</summary>
    public static async Task<bool> OwnsAsync(OsAccount account, CancellationToken ct, params string[] paths) =>
        await AskAsync(OwnEach, paths, account, ct) is null;

    private static async Task<string?> AskAsync(string script, IEnumerable<string> paths, OsAccount account, CancellationToken ct)
    {
        var answer = await ChildProcess.RunAsync("/bin/sh", ["-c", script, "sh", .. paths], account, ct);
        return answer.ExitCode == 0 ? null : answer.LastLine;
    }
}
