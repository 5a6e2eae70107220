namespace Salus.Records;

/// <summary>What to import, and how.</summary>
/// <param name="Paths">Files (<c>.json</c>, <c>.ndjson</c>, each also <c>.gz</c>; <c>.tar</c>, <c>.tar.gz</c>, <c>.tgz</c>) and folders. Each is finished before the next one begins.</param>
public sealed record ImportOrder(IReadOnlyList<string> Paths)
{
    /// <summary>Where the journal of unfinished imports is kept. Default: <see cref="DefaultState"/>.</summary>
    public string StateFolder { get; init; } = DefaultState;

    /// <summary>Begin anew even if an earlier import of the same path was interrupted.</summary>
    public bool Restart { get; init; }

    /// <summary>A file that gets one JSON object a line for everything that was rejected; null for none.</summary>
    public string? RejectedFile { get; init; }

    /// <summary><c>$XDG_STATE_HOME/salus/imports</c>, else <c>~/.local/state/salus/imports</c>.</summary>
    public static string DefaultState
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            var home = string.IsNullOrEmpty(state) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state") : state;
            return Path.Combine(home, "salus", "imports");
        }
    }
}
