using System.Text;
using Salus.Kernel;

namespace Salus.Access.Roles;

/// <summary>The table of permissions for people: the page of the administrator, and the tables of <c>docs/access.md</c>.</summary>
internal static class RolePage
{
    /// <summary>What <c>GET /admin/access/table</c> answers.</summary>
    public static object Json(RoleTable table) => new
    {
        roles = table.Roles,
        groups = table.Groups,
        rows = table.Rows.SelectMany(r => r.Roles, (r, role) => new
        {
            role, resources = r.Resources, types = r.Types, interactions = Letters(r.Allows), condition = Word(r.Condition), clearance = Letter(r.Clearance), note = r.Why.Length == 0 ? null : r.Why,
        }),
        permissions = table.Roles.Select(r => new { role = r.Name, permissions = table.Permissions.GetValueOrDefault(r.Name) ?? [] }),
        conditions = table.Conditions,
    };

    /// <summary>As Markdown.</summary>
    public static string Markdown(RoleTable table)
    {
        var text = new StringBuilder();
        Table(text, ["role", "who", "permissions beside resources"], table.Roles.Select(r => new[]
        {
            $"`{r.Name}`", r.Description, string.Join(" ", (table.Permissions.GetValueOrDefault(r.Name) ?? []).Select(p => $"`{p}`")),
        }));
        Table(text, ["condition", "which resources"], table.Conditions.Select(c => new[] { $"`{c.Name}`", c.Description }));
        Table(text, ["role", "resources", "may", "condition", "clearance", "why"], table.Rows.SelectMany(r => r.Roles, (r, role) => new[]
        {
            $"`{role}`", r.Resources, $"`{Letters(r.Allows)}`", $"`{Word(r.Condition)}`", Letter(r.Clearance), r.Why,
        }));
        Table(text, ["group", "resource types"], table.Groups.Select(g => new[] { g.Name, string.Join(", ", g.Types) }));
        return text.ToString();
    }

    private static string Letters(Interactions allows) => string.Concat("cruds".Where((_, i) => ((int)allows & (1 << i)) != 0));

    private static string Word(RowCondition condition) => condition.ToString().ToLowerInvariant();

    private static string Letter(Confidentiality clearance) => clearance switch
    {
        Confidentiality.VeryRestricted => "V",
        Confidentiality.Restricted => "R",
        _ => "N",
    };

    private static void Table(StringBuilder text, string[] head, IEnumerable<string[]> rows)
    {
        text.Append($"| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => "---|"))}\n");
        foreach (var row in rows)
        {
            text.Append($"| {string.Join(" | ", row)} |\n");
        }

        text.Append('\n');
    }
}
