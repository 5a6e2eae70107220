using System.Globalization;

namespace Salus.Kernel.EmbeddedPostgres;

/// <summary>The account that the embedded server runs as. Only needed when Salus is root: PostgreSQL refuses to be root.</summary>
internal sealed record OsAccount(string Name, uint User, uint Group)
{
    private const string AccountFile = "/etc/passwd";
    private static readonly string[] Usual = ["salus", "postgres", "nobody"];

    /// <summary>The account to change to, or null when the process may stay what it is.</summary>
    /// <exception cref="CannotStartException">We are root and there is no such account.</exception>
    public static OsAccount? Choose(string? configured)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        var accounts = File.ReadLines(AccountFile).Select(Parse).OfType<OsAccount>().ToLookup(a => a.Name, StringComparer.Ordinal);
        if (configured is not null)
        {
            var chosen = accounts[configured].FirstOrDefault();
            return chosen switch
            {
                null => throw new CannotStartException(
                    $"Salus:PostgresAccount is '{configured}', but this machine has no such account. Create it (useradd --system {configured}) or leave the setting out."),
                { User: 0 } => throw new CannotStartException(
                    $"Salus:PostgresAccount is '{configured}', but that is root, which PostgreSQL refuses. Name another account or leave the setting out."),
                _ => chosen,
            };
        }

        return Usual.SelectMany(name => accounts[name]).FirstOrDefault()
            ?? throw new CannotStartException(
                "Salus runs as root and finds none of the accounts salus, postgres, nobody to run PostgreSQL as. Create one (useradd --system salus) or start Salus as another account.");
    }

    // name:password:uid:gid:comment:home:shell
    private static OsAccount? Parse(string line)
    {
        var fields = line.Split(':');
        return fields.Length >= 4
            && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out var user)
            && uint.TryParse(fields[3], CultureInfo.InvariantCulture, out var group)
            ? new OsAccount(fields[0], user, group)
            : null;
    }
}
