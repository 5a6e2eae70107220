namespace Salus.Kernel;

/// <summary>What the database says was applied of one module: names and hashes.</summary>
internal sealed record MigrationHistory(string Module, IReadOnlyDictionary<string, string> Applied)
{
    /// <summary>The files still to apply, in order.</summary>
    /// <exception cref="CannotStartException">Files and history contradict each other.</exception>
    public IReadOnlyList<Migration> Missing(IReadOnlyList<Migration> files)
    {
        var known = files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var name in Applied.Keys.Where(n => !known.ContainsKey(n)).Order(StringComparer.Ordinal))
        {
            throw Unknown(name, files);
        }

        if (files.FirstOrDefault(f => Applied.TryGetValue(f.Name, out var hash) && hash != f.Sha256) is { } changed)
        {
            throw new CannotStartException(
                $"Migration {Module}/{changed.Name} is not the one that was applied to this database. Put the file back as it was, and write the change as a new migration.");
        }

        var missing = files.Where(f => !Applied.ContainsKey(f.Name)).ToList();
        var last = files.LastOrDefault(f => Applied.ContainsKey(f.Name));
        return missing.FirstOrDefault(m => m.Number < last?.Number) is { } late
            ? throw new CannotStartException($"Migration {Module}/{late.Name} came after {last!.Name} had been applied to this database. Give it a number above {last.Number}.")
            : missing;
    }

    private CannotStartException Unknown(string name, IReadOnlyList<Migration> files)
    {
        var newest = files.Count == 0 ? "none" : files[^1].Name;
        return string.CompareOrdinal(name, newest) > 0 || files.Count == 0
            ? new CannotStartException($"The database is newer than this program: it has migration {Module}/{name}, the program knows up to {newest}. Start the newer program, or restore a backup from before it.")
            : new CannotStartException($"Migration {Module}/{name} was applied to this database, but its file is missing from the program. Put it back.");
    }
}
