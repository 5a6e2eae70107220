using Salus.TestSupport;

namespace Salus.Host.Tests.Access;

/// <summary>
/// What each role may do with the resources of <see cref="Seed"/>, worked out a second time: from the table of permissions as text and from what is known of the seed, with nothing of the
/// product's code.
/// </summary>
internal sealed class Oracle
{
    private static readonly Dictionary<string, string> Cared = new() { ["physician"] = "pat-a", ["nurse"] = "pat-a" };
    private static readonly Dictionary<string, string> People = new()
    {
        ["physician"] = "Practitioner/prac-1", ["nurse"] = "Practitioner/prac-2", ["researcher"] = "Practitioner/prac-3", ["patient"] = "Patient/pat-a", ["device"] = "Device/dev-1",
    };

    private readonly List<(HashSet<string> Roles, HashSet<string> Types, string May, string Condition, char Clearance)> rows = [];
    private readonly Dictionary<string, string[]> permissions = [];
    private readonly List<string> roles = [];

    public Oracle()
    {
        var groups = new Dictionary<string, string[]>();
        var section = "";
        foreach (var line in File.ReadLines(Path.Combine(Sources.Root, "src/Modules/Access/Roles/permissions.txt")).Where(l => l.Trim().Length > 0 && l[0] != '#'))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            switch (line[0] == '[' ? "head" : section)
            {
                case "head":
                    section = line.Trim();
                    break;
                case "[roles]":
                    roles.Add(cells[0]);
                    break;
                case "[groups]":
                    groups[cells[0]] = cells[1].Split(' ');
                    break;
                case "[permissions]":
                    permissions[cells[0]] = cells[1].Split(' ');
                    break;
                case "[rows]":
                    rows.Add(([.. cells[0].Split(' ')], [.. cells[1].Split(' ').SelectMany(w => groups.GetValueOrDefault(w) ?? [w])], cells[2], cells[3], cells[4][0]));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The roles that people and devices have.</summary>
    public IEnumerable<string> Roles => roles.Where(r => r != "service");

    public static string? PersonOf(string role) => People.GetValueOrDefault(role);

    public bool Has(string role, string permission) => permissions.GetValueOrDefault(role)?.Contains(permission) is true;

    /// <summary>Whether a role may do it with some resource of the type, at least.</summary>
    public bool MayAny(string role, char letter, string type) => Rows(role, letter, type).Any();

    public bool May(string role, char letter, Seeded resource) =>
        resource.Tenant == 1 && Rows(role, letter, resource.Type).Any(r => Rank(resource.Label) <= Rank(r.Clearance) && Holds(role, r.Condition, resource));

    /// <summary>Whether a role may learn of it at all.</summary>
    public bool Sees(string role, Seeded resource) => May(role, 'r', resource) || May(role, 's', resource);

    private IEnumerable<(string Condition, char Clearance)> Rows(string role, char letter, string type) =>
        rows.Where(r => r.Roles.Contains(role) && r.Types.Contains(type) && r.May.Contains(letter)).Select(r => (r.Condition, r.Clearance));

    private static bool Holds(string role, string condition, Seeded resource) => condition switch
    {
        "all" => true,
        "care" => resource.Patient is { } patient && Cared.GetValueOrDefault(role) == patient,
        "own" => role == "patient" && resource.Patient == "pat-a",
        "study" => role == "researcher" && resource.Patient == "pat-b",
        "named" => resource.Names is { } named && People.GetValueOrDefault(role) == named,
        _ => throw new InvalidOperationException($"condition {condition} is not known here: teach it to the oracle"),
    };

    private static int Rank(char label) => "NRV".IndexOf(label);
}
