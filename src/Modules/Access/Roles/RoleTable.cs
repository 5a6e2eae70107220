using Salus.Access.Accounts;
using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>The table of permissions (<c>permissions.txt</c> beside this file, or the file that an option names), read once at the start. Thread-safe.</summary>
internal sealed class RoleTable(
    IReadOnlyList<Described> roles, IReadOnlyList<Described> conditions, IReadOnlyList<TypeGroup> groups, IReadOnlyDictionary<string, IReadOnlyList<string>> permissions, IReadOnlyList<RoleRow> rows)
{
    private const string Shipped = "Salus.Access.Roles.permissions.txt";

    // Accounts with the same roles, person and wards share a permit: so what others make of a permit can be kept with it.
    private const int MostKept = 10_000;
    private readonly Kept<string, Permit> kept = new(MostKept, StringComparer.Ordinal);

    /// <summary>The roles.</summary>
    public IReadOnlyList<Described> Roles { get; } = roles;

    /// <summary>What the conditions mean.</summary>
    public IReadOnlyList<Described> Conditions { get; } = conditions;

    /// <summary>Groups of resource types.</summary>
    public IReadOnlyList<TypeGroup> Groups { get; } = groups;

    /// <summary>The named permissions of each role that has some.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Permissions { get; } = permissions;

    /// <summary>The rows, in the order of the file.</summary>
    public IReadOnlyList<RoleRow> Rows { get; } = rows;

    /// <summary>The table of an installation.</summary>
    /// <exception cref="CannotStartException">The file is not there, or wrong.</exception>
    public static RoleTable Of(AccessOptions options)
    {
        if (options.PermissionsFile is not { Length: > 0 } file)
        {
            using var reader = new StreamReader(typeof(RoleTable).Assembly.GetManifestResourceStream(Shipped)!);
            return new RoleTableReader("permissions.txt").Read(reader.ReadToEnd());
        }

        try
        {
            return new RoleTableReader(file).Read(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"Salus:Access:PermissionsFile: {e.Message} Name a file with the table of permissions, or leave the setting out.", e);
        }
    }

    /// <summary>What the roles of an account give; the same object for the same roles, person and wards.</summary>
    public Permit Of(Account account)
    {
        var key = $"{string.Join(' ', account.Roles)}|{account.Person}|{string.Join(' ', account.Wards)}";
        return kept.GetOrAdd(key, _ => new Permit([[.. Grants(account)]], account.Roles.SelectMany(r => Permissions.GetValueOrDefault(r) ?? [])));
    }

    // Whoever writes these puts people into care, holds back or opens: what is open for an hour must not stay open by them.
    private static readonly HashSet<string> GiveCare = ["CareTeam", "Encounter", "EpisodeOfCare", "Patient", "RelatedPerson", "Person", "Consent"];

    /// <summary>What the rows on care give for one patient whose record was opened by break-glass: as if they were in care, whatever the labels and consents.</summary>
    public IEnumerable<Grant> Opened(Account account, string patient) =>
        from row in RowsOf(account)
        where row.Condition == RowCondition.Care
        from type in row.Types
        let allows = GiveCare.Contains(type) ? row.Allows & (Interactions.Read | Interactions.Search) : row.Allows
        where allows != Interactions.None
        select new Grant(type, allows, Reach.Of(patient)) { Clearance = Confidentiality.VeryRestricted, HeedsConsent = false };

    private IEnumerable<RoleRow> RowsOf(Account account) => Rows.Where(r => r.Roles.Intersect(account.Roles, StringComparer.Ordinal).Any());

    private IEnumerable<Grant> Grants(Account account) =>
        from row in RowsOf(account)
        let reach = ReachOf(row.Condition, account)
        where reach is not null
        from type in row.Types
        select new Grant(type, row.Allows, reach) { Clearance = row.Clearance, HeedsConsent = row.Condition != RowCondition.Own };

    // Null where the condition is about a person and the account is nobody's of the kind.
    private static Reach? ReachOf(RowCondition condition, Account account) => (condition, account.Person) switch
    {
        (RowCondition.All, _) => Reach.All,
        (_, null) => null,
        (RowCondition.Own, var person) => person.StartsWith("Patient/", StringComparison.Ordinal) || person.StartsWith("RelatedPerson/", StringComparison.Ordinal) ? new Reach.Own(person) : null,
        (RowCondition.Care, var person) => new Reach.Care(person, account.Wards),
        (RowCondition.Study, var person) => new Reach.Studies(person),
        (_, var person) => new Reach.Named(person),
    };
}
