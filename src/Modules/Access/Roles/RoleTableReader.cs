using Salus.Fhir.Definitions;
using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>Reads the table of permissions. A mistake in it keeps Salus from starting: a table that is half understood would open or close the wrong doors.</summary>
internal sealed class RoleTableReader(string name)
{
    // Kept by Records beside the types of R4.
    private const string ViewDefinition = "ViewDefinition";

    private readonly List<Described> roles = [];
    private readonly List<Described> conditions = [];
    private readonly List<TypeGroup> groups = [];
    private readonly Dictionary<string, IReadOnlyList<string>> permissions = new(StringComparer.Ordinal);
    private readonly List<RoleRow> rows = [];
    private int line;

    /// <exception cref="CannotStartException">A line is wrong: the message names it, the reason and the way out.</exception>
    public RoleTable Read(string text)
    {
        var section = "";
        foreach (var raw in text.ReplaceLineEndings("\n").Split('\n'))
        {
            line++;
            var content = raw.Trim();
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            if (content is ['[', .., ']'])
            {
                section = content[1..^1];
            }
            else
            {
                Take(section, [.. content.Split('|').Select(c => c.Trim())]);
            }
        }

        return new RoleTable(roles, conditions, groups, permissions, rows);
    }

    private void Take(string section, string[] cells)
    {
        switch (section, cells)
        {
            case ("roles", [var role, var description]):
                roles.Add(new Described(role, description));
                break;
            case ("conditions", [var condition, var description]):
                Condition(condition);
                conditions.Add(new Described(condition, description));
                break;
            case ("groups", [var group, var types]):
                groups.Add(new TypeGroup(group, [.. Words(types).Select(Type)]));
                break;
            case ("permissions", [var role, var names]):
                permissions[Role(role)] = [.. Words(names).Select(Permission)];
                break;
            case ("rows", [var who, var resources, var may, var condition, var clearance, var why]):
                rows.Add(new RoleRow([.. Words(who).Select(Role)], resources, [.. Words(resources).SelectMany(Types)], May(may), Condition(condition), Clearance(clearance), why));
                break;
            case ("roles" or "conditions" or "groups" or "permissions" or "rows", _):
                throw Wrong($"section [{section}] has {(section == "rows" ? 6 : 2)} columns, parted by '|'; this line has {cells.Length}");
            default:
                throw Wrong($"'{section}' is no section; there are [roles], [conditions], [groups], [permissions] and [rows], in this order");
        }
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Role(string word) => roles.Exists(r => r.Name == word) ? word : throw Wrong($"'{word}' is no role of [roles]");

    private string Permission(string word) => Permissions.All.Contains(word) ? word : throw Wrong($"'{word}' is no permission; there are {string.Join(", ", Permissions.All)}");

    private string Type(string word) =>
        word == ViewDefinition || FhirDefinitions.R4.Resource(word) is not null ? word : throw Wrong($"'{word}' is no resource type of R4");

    private IEnumerable<string> Types(string word) => groups.Find(g => g.Name == word)?.Types ?? [Type(word)];

    private Interactions May(string letters)
    {
        var all = Interactions.None;
        foreach (var letter in letters)
        {
            all |= letter switch
            {
                'c' => Interactions.Create,
                'r' => Interactions.Read,
                'u' => Interactions.Update,
                'd' => Interactions.Delete,
                's' => Interactions.Search,
                _ => throw Wrong($"'{letter}' is none of c, r, u, d, s"),
            };
        }

        return all;
    }

    private RowCondition Condition(string word) => word switch
    {
        "all" => RowCondition.All,
        "care" => RowCondition.Care,
        "own" => RowCondition.Own,
        "study" => RowCondition.Study,
        "named" => RowCondition.Named,
        _ => throw Wrong($"'{word}' is no condition; there are all, care, own, study, named"),
    };

    private Confidentiality Clearance(string word) => word switch
    {
        "N" => Confidentiality.Normal,
        "R" => Confidentiality.Restricted,
        "V" => Confidentiality.VeryRestricted,
        _ => throw Wrong($"'{word}' is no clearance; there are N, R, V"),
    };

    private CannotStartException Wrong(string reason) => new($"The table of permissions, {name} line {line}: {reason}.");
}
