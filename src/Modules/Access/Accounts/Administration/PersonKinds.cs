using Salus.Access.Roles;

namespace Salus.Access.Accounts.Administration;

/// <summary>
/// Which resource an account may have as its person. A role with rows of the condition <c>own</c> is for patients and who stands in for them; every other one is for people who work here.
/// An account that was both would reach by one what the other is refused: who is a patient here as well has a second account for that.
/// </summary>
internal static class PersonKinds
{
    private static readonly string[] Patients = ["Patient", "RelatedPerson"];
    private static readonly string[] Staff = ["Practitioner"];

    /// <summary>Why a person does not fit the roles, and what would; null when it does, or there is none.</summary>
    public static string? Problem(RoleTable table, IReadOnlyList<string> roles, string? person)
    {
        if (string.IsNullOrEmpty(person))
        {
            return null;
        }

        var kind = person.Split('/')[0];
        return roles.FirstOrDefault(role => !Of(table, role).Contains(kind, StringComparer.Ordinal)) is { } wrong
            ? $"The role {wrong} goes with {string.Join(" or ", Of(table, wrong))} as the person, not with {kind}. Who works here and is a patient has an account for each."
            : null;
    }

    private static string[] Of(RoleTable table, string role)
    {
        var conditions = table.Rows.Where(r => r.Roles.Contains(role, StringComparer.Ordinal)).Select(r => r.Condition).ToHashSet();
        return !conditions.Contains(RowCondition.Own) ? Staff : conditions.All(c => c is RowCondition.Own or RowCondition.All) ? Patients : [.. Patients, .. Staff];
    }
}
